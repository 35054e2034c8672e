// The tree by keyboard: up and down from goal to goal, right opens, left closes or goes to the goal above. Without scripts Tab does.
const titles = () => [...document.querySelectorAll(".tree .node .t")];

document.addEventListener("keydown", (event) => {
  const node = event.target.closest?.(".tree .node");
  if (!node || event.altKey || event.ctrlKey || event.metaKey) return;
  const opener = node.querySelector(":scope > .open");
  const isOpen = opener?.getAttribute("aria-expanded") === "true";
  const all = titles();
  const at = all.indexOf(node.querySelector(".t"));
  if (event.key === "ArrowDown") all[at + 1]?.focus();
  else if (event.key === "ArrowUp") all[at - 1]?.focus();
  else if (event.key === "ArrowRight" && opener && !isOpen) opener.click();
  else if (event.key === "ArrowRight") all[at + 1]?.focus();
  else if (event.key === "ArrowLeft" && isOpen) opener.click();
  else if (event.key === "ArrowLeft") node.parentElement.parentElement.closest("li")?.querySelector(".t").focus();
  else return;
  event.preventDefault();
});

// A branch that was opened or closed is another element: the focus stays on its goal.
let held = null;
document.addEventListener("htmx:before:swap", () => { held = document.activeElement?.closest(".tree li")?.id ?? null; });
document.addEventListener("htmx:after:swap", () => {
  if (held && document.activeElement === document.body) document.getElementById(held)?.querySelector(".t")?.focus();
});
