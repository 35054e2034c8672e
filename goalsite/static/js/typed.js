// What is typed into the form of a goal is kept by htmx while one types; whoever leaves in the middle of a word has it kept here.
const form = () => document.getElementById("goal-form");
let dirty = false;

document.addEventListener("input", (event) => { if (event.target.closest("#goal-form")) dirty = true; });
document.addEventListener("submit", (event) => { if (event.target === form()) dirty = false; });
document.addEventListener("htmx:after:request", (event) => {
  if (event.detail.ctx.sourceElement.id === "typed") dirty = false;
});
window.addEventListener("pagehide", () => {
  const where = document.getElementById("typed")?.getAttribute("hx-post");
  if (dirty && where) navigator.sendBeacon(where, new URLSearchParams(new FormData(form())));
});
