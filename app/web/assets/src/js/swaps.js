// htmx: the token against forged requests, answers that are refusals, and the focus after a swap.
import htmx from "htmx.org";
import { one } from "./page.js";
import { warning } from "./uploads.js";

Object.assign(htmx.config, {
  includeIndicatorStyles: false, // the policy of the page allows no inline style
  allowEval: false,
  selfRequestsOnly: true,
  historyCacheSize: 0, // pages hold official data: none of it stays in this browser
  responseHandling: [
    { code: "204", swap: false },
    { code: "[23]..", swap: true },
    { code: "422", swap: true, error: true },
    { code: "...", swap: false, error: true },
  ],
});

const focusable = "a[href], button:not([disabled]), input:not([type=hidden], [disabled]), select, textarea, [tabindex='0']";

let before = null;

/** What had the focus, its row, and where in the row: enough to find the same place again. */
function remember() {
  const focused = document.activeElement;
  if (!focused || focused === document.body) return void (before = null);
  const holder = focused.closest("[id]:not([id=main])");
  const places = holder ? [...holder.querySelectorAll(focusable)] : [];
  before = { id: focused.id, holder: holder?.id, place: places.indexOf(focused) };
}

/** After a swap the focus must not fall to the top of the page. */
function restore(event) {
  if (!before || (document.activeElement && document.activeElement !== document.body)) return;
  const holder = before.holder ? document.getElementById(before.holder) : null;
  const scope = holder ?? (event.detail.elt.isConnected ? event.detail.elt : one("#main"));
  const places = [...scope.querySelectorAll(focusable)];
  const target =
    (before.id && document.getElementById(before.id)) ||
    one("[data-focus]", scope) ||
    places[Math.min(Math.max(before.place, 0), places.length - 1)] ||
    one("#main");
  target?.focus({ preventScroll: true });
  before = null;
}

/** The sentence of a refusal beside the place where files are attached. */
function sayBeside(button, main) {
  const place = button?.closest(".drop")?.querySelector(".chosen");
  place?.replaceChildren(warning(one(".note div", main)?.textContent.trim() ?? ""));
}

/** A refusal comes as a whole page: its main part takes the place of ours. */
function showRefusal(event) {
  const { xhr, isError, requestConfig } = event.detail;
  // A draft that was not kept must not take the form away from under the hands.
  const draft = requestConfig?.elt.matches("form[data-form][hx-trigger]");
  if (!isError || xhr.status === 422 || draft) return;
  const page = new DOMParser().parseFromString(xhr.responseText, "text/html");
  const main = one("#main", page);
  if (!main) return;
  // A file that was refused must not take away what is typed around it.
  if (xhr.status === 413) return void sayBeside(requestConfig?.elt, main);
  one("#main").replaceWith(main);
  document.title = page.title;
  htmx.process(main);
  main.focus();
}

document.addEventListener("htmx:configRequest", (event) => {
  const token = one("meta[name=csrf-token]")?.content;
  if (token && event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = token;
});
document.addEventListener("htmx:beforeSwap", (event) => {
  remember();
  showRefusal(event);
});
document.addEventListener("htmx:afterSettle", restore);
