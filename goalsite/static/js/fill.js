// Buttons with data-fill put that text into the field data-fill-into; they are hidden until scripts run.
const reveal = () => { for (const button of document.querySelectorAll("[data-fill][hidden]")) button.hidden = false; };

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-fill]");
  if (!button) return;
  const field = document.getElementById(button.dataset.fillInto);
  field.value = button.dataset.fill;
  field.focus();
});

document.addEventListener("htmx:after:swap", reveal);
reveal();
