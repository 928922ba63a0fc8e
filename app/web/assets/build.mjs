// Makes everything the pages load, into ../static/built: two stylesheets, three scripts, four font
// files, one sprite of icons, the mark and the licences of what others wrote.
import { build } from "esbuild";
import { cp, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { fonts } from "./fonts.mjs";
import { sprite } from "./sprite.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const out = path.join(here, "../static/built");
const templates = path.join(here, "../templates");

const THIRD_PARTIES = ["htmx.org", "bpmn-js", "diagram-js", "bootstrap-icons", "@fontsource-variable/noto-sans"];

async function bundle() {
  const { metafile } = await build({
    absWorkingDir: here,
    entryPoints: ["early.js", "app.js", "app.css", "diagram.js", "diagram.css"].map((name) => `src/${name}`),
    outdir: out,
    bundle: true,
    minify: true,
    metafile: true,
    format: "iife",
    target: ["es2022", "chrome111", "firefox113", "safari16.4"],
    legalComments: "none",
    external: ["*.woff2"],
    logLevel: "warning",
  });
  return Object.entries(metafile.outputs).map(([name, { bytes }]) => [path.basename(name), bytes]);
}

async function licences() {
  const parts = await Promise.all(
    THIRD_PARTIES.map(async (name) => {
      const folder = path.join(here, "node_modules", name);
      const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
      const { version } = JSON.parse(await readFile(path.join(folder, "package.json"), "utf8"));
      return `${name} ${version}\n\n${(await readFile(path.join(folder, file), "utf8")).trim()}\n`;
    }),
  );
  return parts.join(`\n${"-".repeat(72)}\n\n`);
}

await rm(out, { recursive: true, force: true });
await mkdir(path.join(out, "fonts"), { recursive: true });

const sizes = await bundle();
for (const [name, bytes] of Object.entries(await fonts(here))) {
  await writeFile(path.join(out, "fonts", name), bytes);
  sizes.push([`fonts/${name}`, bytes.length]);
}
const icons = await sprite(here, templates);
await writeFile(path.join(out, "sprite.svg"), icons.text);
sizes.push([`sprite.svg (${icons.count} icons)`, icons.text.length]);
await cp(path.join(here, "src/mark.svg"), path.join(out, "mark.svg"));
await writeFile(path.join(out, "third-party.txt"), await licences());

for (const [name, bytes] of sizes) console.log(`${(bytes / 1024).toFixed(1).padStart(8)} KiB  ${name}`);
