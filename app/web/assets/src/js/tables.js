// Tables in forms: rows that are added, and the running sum of points.
import { all, on, one, onContent } from "./page.js";

// Not asked of the browser: few of them know Kazakh.
const mark = document.documentElement.lang === "en" ? "." : ",";
const parse = (text) => Number.parseFloat(text.replace(/[\s\u00a0]/g, "").replace(",", ".")) || 0;

/** Adds a row from the table's template; `__i__` in it becomes the next number. */
function addRow(button) {
  const table = document.getElementById(button.dataset.addRow);
  const next = Number(table.dataset.next);
  const template = one("template", table.parentElement);
  const row = document.createElement("tbody");
  row.innerHTML = template.innerHTML.replaceAll("__i__", String(next));
  table.dataset.next = String(next + 1);
  const added = table.tBodies[0].appendChild(row.firstElementChild);
  one("input, textarea", added)?.focus();
}

/** The sum of points beside the table's name, and its bar. */
function total(table) {
  const sum = all("input.score", table).reduce((so_far, input) => so_far + parse(input.value), 0);
  const box = one(`[data-sum-of="${CSS.escape(table.id)}"]`);
  if (!box) return;
  one("output", box).textContent = sum.toFixed(1).replace(".", mark);
  const most = Number(box.dataset.most);
  if (most) one(".v", box)?.setAttribute("width", `${Math.max(0, Math.min(100, (sum / most) * 100))}%`);
}

/** Wires tables of every form. */
export function startTables() {
  onContent((scope) => {
    for (const table of all("table[data-total]", scope)) total(table);
    for (const button of all("[data-add-row]", scope)) button.hidden = false;
  });
  on("input", "table[data-total] input.score", (input) => total(input.closest("table")));
  on("click", "[data-add-row]", addRow);
}
