// Runs before the first paint: display settings from the address, then from this browser, then from
// the system. Without this file the page is light and roomy.
"use strict";
const root = document.documentElement;
const asked = new URLSearchParams(location.search);

function kept(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null; // private mode
  }
}

const system = {
  theme: () => (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : ""),
  contrast: () => (matchMedia("(prefers-contrast: more)").matches ? "more" : ""),
  density: () => "",
};
for (const [name, fallback] of Object.entries(system)) {
  root.dataset[name] = asked.get(name) ?? kept(name) ?? fallback();
}
root.dataset.script = "on";
