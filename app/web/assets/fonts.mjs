// Cuts the variable Noto Sans (weight and width axes) into the four files that the stylesheet names.
import { readFile } from "node:fs/promises";
import path from "node:path";
import subset from "subset-font";

// [target, source file of the package, code points]; the same ranges stand in src/css/tokens.css.
const CUTS = [
  ["latin", "latin", [[0x20, 0x7e], [0xa0, 0xff], [0x2000, 0x206f], 0x20ac, 0x2122, 0x2191, 0x2193, 0x2212, 0x2215]],
  ["cyrillic", "cyrillic", [0x20, 0x301, [0x400, 0x45f], [0x490, 0x491], [0x4b0, 0x4b1], 0x2116]],
  ["kazakh", "cyrillic-ext", [0x20, [0x48a, 0x48f], [0x492, 0x4af], [0x4b2, 0x4ff]]],
  ["tenge", "latin-ext", [0x20, 0x20b8]],
];

function text(ranges) {
  return ranges
    .map((range) => (Array.isArray(range) ? range : [range, range]))
    .flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, i) => String.fromCodePoint(from + i)))
    .join("");
}

/** The four files by name. */
export async function fonts(here) {
  const folder = path.join(here, "node_modules/@fontsource-variable/noto-sans/files");
  const made = CUTS.map(async ([target, source, ranges]) => {
    const whole = await readFile(path.join(folder, `noto-sans-${source}-standard-normal.woff2`));
    const cut = await subset(whole, text(ranges), { targetFormat: "woff2" });
    return [`noto-sans-${target}.woff2`, cut];
  });
  return Object.fromEntries(await Promise.all(made));
}
