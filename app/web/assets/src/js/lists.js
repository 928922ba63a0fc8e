// Lists: rows that are marked together (the bar with the count), branches that open.
import { all, on, one, onContent } from "./page.js";

const marks = (scope = document) => all(".itab tbody input[type=checkbox], table.picks tbody input[type=checkbox]", scope);

function paint() {
  for (const mark of marks()) mark.closest("tr").classList.toggle("sel", mark.checked);
  const bar = one(".bulk");
  if (!bar) return;
  const count = all(".itab tbody input[type=checkbox]:checked").length;
  bar.hidden = count === 0;
  one("output", bar).textContent = count;
}

function branch(button) {
  const open = button.getAttribute("aria-expanded") !== "true";
  button.setAttribute("aria-expanded", String(open));
  for (const row of all(`[data-of="${CSS.escape(button.dataset.kids)}"]`)) row.hidden = !open;
}

/** Wires marking and branches. */
export function startLists() {
  onContent(paint);
  on("change", "tbody input[type=checkbox]", paint);
  on("click", ".tg", branch);
  on("click", "[data-clear]", () => {
    for (const mark of marks()) mark.checked = false;
    paint();
  });
  // A filter applies itself; its button is for those without the script.
  on("change", "form[data-apply] :is(select, input[type=radio], input[type=checkbox])", (field) => field.form.requestSubmit());
}
