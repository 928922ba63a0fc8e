"""What the public reads of a year's results, without signing in (¶ 9(5), 53)."""

from __future__ import annotations

from decimal import Decimal

from flask import make_response, render_template
from werkzeug.wrappers import Response

from app.services import publication
from app.services.publication import Published, PublishedBody
from app.web import year_words
from app.web.access import Open, page
from app.web.blueprint import pages
from app.web.years import BLOCKS, KINDS

# A bar of three blocks: each has 32 per cent of the width, and a gap of 2 follows it.
BLOCK_WIDTH, BLOCK_STEP = 32, 34


@pages.get("/results")
@page(Open.PUBLIC)
def published() -> Response:
    """The newest results that are published; before there are any, that there are none."""
    years = publication.years()
    return _page(years[0] if years else None, years)


@pages.get("/results/<int:year>")
@page(Open.PUBLIC)
def published_year(year: int) -> Response:
    """The published results of a year; 404 whether there are none yet or never will be."""
    return _page(year, publication.years())


def _page(year: int | None, years: tuple[int, ...]) -> Response:
    found = publication.of_year(year=year) if year is not None else None
    groups = [
        (kind, sorted((b for b in found.bodies if b.kind == kind), key=_place))
        for kind in KINDS
        if found is not None
    ]
    text = render_template(
        "published.html",
        page=found,
        year=year,
        years=years,
        groups=[(kind, bodies) for kind, bodies in groups if bodies],
        blocks=BLOCKS,
        bars=_bars,
        told=year_words,
    )
    return make_response(text, 200 if found is not None or year is None else 404)


def _place(body: PublishedBody) -> Decimal:
    """By points, the most first; who has no published overall result stands at the end."""
    return -Decimal(body.overall.points) if body.overall else Decimal(1)


def _bars(blocks: dict[int, Published]) -> list[tuple[int, int, float]]:
    """The bar of three blocks, all in per cent: where each begins, its width, what is filled."""
    found = []
    for place, block in enumerate(BLOCKS):
        result = blocks.get(block)
        if result is None or not Decimal(result.max):
            continue
        filled = Decimal(result.points) / Decimal(result.max) * BLOCK_WIDTH
        found.append((place * BLOCK_STEP, BLOCK_WIDTH, round(float(filled), 1)))
    return found
