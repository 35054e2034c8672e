// Boxes marked data-tick: [data-ticked] counts them, [data-untick] clears them, [data-tick-agreeing] ticks those marked data-agrees.
// Without scripts the page's own words stand.
const boxes = () => [...document.querySelectorAll("[data-tick]")];

function count() {
  const words = document.querySelector("[data-ticked]");
  if (!words) return;
  const ticked = boxes().filter((box) => box.checked).length;
  words.textContent = `${words.dataset.ticked} ${ticked}`;
  const form = words.closest("form");
  for (const button of form.querySelectorAll("[type=submit]")) button.disabled = ticked === 0;
  form.querySelector("[data-untick]").hidden = ticked === 0;
  const agreeing = form.querySelector("[data-tick-agreeing]");
  if (agreeing) agreeing.hidden = ticked > 0;
}

function tick(chosen) {
  for (const box of boxes()) box.checked = chosen(box);
  count();
}

document.addEventListener("change", (event) => { if (event.target.matches("[data-tick]")) count(); });
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-untick]")) tick(() => false);
  if (event.target.closest("[data-tick-agreeing]")) tick((box) => "agrees" in box.dataset);
});
document.addEventListener("htmx:after:swap", count);
count();
