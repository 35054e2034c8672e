// Check-in in place. Opening selects the value, Esc closes and gives the focus back, saving goes on to the next due row.
// Rows are elements with an id that htmx replaces whole; forms carry data-checkin="focus|open|next", values class "value".
// On the weekly page ("next") every due row has its form: "=" says that nothing changed, arrows go from row to row, Alt with 1–3 chooses the confidence.
const OPEN = "[data-checkin-open]";
const last = { id: null, form: null, saved: false, next: null };

const holder = (element) => element.closest("[id]");

function dueAfter(row) {
  const due = [...document.querySelectorAll(`${OPEN}[data-due]`)].filter((button) => !row?.contains(button));
  return due.find((button) => row && row.compareDocumentPosition(button) & Node.DOCUMENT_POSITION_FOLLOWING) ?? due[0];
}

function formAfter(row) {
  const forms = [...document.querySelectorAll("form[data-checkin]")];
  return forms.find((form) => row && row.compareDocumentPosition(form) & Node.DOCUMENT_POSITION_FOLLOWING) ?? forms[0];
}

function enter(form) {
  // A value may stand in another cell than its form.
  const controls = [...form.elements];
  const value = controls.find((one) => one.getAttribute("aria-invalid") === "true")
    ?? controls.find((one) => one.matches(".value"))
    ?? controls.find((one) => one.matches("input:not([type=hidden]), select, textarea"));
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
    // What was just saved may wait again, for the next week: on with the rows after it first.
    if (form && (last.then !== "next" || row.matches(".open"))) return enter(form);
    if (!last.then) return row?.querySelector(OPEN)?.focus();
    const opened = formAfter(row);
    if (opened) return enter(opened);
    const done = document.getElementById("weekly-done");
    if (done) { done.hidden = false; return done.focus(); }
    const next = dueAfter(row);
    if (next && last.then === "open") next.click();
    else (next ?? row?.querySelector(OPEN))?.focus();
  });
});

document.addEventListener("keydown", (event) => {
  const form = event.target.form ?? event.target.closest?.("form");
  if (!form?.matches("[data-checkin]") || event.isComposing) return;
  const act = form.dataset.checkin === "next" ? weeklyKey(event, form) : null;
  if (act) {
    event.preventDefault();
    act();
  } else if (event.key === "Escape") {
    event.preventDefault();
    form.querySelector("[data-checkin-cancel]")?.click();
  }
});

function weeklyKey(event, form) {
  if (event.altKey && /^Digit[123]$/.test(event.code)) {
    return () => form.elements.confidence[event.code.at(-1) - 1].click();
  }
  if (event.key === "Escape") return () => giveUp(form, event.target);
  const ticks = event.target.matches("[type=checkbox]");
  if (event.key === "=" && (ticks || event.target.matches(".value, select"))) {
    return form.elements.same ? () => form.elements.same.click() : null;
  }
  if (!ticks && !event.target.matches(".value")) return null;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return null;
  const forms = [...document.querySelectorAll("form[data-checkin=next]")];
  const next = forms[forms.indexOf(form) + step];
  return () => { if (next) enter(next); };
}

// Esc takes back what was typed and stays in the row; once there is nothing to take back it leaves it.
function giveUp(form, control) {
  const typed = [...form.elements].some((one) => one.matches("input, textarea")
    && (one.value !== one.defaultValue || one.checked !== one.defaultChecked));
  form.reset();
  if (typed) enter(form); else control.blur();
}

// A page that comes with an open form (no fragment, or the weekly page) starts in it; one with mistakes starts at their list.
const start = document.querySelector("[data-focus]") ?? document.querySelector("form[data-checkin][data-start]");
const said = location.hash || document.querySelector("[autofocus]") ? null : document.querySelector("#flash > .notice");
if (start?.matches("form")) enter(start);
else if (start) start.focus();
else if (said) {
  // What became of a form sent the plain way: it is read out, and Tab goes on from here rather than from the top of the page.
  said.tabIndex = -1;
  said.focus();
}
