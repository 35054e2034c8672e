// A button that copies what stands in a field: shown only where scripts run.
for (const button of document.querySelectorAll("[data-copy]")) {
  const field = document.getElementById(button.dataset.copy);
  button.hidden = false;
  button.addEventListener("click", async () => {
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      document.execCommand("copy"); // a site without https has no clipboard
    }
    button.querySelector("span").textContent = button.dataset.done;
  });
}
