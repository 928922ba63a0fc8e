// Attaching: files dropped on the area, and their SHA-256 computed here, to be compared with ours.
import { on, one } from "./page.js";

async function digest(file) {
  if (!crypto.subtle || file.size > 64 * 1024 * 1024) return ""; // no secure context, or too much memory
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** A line of the list of chosen files that says what is wrong. */
export function warning(text) {
  const item = document.createElement("li");
  const said = document.createElement("span");
  said.className = "late";
  said.setAttribute("role", "alert");
  said.textContent = text;
  item.append(said);
  return item;
}

/** What is too large is said before it is sent, and left out. */
function sift(input) {
  const most = Number(input.dataset.most) || Infinity;
  const files = new DataTransfer();
  const refused = [];
  for (const file of input.files) {
    if (file.size <= most) files.items.add(file);
    else refused.push(file.name);
  }
  if (refused.length) input.files = files.files;
  return refused.map((name) => warning(`${name}: ${input.dataset.tooLarge}`));
}

async function list(input) {
  const place = one(".chosen", input.closest(".drop"));
  if (!place) return;
  place.replaceChildren(...sift(input));
  for (const file of input.files) {
    const item = document.createElement("li");
    const name = document.createElement("b");
    name.textContent = file.name;
    item.append(name);
    place.append(item);
    const hash = await digest(file);
    if (hash) {
      const chip = document.createElement("span");
      chip.className = "hash";
      chip.title = hash;
      chip.textContent = `${hash.slice(0, 4)}…${hash.slice(-4)}`;
      item.append(chip);
    }
  }
}

function dropped(area, event) {
  event.preventDefault();
  area.classList.remove("over");
  const input = one("input[type=file]", area);
  if (!input || !event.dataTransfer?.files.length) return;
  input.files = event.dataTransfer.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

/** What was taken is not sent a second time with the form. */
function taken(event) {
  const { elt, successful } = event.detail;
  if (!successful || !elt.matches?.("[name=attach]")) return;
  const area = elt.closest(".drop");
  one("input[type=file]", area).value = "";
  one(".chosen", area)?.replaceChildren();
}

/** Wires every place where files are attached. */
export function startUploads() {
  on("change", ".drop input[type=file]", list);
  on("dragover", ".drop", (area, event) => {
    event.preventDefault();
    area.classList.add("over");
  });
  on("dragleave", ".drop", (area) => area.classList.remove("over"));
  on("drop", ".drop", dropped);
  document.addEventListener("htmx:afterRequest", taken);
}
