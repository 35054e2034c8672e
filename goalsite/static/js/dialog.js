// Buttons with data-dialog="id" open that <dialog>; data-print prints. Both are hidden until scripts run.
function reveal(root) {
  for (const button of root.querySelectorAll("[data-dialog][hidden], [data-print][hidden]")) button.hidden = false;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-dialog], [data-print]");
  if (button?.dataset.dialog) document.getElementById(button.dataset.dialog)?.showModal();
  else if (button) window.print();
  else if (event.target.matches("dialog")) event.target.close();
});

document.addEventListener("htmx:after:swap", () => reveal(document));
reveal(document);
