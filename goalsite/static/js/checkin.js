// Check-in in place. Opening selects the value, Esc closes and gives the focus back, saving goes on to the next due row.
// Rows are elements with an id that htmx replaces whole; forms carry data-checkin="focus|open", values class "value".
const OPEN = "[data-checkin-open]";
const last = { id: null, form: null, saved: false, next: null };

const holder = (element) => element.closest("[id]");

function dueAfter(row) {
  const due = [...document.querySelectorAll(`${OPEN}[data-due]`)].filter((button) => !row?.contains(button));
  return due.find((button) => row && row.compareDocumentPosition(button) & Node.DOCUMENT_POSITION_FOLLOWING) ?? due[0];
}

function enter(form) {
  const wrong = form.querySelector("[aria-invalid=true]");
  const value = wrong ?? form.querySelector(".value, input:not([type=hidden]), textarea");
  value?.focus();
  value?.select?.();
}

document.addEventListener("htmx:config:request", (event) => {
  const source = event.detail.ctx.sourceElement;
  const form = source.closest("form[data-checkin]");
  if (!form && !source.matches(OPEN)) return;
  if (form && source !== form && !source.matches("[data-checkin-cancel]")) return;   // the live preview
  last.id = holder(source.closest("tr, li, section") ?? source)?.id ?? holder(source)?.id;
  last.then = source === form ? form.dataset.checkin : null;
  last.asked = event.detail.ctx;
});

document.addEventListener("htmx:after:swap", (event) => {
  // Other parts of the page refresh themselves meanwhile.
  if (event.detail.ctx !== last.asked) return;
  last.asked = null;
  // htmx sets its own focus right after this event: come after it.
  setTimeout(() => {
    const row = document.getElementById(last.id);
    const form = row?.querySelector("form[data-checkin]");
    if (form) return enter(form);
    if (!last.then) return row?.querySelector(OPEN)?.focus();
    const opened = document.querySelector("form[data-checkin]");
    if (opened) return enter(opened);
    const next = dueAfter(row);
    if (next && last.then === "open") next.click();
    else (next ?? row?.querySelector(OPEN))?.focus();
  });
});

document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.("form[data-checkin]");
  if (event.key !== "Escape" || !form) return;
  event.preventDefault();
  form.querySelector("[data-checkin-cancel]")?.click();
});

// A page that comes with an open form (no fragment, or the weekly page) starts in it; one with mistakes starts at their list.
const start = document.querySelector("[data-focus]") ?? document.querySelector("form[data-checkin][data-start]");
if (start?.matches("form")) enter(start); else start?.focus();
