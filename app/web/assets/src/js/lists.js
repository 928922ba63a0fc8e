// Lists: rows that are chosen, branches that open.
import { all, on, onContent } from "./page.js";

function paint() {
  for (const mark of all("table.picks tbody input[type=checkbox]")) mark.closest("tr").classList.toggle("sel", mark.checked);
}

function branch(button) {
  const open = button.getAttribute("aria-expanded") !== "true";
  button.setAttribute("aria-expanded", String(open));
  for (const row of all(`[data-of="${CSS.escape(button.dataset.kids)}"]`)) row.hidden = !open;
}

/** Wires choosing and branches. */
export function startLists() {
  onContent(paint);
  on("change", "tbody input[type=checkbox]", paint);
  on("click", ".tg", branch);
  // A filter applies itself; its button is for those without the script.
  on("change", "form[data-apply] :is(select, input[type=radio], input[type=checkbox])", (field) => field.form.requestSubmit());
}
