"""A year's evaluation: bodies × blocks, its results, and where a number comes from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeVar

from flask import render_template, request

from app.services import overall_page, result_tree, results
from app.services import years as service
from app.services.year_cells import OpenTask
from app.services.years import Cell, YearPage, YearRow
from app.web import frame, methodology_words, year_words
from app.web.access import Open, actor, now, page
from app.web.blueprint import pages
from app.web.filters import name

Row = TypeVar("Row")
KINDS = ("central", "local")
BLOCKS = (1, 2, 3)


class Chosen(NamedTuple):
    """What a year is narrowed to: a piece of a body's name, a kind of bodies, what is late."""

    q: str
    kind: str
    late: bool


@pages.get("/years")
@page(Open.SIGNED_IN)
def years() -> str:
    """The years of whose evaluation the reader may see something."""
    return render_template("years.html", years=service.years(actor=actor()))


@pages.get("/years/<int:year>")
@page(Open.SIGNED_IN)
def year(year: int) -> str:
    """Every body by block: how far it is, what is late, objections; narrowed as asked."""
    found = service.year_page(year=year, actor=actor(), now=now())
    chosen = Chosen(
        q=request.args.get("q", "").strip(),
        kind=request.args.get("kind", ""),
        late="late" in request.args,
    )
    shown = [row for row in found.rows if _asked_for(row, chosen)]
    return render_template(
        "year.html",
        page=found,
        figures=_figures(found),
        groups=_groups((row.kind, row) for row in shown),
        kinds=[(kind, sum(row.kind == kind for row in found.rows)) for kind in KINDS],
        chosen=chosen,
        blocks=BLOCKS,
        next_task=_next_task,
        told=year_words,
    )


@pages.get("/years/<int:year>/results")
@page(Open.SIGNED_IN)
def year_results(year: int) -> str:
    """The newest results of a year by body and block, as far as the reader may see them."""
    found = results.of_year(year=year, actor=actor())
    return render_template(
        "year_results.html",
        page=found,
        groups=_groups((_kind_of(row.body), row) for row in found.bodies),
        blocks=BLOCKS,
        told=year_words,
    )


@pages.get("/years/<int:year>/commission")
@page(Open.SIGNED_IN)
def year_commission(year: int) -> str:
    """The overall evaluation of a year on its way through the Commission (¶ 11, 48-53)."""
    found = overall_page.overall_page(year=year, actor=actor(), now=now())
    return render_template("year_commission.html", page=found, told=year_words)


@pages.get("/years/<int:year>/results/<body>")
@page(Open.SIGNED_IN)
def year_result(year: int, body: str) -> str:
    """The overall result of a body down to figures, formulas, evidence and corrections."""
    found = result_tree.tree(year=year, body=body, actor=actor())
    return render_template(
        "year_result.html", tree=found, told=year_words, measured=methodology_words
    )


def _asked_for(row: YearRow, chosen: Chosen) -> bool:
    """Whether a row is among those asked for."""
    return (
        chosen.q.casefold() in name(row.names).casefold()
        and chosen.kind in ("", row.kind)
        and (not chosen.late or any(_late(cell) for cell in row.cells.values()))
    )


def _late(cell: Cell) -> bool:
    return cell.standing is not None and cell.standing.late


def _figures(found: YearPage) -> list[tuple[str, int]]:
    """How many evaluations stand where, in the order of their course."""
    return [(stage, found.counts[stage]) for stage in year_words.STAGES if stage in found.counts]


def _next_task(cell: Cell) -> OpenTask | None:
    """The task of an evaluation that is due first."""
    dated = [task for task in cell.standing.tasks if task.due_at] if cell.standing else []
    return min(dated, key=lambda task: task.due_at or now(), default=None)


def _kind_of(code: str) -> str:
    found = frame.body(code)
    return found.kind if found else ""


def _groups(rows: Iterable[tuple[str, Row]]) -> list[tuple[str, Sequence[Row]]]:
    """Rows by the kind of their body: central first; kinds without a row are left out."""
    listed = list(rows)
    order = (*KINDS, *sorted({kind for kind, _ in listed} - set(KINDS)))
    found = [(kind, [row for its, row in listed if its == kind]) for kind in order]
    return [(kind, of) for kind, of in found if of]
