// Menus are <details data-menu>: only one is open, a click elsewhere or Esc closes it, and a row with a [data-close].
const open = () => document.querySelectorAll("details[data-menu][open]");

document.addEventListener("click", (event) => {
  for (const menu of open()) if (!menu.contains(event.target)) menu.open = false;
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of open()) {
    menu.open = false;
    menu.querySelector("summary").focus();
    event.stopImmediatePropagation();
    return;
  }
  // So does an opened row with a way to close it, unless that would lose what is being typed.
  const { value, defaultValue } = event.target;
  const close = value === defaultValue ? event.target.closest?.("tbody")?.querySelector("[data-close]") : null;
  close?.focus();
  close?.click();
});

// A filter form sends itself when a choice changes; typing waits for Enter or the button.
document.addEventListener("change", (event) => {
  const form = event.target.form;
  if (form?.matches("[data-autosubmit]") && event.target.matches("select, [type=checkbox], [type=radio]")) form.requestSubmit();
});
