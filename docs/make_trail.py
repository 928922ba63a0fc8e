"""Write the lists of `docs/trail.md` from the code: `python docs/make_trail.py`.

The page's prose is written by hand; between the two comments that name a list stands what
this file writes. A test compares the page with the code.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator
from dataclasses import fields
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:  # called as a script
    sys.path.insert(0, str(ROOT))

from app import models  # noqa: E402 - the path is set above
from app.audit.events import KINDS  # noqa: E402 - the path is set above
from app.db import Base  # noqa: E402 - the path is set above
from app.models.trail import PRIVATE, Fact, Guarded  # noqa: E402 - the path is set above

PAGE = ROOT / "docs" / "trail.md"

# What a fact of an event is, by its annotation.
WORDS = {
    "str": "text",
    "int": "number",
    "bool": "yes or no",
    "date": "day",
    "datetime": "instant",
    "Sealed": "sealed",
    "Value": "any",
    "Change": "old and new",
    "Mapping[str, str]": "text by key",
    "Mapping[str, Value]": "any by key",
    "Mapping[str, Change]": "old and new by key",
}


def kinds() -> Iterator[str]:
    """One section for each kind of event: what it means, then its facts."""
    for name in sorted(KINDS):
        of_kind = KINDS[name]
        yield f"#### `{name}`{' (refused)' if of_kind.refused else ''}\n"
        yield f"{_told(of_kind)}\n"
        yield "| fact | what |\n|---|---|"
        for field in fields(of_kind):
            written, _, rest = str(field.type).partition(" | ")
            absent = ", or absent" if rest == "None" else ""
            yield f"| `{field.name}` | {WORDS[written]}{absent} |"
        yield ""


def tables(sort: type) -> Iterator[str]:
    """One row for each table of a sort (`Fact`, `Guarded`): its name and what a row is."""
    for module in iter_modules(models.__path__):
        import_module(f"{models.__name__}.{module.name}")
    mapped = (mapper.class_ for mapper in Base.registry.mappers)
    found = {each.__tablename__: each for each in mapped if issubclass(each, sort)}
    yield "| table | a row is | private columns |\n|---|---|---|"
    for name in sorted(found):
        columns = found[name].__table__.columns
        private = ", ".join(f"`{column.name}`" for column in columns if column.info.get(PRIVATE))
        yield f"| `{name}` | {_told(found[name], whole=False)} | {private or '–'} |"


def _told(documented: type, *, whole: bool = True) -> str:
    """A docstring on one line, or its first paragraph."""
    text = inspect.getdoc(documented) or ""
    if not whole:
        text = text.partition("\n\n")[0]
    return " ".join(text.split())


def rendered(page: str) -> str:
    """The page with its lists written anew.

    Raises:
        ValueError: a list has no place in the page.
    """
    lists = {"kinds": kinds(), "facts": tables(Fact), "guarded": tables(Guarded)}
    for name, lines in lists.items():
        place = re.compile(rf"(<!-- {name}: [^\n]*-->\n).*?(<!-- end of {name} -->)", re.DOTALL)
        text = "\n".join(lines).strip()
        page, times = place.subn(lambda m, t=text: f"{m[1]}\n{t}\n\n{m[2]}", page)
        if times != 1:
            raise ValueError(f"docs/trail.md has no place for {name}")
    return page


def main() -> None:
    """Write the page."""
    PAGE.write_text(rendered(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    print(f"{PAGE.relative_to(ROOT)}: {len(KINDS)} kinds of events")


if __name__ == "__main__":
    main()
