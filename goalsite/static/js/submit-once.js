// A form that is on its way cannot be sent twice: its buttons rest until the answer is there.
// A resting button loses the focus; `pressed` is the id of the one to get it back, in the part of the page that comes.
let pressed = "";
const rest = (form, submitter) => {
  pressed = submitter?.id ?? "";
  for (const button of form.querySelectorAll("button[type=submit]")) {
    if (button.disabled) continue;
    button.disabled = true;
    button.dataset.resting = "";
    if (button === submitter) button.setAttribute("aria-busy", "true");
  }
};
const wake = (root) => {
  for (const button of root.querySelectorAll("[data-resting]")) {
    button.disabled = false;
    button.removeAttribute("aria-busy");
    delete button.dataset.resting;
  }
};

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented && !form.matches("[hx-post]") || form.method === "dialog" || form.method === "get") return;
  // What is answered with a file leaves the page as it is, and may be asked for again.
  if (form.matches("[data-file]") || event.submitter?.matches("[data-file]")) return;
  // Disabled buttons are not sent: let the browser and htmx read the form first.
  setTimeout(() => rest(form, event.submitter));
});

document.addEventListener("htmx:finally:request", (event) => {
  const form = event.detail.ctx.sourceElement.closest?.("form");
  if (form) wake(form);
});
document.addEventListener("htmx:after:swap", () => setTimeout(() => {
  const button = pressed && document.getElementById(pressed);
  if (!button || button.disabled) return;
  if (document.activeElement === document.body) button.focus();
  pressed = "";
}));
window.addEventListener("pageshow", () => wake(document));
