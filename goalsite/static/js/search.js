// What the search box at the top offers: down goes into it, up and down through it, Esc or leaving closes it. Without script the box just searches.
const form = document.querySelector("form.search");

const offered = () => document.getElementById("suggestions");
const stops = () => [form.querySelector("[data-search]"), ...offered().querySelectorAll("a")];

form?.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  if (event.key === "Escape" && !offered().hidden) {
    event.preventDefault();
    stops()[0].focus();
    offered().hidden = true;
  }
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || offered().hidden) return;
  event.preventDefault();
  const held = stops();
  held[(held.indexOf(document.activeElement) + step + held.length) % held.length].focus();
});

form?.addEventListener("focusout", (event) => {
  if (event.relatedTarget && !form.contains(event.relatedTarget)) offered().hidden = true;
});
form?.addEventListener("focusin", (event) => {
  if (event.target.matches("[data-search]") && offered().children.length) offered().hidden = false;
});
document.addEventListener("click", (event) => { if (form && !form.contains(event.target)) offered().hidden = true; });

// The search page's address follows what is typed, so that coming back finds it again.
document.addEventListener("htmx:after:swap", (event) => {
  const page = event.detail.ctx.sourceElement.closest?.("form.looking");
  if (page) history.replaceState(history.state, "", `${page.action}?${new URLSearchParams(new FormData(page))}`);
});
