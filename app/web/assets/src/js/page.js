// The few helpers that every part of the script uses.

/** The first element of `selector` in `scope`, or null. */
export const one = (selector, scope = document) => scope.querySelector(selector);

/** All elements of `selector` in `scope`, as an array. */
export const all = (selector, scope = document) => [...scope.querySelectorAll(selector)];

/** Listens on the document for `type` on anything inside `selector`; `act(element, event)`. */
export function on(type, selector, act) {
  document.addEventListener(type, (event) => {
    const element = event.target instanceof Element ? event.target.closest(selector) : null;
    if (element) act(element, event);
  });
}

/** Calls `act(scope)` once for the page and again for every piece that htmx puts into it. */
export function onContent(act) {
  const whole = () => act(document);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", whole);
  else whole();
  document.addEventListener("htmx:load", (event) => act(event.detail.elt));
}
