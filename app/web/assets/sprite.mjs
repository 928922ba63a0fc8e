// One sprite: our own glyphs, and of the icon set only the icons that a template names.
// Colours are attributes with custom properties, which reach into a sprite used from outside;
// selectors of the page's stylesheet do not.
import { readFile, readdir } from "node:fs/promises";
import path from "node:path";

// Named from Python (states, kinds of documents) and so not found in a template.
const NAMED_ELSEWHERE = [
  "check2-circle", "circle", "envelope", "file-earmark-pdf", "file-earmark-spreadsheet", "file-earmark-text",
  "hourglass-split", "lock-fill", "people", "person-check", "printer", "record-circle-fill",
];

const hollow = 'fill="none" stroke="currentColor" opacity=".65"';
const full = 'fill="currentColor"';
const range = (n) => Array.from({ length: n }, (_, i) => i);
const symbol = (id, box, body) => `<symbol id="${id}" viewBox="0 0 ${box}">${body}</symbol>`;

/** Five cells: the last five working days before a due date, `passed` of them filled. */
function days(passed) {
  const cell = (i) => `<rect ${i < passed ? full : hollow} x="${i * 7 + 0.5}" y=".5" width="5" height="9"/>`;
  return range(5).map(cell).join("");
}

/** Three bars, one lit: the block of the evaluation. */
function block(lit) {
  const look = (i) => (i === lit ? 'fill="var(--blue)"' : 'fill="var(--line-2)" opacity=".4"');
  return range(3).map((i) => `<rect ${look(i)} x="1" y="${1 + i * 4.5}" width="12" height="3"/>`).join("");
}

/** Six cells: the stages of a block evaluation, `at` is now; a late one is red. */
function stages(at, late) {
  const now = late ? 'fill="var(--red)"' : 'fill="var(--sun)" stroke="var(--horizon)" stroke-width=".8"';
  const look = (i) => (i < at ? full : i === at ? now : hollow);
  return range(6).map((i) => `<rect ${look(i)} x="${i * 10 + 0.5}" y=".5" width="7" height="8"/>`).join("");
}

function own() {
  const crossed = `${days(5).split("<rect").slice(0, 5).join("<rect")}<path ${hollow} d="M28.5 1l5 8M33.5 1l-5 8"/>`;
  return [
    symbol("mark", "26 26", '<path fill="var(--blue)" d="M3 2h20v4.5H7.5V19.5H18.5V13H23V24H3Z"/><path fill="var(--sun)" d="M7.5 10.6H23V15H7.5Z"/>'),
    ...range(6).map((n) => symbol(`d${n}`, "34 10", days(n))),
    symbol("dx", "34 10", crossed),
    ...range(3).map((n) => symbol(`b${n + 1}`, "14 14", block(n))),
    ...range(7).map((n) => symbol(`x${n}`, "58 9", stages(n, false))),
    ...range(6).map((n) => symbol(`x${n}l`, "58 9", stages(n, true))),
  ];
}

async function words(folder) {
  const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(".html"));
  const texts = await Promise.all(files.map((name) => readFile(path.join(folder, name), "utf8")));
  return texts.flatMap((text) => [...text.matchAll(/'([a-z0-9]+(?:-[a-z0-9]+)*)'/g)].map((match) => match[1]));
}

/** The sprite's text and how many icons of the set are in it. */
export async function sprite(here, templates) {
  const folder = path.join(here, "node_modules/bootstrap-icons/icons");
  const known = new Set((await readdir(folder)).map((name) => name.replace(/\.svg$/, "")));
  const used = [...new Set([...(await words(templates)), ...NAMED_ELSEWHERE])].filter((word) => known.has(word)).sort();
  const icons = await Promise.all(
    used.map(async (name) => {
      const text = await readFile(path.join(folder, `${name}.svg`), "utf8");
      return symbol(`i-${name}`, "16 16", text.replace(/^[^>]*>|<\/svg>\s*$/g, "").replace(/\s*\n\s*/g, ""));
    }),
  );
  const body = [...own(), ...icons].join("\n");
  return { text: `<svg xmlns="http://www.w3.org/2000/svg">\n${body}\n</svg>\n`, count: used.length };
}
