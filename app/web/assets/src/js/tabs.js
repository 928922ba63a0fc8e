// Tabs. The server sends every panel open; the script closes all but the first.
import { all, on, onContent } from "./page.js";

const tabsOf = (tab) => all("[role=tab]", tab.closest("[role=tablist]"));

function show(tab) {
  for (const other of tabsOf(tab)) {
    const chosen = other === tab;
    other.setAttribute("aria-selected", String(chosen));
    other.tabIndex = chosen ? 0 : -1;
    document.getElementById(other.getAttribute("aria-controls")).hidden = !chosen;
  }
  tab.dispatchEvent(new CustomEvent("tabs:shown", { bubbles: true }));
}

function step(tab, event) {
  const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!by) return;
  const tabs = tabsOf(tab);
  const next = tabs[(tabs.indexOf(tab) + by + tabs.length) % tabs.length];
  show(next);
  next.focus();
}

/** Wires every list of tabs. */
export function startTabs() {
  onContent((scope) => {
    for (const list of all("[role=tablist]", scope)) {
      list.hidden = false;
      show(list.querySelector("[aria-selected=true]") ?? list.querySelector("[role=tab]"));
    }
  });
  on("click", "[role=tab]", show);
  on("keydown", "[role=tab]", step);
}
