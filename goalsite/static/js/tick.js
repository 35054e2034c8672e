// Boxes marked data-tick: [data-ticked] counts them, [data-untick] clears them. Without scripts the page's own words stand.
const words = document.querySelector("[data-ticked]");
const none = document.querySelector("[data-untick]");
const boxes = () => [...document.querySelectorAll("[data-tick]")];

function count() {
  const ticked = boxes().filter((box) => box.checked).length;
  words.textContent = `${words.dataset.ticked} ${ticked}`;
  none.hidden = ticked === 0;
  words.closest("form").querySelector("[type=submit]").disabled = ticked === 0;
}

if (words) {
  document.addEventListener("change", (event) => { if (event.target.matches("[data-tick]")) count(); });
  none.addEventListener("click", () => { for (const box of boxes()) box.checked = false; count(); });
  document.addEventListener("htmx:after:swap", count);
  count();
}
