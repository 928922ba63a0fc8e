// Display settings (theme, contrast, density), dialogs and toasts.
import { all, on, one, onContent } from "./page.js";

const root = document.documentElement;

/** `data-set="theme=dark"` toggles; off is written too, so that it outlasts the system's wish. */
function toggle(button) {
  const [name, value] = button.dataset.set.split("=");
  root.dataset[name] = root.dataset[name] === value ? "normal" : value;
  try {
    localStorage.setItem(name, root.dataset[name]);
  } catch {
    /* private mode: for this page only */
  }
  paint(document);
}

function paint(scope) {
  for (const button of all("[data-set]", scope)) {
    const [name, value] = button.dataset.set.split("=");
    button.setAttribute("aria-pressed", String(root.dataset[name] === value));
  }
}

function close(button) {
  const holder = button.closest("dialog, .toast");
  if (holder instanceof HTMLDialogElement) holder.close();
  else holder?.remove();
}

/** Wires display settings, dialogs and toasts. */
export function startDisplay() {
  onContent(paint);
  on("click", "[data-set]", toggle);
  on("click", "[data-dialog]", (button) => one(`#${CSS.escape(button.dataset.dialog)}`)?.showModal());
  on("click", "[data-close]", close);
  on("click", "[data-print]", () => print());
}
