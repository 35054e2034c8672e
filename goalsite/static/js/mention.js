// While somebody types @ and a few letters into a field with data-mentions, those who can be named are offered under it: down goes into
// the list, up and down through it, Enter takes one, Esc closes. Without script an e-mail address is typed.
const BEGUN = /(?:^|[^\p{L}\p{N}_@./+-])@([\p{L}\p{N}._-]+(?: \p{L}+){0,3})$/u;
const listOf = (field) => document.getElementById(field.dataset.mentions);
const fieldOf = (list) => document.querySelector(`[data-mentions="${list.id}"]`);
const begun = (field) => BEGUN.exec(field.value.slice(0, field.selectionStart));

function take(field, handle) {
  const found = begun(field);
  if (found) field.setRangeText(`@${handle} `, field.selectionStart - found[1].length - 1, field.selectionStart, "end");
  listOf(field).hidden = true;
  field.focus();
}

document.addEventListener("input", (event) => {
  if (!event.target.matches("[data-mentions]")) return;
  const found = begun(event.target);
  if (!found) { listOf(event.target).hidden = true; return; }
  const typed = document.getElementById(`${event.target.dataset.mentions}-typed`);
  typed.value = found[1];
  typed.dispatchEvent(new Event("typed"));
});

document.addEventListener("keydown", (event) => {
  const list = event.target.closest(".mentions") ?? (event.target.matches("[data-mentions]") ? listOf(event.target) : null);
  if (!list || list.hidden || event.isComposing) return;
  const field = fieldOf(list);
  const stops = [field, ...list.querySelectorAll("button")];
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.key === "Escape") {
    list.hidden = true;
    field.focus();
  } else if (step) {
    event.preventDefault();
    stops[(stops.indexOf(document.activeElement) + step + stops.length) % stops.length].focus();
  }
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-mention]");
  if (button) take(fieldOf(button.closest(".mentions")), button.dataset.mention);
});

// An answer that comes after the word was left is not shown.
document.addEventListener("htmx:after:swap", () => {
  for (const list of document.querySelectorAll(".mentions")) if (!begun(fieldOf(list))) list.hidden = true;
});
