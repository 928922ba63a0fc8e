// Forms: fields that depend on an answer, counters, one sending only, a warning before leaving.
import { all, on, one, onContent } from "./page.js";

const changed = new WeakSet();

/** What is answered to field `name`: the checked or typed values; a lone tick says yes or no. */
function answers(form, name) {
  const inputs = all(`[name="${CSS.escape(name)}"]`, form);
  if (inputs.length === 1 && inputs[0].type === "checkbox" && inputs[0].value === "yes") {
    return inputs[0].checked ? ["yes", "true"] : ["no", "false", "none", "null"];
  }
  return inputs
    .filter((input) => !input.disabled && (!["radio", "checkbox"].includes(input.type) || input.checked))
    .map((input) => input.value);
}

/** Shows a field only while its condition holds; what is hidden is not sent. */
function applyConditions(form) {
  for (const field of all("[data-when]", form)) {
    const wanted = JSON.parse(field.dataset.in).map((value) => String(value).toLowerCase());
    const holds = answers(form, field.dataset.when).some((value) => wanted.includes(value.toLowerCase()));
    field.hidden = !holds;
    for (const input of all("input, select, textarea", field)) input.disabled = !holds || "fixed" in input.dataset;
  }
}

function count(area) {
  const counter = one(`[data-counter-of="${CSS.escape(area.id)}"]`);
  if (!counter) return;
  const near = area.value.length >= area.maxLength * 0.8;
  counter.hidden = !near;
  if (near) one("b", counter).textContent = area.maxLength - area.value.length;
}

/** A form is sent once; the button says so and the server would refuse the second anyway. */
function sendOnce(event) {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  const blocked = event.submitter?.getAttribute("aria-disabled") === "true";
  if (blocked || form.dataset.sending) return event.preventDefault();
  changed.delete(form);
  const byHtmx = event.submitter?.hasAttribute("hx-post") || (form.hasAttribute("hx-post") && !form.hasAttribute("hx-trigger"));
  if (!byHtmx) form.dataset.sending = "yes";
}

/** After a draft was sent by itself: kept, or not, and then it is said and leaving still warns. */
function draftAnswered(event) {
  const { elt, successful } = event.detail;
  if (!elt.matches?.("form[data-form]")) return;
  const place = one("#saved", elt);
  place?.classList.toggle("late", !successful);
  if (successful) changed.delete(elt);
  else if (place) place.textContent = elt.dataset.notKept;
}

/** A form handed in again after signing in elsewhere: its token is of the session that ended. */
async function handInAgain(form, event) {
  event.preventDefault();
  if (form.dataset.sending) return;
  form.dataset.sending = "yes";
  try {
    const page = new DOMParser().parseFromString(await (await fetch(form.dataset.token)).text(), "text/html");
    form.elements.csrf_token.value = one("meta[name=csrf-token]", page).content;
  } finally {
    form.submit(); // with the old token the server asks once more, and keeps what was typed
  }
}

function warn(event) {
  if (all("form[data-form]").some((form) => changed.has(form))) event.preventDefault();
}

/** Wires every form. */
export function startForms() {
  onContent((scope) => {
    for (const form of all("form[data-form]", scope)) applyConditions(form);
    for (const area of all("textarea[maxlength]", scope)) count(area);
    one("[data-errors]", scope)?.focus();
  });
  on("input", "form[data-form]", (form) => changed.add(form));
  on("change", "form[data-form]", (form) => {
    changed.add(form);
    applyConditions(form);
  });
  on("input", "textarea[maxlength]", count);
  on("click", "[aria-disabled=true]", (_, event) => event.preventDefault());
  on("submit", "form[data-token]", handInAgain);
  document.addEventListener("submit", sendOnce);
  addEventListener("beforeunload", warn);
  addEventListener("pageshow", () => all("form[data-sending]").forEach((form) => delete form.dataset.sending));
  document.addEventListener("htmx:afterRequest", draftAnswered);
}
