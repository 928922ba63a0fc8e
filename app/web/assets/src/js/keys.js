// Keys: J and K walk the list, C takes, / searches, ? explains, Ctrl+Enter completes.
import { all, one } from "./page.js";

const rows = () => all(".itab tbody tr:not(.grp)").filter((row) => row.offsetParent);
const typing = "input:not([type=checkbox], [type=radio]), textarea, select, dialog, [contenteditable]";

function current() {
  const list = rows();
  const focused = document.activeElement?.closest?.(".itab tbody tr");
  return list.indexOf(focused ?? list.find((row) => row.classList.contains("cur")));
}

function walk(by) {
  const list = rows();
  if (!list.length) return;
  const at = Math.max(0, Math.min(list.length - 1, current() + by));
  for (const row of all(".itab .cur")) row.classList.remove("cur");
  list[at].classList.add("cur");
  one(".task-a", list[at])?.focus();
  list[at].scrollIntoView({ block: "nearest" });
}

const inRow = (selector) => () => one(selector, rows()[current()] ?? document.createElement("tr"))?.click();

// By place on the keyboard, so that they work in the Kazakh and Russian layouts too.
const ACTS = { KeyJ: () => walk(1), KeyK: () => walk(-1), KeyC: inRow("[data-claim]") };

function pressed(event) {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.target.closest?.("form")?.querySelector(".btn.go:not([aria-disabled=true])")?.click();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.(typing)) return;
  if (event.key === "/") {
    event.preventDefault();
    (one(".filters .find input") ?? one(".find input"))?.focus();
  } else if (event.key === "?") one("#keys")?.showModal();
  else ACTS[event.code]?.();
}

/** Wires the keys of every page. */
export function startKeys() {
  document.addEventListener("keydown", pressed);
}
