// Draws a process: <div data-diagram="address of the BPMN" data-marks='{"done": [], "now": [], "next": []}'>.
// Elements of `now` may be {"id": …, "note": "who, until when"}; the note stands on the diagram.
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";

const PAD = 28; // room for tokens and notes, which a plain fit would clip
const SMALLEST = 0.72; // below this the names cannot be read: rather show the part where it is now
const TALLEST = 620;
const FONT = { fontFamily: '"Noto Sans V", "Noto Sans", sans-serif', fontStretch: "semi-condensed" };

const id = (mark) => (typeof mark === "string" ? mark : mark.id);

async function draw(place) {
  const [answer] = await Promise.all([
    fetch(place.dataset.diagram, { headers: { Accept: "application/xml" } }),
    // Names are measured while drawing: the letters must be there before.
    document.fonts.load('semi-condensed 14px "Noto Sans V"', "Aаң"),
  ]);
  if (!answer.ok) throw new Error(`the diagram answered ${answer.status}`);
  const viewer = new NavigatedViewer({
    container: place,
    zoomScroll: { enabled: false }, // the wheel belongs to the page
    // Properties, not colours: a change of theme needs no second drawing.
    bpmnRenderer: { defaultFillColor: "var(--surface)", defaultStrokeColor: "var(--ink-2)", defaultLabelColor: "var(--ink)" },
    textRenderer: { defaultStyle: { ...FONT, fontSize: 14 }, externalStyle: { ...FONT, fontSize: 13 } },
  });
  await viewer.importXML(await answer.text());
  return viewer;
}

function mark(viewer, marks) {
  const canvas = viewer.get("canvas");
  const overlays = viewer.get("overlays");
  const registry = viewer.get("elementRegistry");
  for (const lane of registry.filter((e) => /:(Lane|Participant)$/.test(e.type))) canvas.addMarker(lane.id, "is-lane");
  for (const [state, list] of Object.entries(marks)) {
    for (const entry of list) {
      if (!registry.get(id(entry))) continue; // an element of another diagram of the same case
      canvas.addMarker(id(entry), `is-${state}`);
      if (state === "now") putToken(overlays, registry.get(id(entry)), entry.note);
    }
  }
  markFlows(canvas, registry);
}

function putToken(overlays, element, note) {
  const round = element.width < 60; // an event or a gateway: its corner lies outside its line
  const token = document.createElement("span");
  token.className = "token";
  overlays.add(element.id, { position: { top: round ? -6 : -9, right: round ? 12 : 9 }, html: token });
  if (!note) return;
  const text = document.createElement("span");
  text.className = "token-note";
  text.textContent = note;
  overlays.add(element.id, { position: { top: -24, left: 0 }, html: text });
}

/** A flow is done when both its ends are passed or reached. */
function markFlows(canvas, registry) {
  const passed = (element) => /(^| )is-done( |$)/.test(registry.getGraphics(element)?.getAttribute("class") ?? "");
  const reached = (element) => passed(element) || canvas.hasMarker(element, "is-now");
  for (const flow of registry.filter((e) => e.type === "bpmn:SequenceFlow")) {
    if (passed(flow.source) && reached(flow.target)) canvas.addMarker(flow.id, "is-done");
  }
}

/** The part of a length that is shown: about `centre`, but never beyond the ends. */
function stretch(start, length, shown, centre) {
  if (shown >= length) return start - (shown - length) / 2;
  return Math.max(start, Math.min(start + length - shown, centre - shown / 2));
}

/** Shows the whole diagram, or, where its names would be too small, the part where it is now. */
function fit(viewer, place, focus, whole) {
  const canvas = viewer.get("canvas");
  canvas.zoom(1);
  const { inner } = canvas.viewbox();
  const width = place.clientWidth;
  const fitting = Math.min(1, (width - 2 * PAD) / inner.width);
  const scale = whole ? fitting : Math.max(fitting, SMALLEST);
  const height = Math.round(Math.min(TALLEST, inner.height * scale + 2 * PAD));
  place.style.height = `${height}px`;
  canvas.resized();
  const pad = PAD / scale;
  const room = { x: inner.x - pad, y: inner.y - pad, width: inner.width + 2 * pad, height: inner.height + 2 * pad };
  const at = focus ?? inner;
  const shown = { width: width / scale, height: height / scale };
  const x = stretch(room.x, room.width, shown.width, focus ? at.x + at.width / 2 : room.x);
  const y = stretch(room.y, room.height, shown.height, at.y + at.height / 2);
  canvas.viewbox({ x, y, ...shown });
}

function keys(viewer, place, showWhole) {
  const canvas = viewer.get("canvas");
  const zoom = (by) => canvas.zoom(Math.max(0.2, Math.min(4, canvas.zoom() * by)), "auto");
  const acts = {
    "+": () => zoom(1.2), "=": () => zoom(1.2), "-": () => zoom(1 / 1.2), 0: showWhole,
    ArrowLeft: () => canvas.scroll({ dx: 60, dy: 0 }), ArrowRight: () => canvas.scroll({ dx: -60, dy: 0 }),
    ArrowUp: () => canvas.scroll({ dx: 0, dy: 60 }), ArrowDown: () => canvas.scroll({ dx: 0, dy: -60 }),
  };
  place.addEventListener("keydown", (event) => {
    const act = event.ctrlKey || event.metaKey || event.altKey ? null : acts[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
  place.addEventListener("wheel", (event) => {
    if (!event.ctrlKey) return; // only with Ctrl, or a pinch of the touchpad
    event.preventDefault();
    zoom(event.deltaY < 0 ? 1.1 : 1 / 1.1);
  }, { passive: false });
  for (const button of document.querySelectorAll(`[data-diagram-of="${CSS.escape(place.id)}"]`)) {
    button.addEventListener("click", acts[button.dataset.key]);
  }
}

async function start(place) {
  if (place.dataset.drawn) return;
  place.dataset.drawn = "yes";
  try {
    const viewer = await draw(place);
    const marks = JSON.parse(place.dataset.marks || "{}");
    mark(viewer, marks);
    // Where it stands; of a case that has ended, where it ended.
    const at = marks.now?.[0] ?? marks.done?.at(-1) ?? "";
    const now = viewer.get("elementRegistry").get(id(at));
    const refit = (whole) => place.clientWidth && fit(viewer, place, now, whole === true);
    refit();
    keys(viewer, place, () => refit(true));
    viewer.get("canvas")._svg.setAttribute("aria-label", place.getAttribute("aria-label") ?? "");
    let wide = place.clientWidth;
    new ResizeObserver(() => {
      if (place.clientWidth === wide) return; // only its own height changed
      wide = place.clientWidth;
      refit();
    }).observe(place);
    place.dataset.drawn = "done";
  } catch (error) {
    console.error(error);
    place.classList.add("is-plain");
    place.querySelector("[data-failed]")?.removeAttribute("hidden"); // the list of steps says the same
  }
}

const startAll = (scope) => scope.querySelectorAll("[data-diagram]").forEach(start);
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => startAll(document));
else startAll(document);
document.addEventListener("htmx:load", (event) => startAll(event.detail.elt));
