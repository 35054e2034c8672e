// Keys: / search, g and a letter to a screen, c the first check-in that is due, ? the list. Never while typing.
let going = 0;

const typing = (target) => target.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
  if (document.querySelector("dialog[open]")) return;

  if (Date.now() - going < 1500) {
    going = 0;
    const link = document.querySelector(`[data-go="${CSS.escape(event.key)}"]`);
    if (link) { event.preventDefault(); link.click(); }
    return;
  }
  if (event.key === "g") { going = Date.now(); return; }

  const act = {
    "/": () => {
      const box = [...document.querySelectorAll("[data-search]")].find((input) => input.offsetParent);
      if (box) { box.focus(); box.select(); } else document.querySelector(".search-link")?.click();
    },
    "c": () => (document.querySelector("[data-checkin-open][data-due]") ?? document.querySelector("[data-checkin-open]"))?.click(),
    "?": () => document.getElementById("keys")?.showModal(),
  }[event.key];
  if (act) { event.preventDefault(); act(); }
});
