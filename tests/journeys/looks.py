"""What is wrong with a page as it looks: the checks that a browser and axe-core can make."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from babel.messages.pofile import read_po
from playwright.sync_api import BrowserContext, Page

from config.assets import WEB
from config.settings import ROOT

AXE = WEB / "assets" / "node_modules" / "axe-core" / "axe.min.js"
SIZES = {1440: 900, 390: 844}
THEMES = ("normal", "dark")

# A violation of the policy is told on the console too; this names what was blocked.
WATCH = """
addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`));
"""
RUN_AXE = """async (rules) => {
  const options = { resultTypes: ["violations"] };
  if (rules) options.runOnly = { type: "rule", values: rules };
  const { violations } = await axe.run(document, options);
  return violations.map(({ id, impact, nodes }) => ({ id, impact, at: nodes.map((n) => n.html) }));
}"""
SET_THEME = "(theme) => { document.documentElement.dataset.theme = theme }"
TOO_WIDE = """() => {
  const room = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= room) return "";
  const wide = [...document.querySelectorAll("main *")].find(
    (e) => e.getBoundingClientRect().right > room + 1 && e.scrollWidth <= e.clientWidth + 1);
  return `${document.documentElement.scrollWidth}px: ${wide?.outerHTML.slice(0, 120)}`;
}"""
# What is cut off: a box that hides what it holds, but for what only readers of the screen get,
# and for the one line about the person that ends in three dots.
CUT = """() => [...document.querySelectorAll("body *")]
  .filter((e) => e.clientWidth > 1 && e.scrollWidth > e.clientWidth + 1 && !e.closest(".dia"))
  .filter((e) => {
    const { overflowX, textOverflow } = getComputedStyle(e);
    return ["hidden", "clip"].includes(overflowX) && textOverflow !== "ellipsis";
  })
  .map((e) => e.outerHTML.slice(0, 80))"""
# Words that end in the middle because their column is too narrow.
BROKEN = """() => {
  const walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  const broken = new Set();
  while (walker.nextNode()) {
    const text = walker.currentNode;
    if (text.parentElement.closest(".dia, .vh, template, textarea, option, script")) continue;
    for (const word of text.data.matchAll(/\\p{L}{3,}/gu)) {
      range.setStart(text, word.index);
      range.setEnd(text, word.index + word[0].length);
      const lines = new Set([...range.getClientRects()].map((box) => Math.round(box.top)));
      if (lines.size > 1) broken.add(word[0]);
    }
  }
  return [...broken];
}"""
SAID = """() => {
  const walker = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
  const said = [];
  while (walker.nextNode()) {
    const text = walker.currentNode;
    if (!text.parentElement.closest("script, style, code")) said.push(text.data);
  }
  for (const name of ["aria-label", "title", "placeholder", "data-not-kept"]) {
    for (const e of document.querySelectorAll(`[${name}]`)) said.push(e.getAttribute(name));
  }
  return said.map((text) => text.replace(/\\s+/g, " ").trim());
}"""


def watched(context: BrowserContext) -> list[str]:
    """What the browser complains about on the pages of `context`, as it happens."""
    complaints: list[str] = []
    context.add_init_script(WATCH)
    context.add_init_script(path=AXE)

    def said(kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            complaints.append(text)

    context.on("console", lambda message: said(message.type, message.text))
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    return complaints


def faults(page: Page, *, thorough: bool) -> Iterator[str]:
    """What is wrong on a page of a `watched` context at every size and in every theme.

    axe-core looks with all its rules at each size in the light, and at colours in the dark;
    not `thorough`, it looks with all its rules once: words do not change colours. The page
    is left narrow and dark.
    """
    for width, height in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        for theme in THEMES:
            look = f"{width} {theme}"
            page.evaluate(SET_THEME, theme)
            too_wide = page.evaluate(TOO_WIDE)
            if too_wide:
                yield f"{look}: scrolls sideways, {too_wide}"
            if theme == THEMES[0]:
                yield from (f"{look}: cut off, {cut}" for cut in page.evaluate(CUT))
                yield from (f"{look}: a broken word, {word}" for word in page.evaluate(BROKEN))
            if thorough or (theme, width) == ("normal", max(SIZES)):
                yield from (f"{look}: {found}" for found in _axe(page, theme))


def _axe(page: Page, theme: str) -> Iterator[str]:
    rules = None if theme == "normal" else ["color-contrast"]
    for found in page.evaluate(RUN_AXE, rules):
        yield f"{found['id']} ({found['impact']}) {found['at'][:3]}"


@cache
def untranslated(language: str) -> frozenset[str]:
    """The English texts that must not stand on a page in `language`."""
    catalogue = ROOT / "app" / "translations" / language / "LC_MESSAGES" / "messages.po"
    with catalogue.open("rb") as file:
        told = read_po(file, locale=language)
    found: set[str] = set()
    for message in told:
        ids: Any = message.id if isinstance(message.id, tuple) else (message.id,)
        found.update(text for text in ids if text and "%(" not in text and text != message.string)
    return frozenset(found)


def english(page: Page, language: str) -> list[str]:
    """English texts of the catalogue that stand on a page in another language, codes apart."""
    return sorted(untranslated(language) & set(page.evaluate(SAID)))
