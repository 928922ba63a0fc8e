"""The pages of a played year, on each of the days on which it is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sqlalchemy import select

from app.db import reading
from app.demo.accounts import logins
from app.demo.duties import who
from app.demo.work import open_work
from app.models.cases import CaseFile
from app.models.facts import Conclusion, Letter, Objection
from app.models.overall import OverallMark
from tests.journeys.scenes import YEAR, YEAR_PATHS, Shown
from tests.played import Played

PLANNING, WORKING = "mne.officer1", "ap.working"


def pages(played: Played, name: str) -> list[Shown]:
    """What is opened of the year as it was kept under `name`, or published."""
    with played.opened(name):
        return [*_tasks(), *_PAGES.get(name, _course)()]


def _tasks() -> Iterator[Shown]:
    """One task of each form of the year that is open, by whoever has to do it."""
    known = {code: login for login, code in logins().items()}
    seen: set[str] = set()
    for work in open_work():
        if work.year != YEAR or work.form in seen:
            continue
        if work.form.startswith(("objection/", "commission/", "methodology/", "schedule/")):
            continue
        seen.add(work.form)
        yield Shown(work.form, who(work, known), f"/tasks/{work.task}")


def promised(shown: list[Shown]) -> set[str]:
    """The addresses of `YEAR_PATHS` that nobody opens here."""
    return YEAR_PATHS - {page.path for page in shown}


def _course() -> Iterator[Shown]:
    yield Shown("the overall evaluation under way", WORKING, f"/years/{YEAR}/commission")


def _reports() -> Iterator[Shown]:
    yield Shown("a year at its reports", PLANNING, f"/years/{YEAR}")
    yield Shown("a year, what is late", "auditor", f"/years/{YEAR}?late=1")


def _scores() -> Iterator[Shown]:
    yield Shown("a year at its scores", "acsa.head", f"/years/{YEAR}")
    yield from _course()


def _objections() -> Iterator[Shown]:
    with reading() as session:
        late = session.scalars(select(Objection).where(Objection.late)).first()
    yield Shown("years, without results", PLANNING, "/years")
    yield Shown("a year at its objections", PLANNING, f"/years/{YEAR}")
    yield Shown("a year of one body", "akmola.officer1", f"/years/{YEAR}")
    yield Shown("nobody answers", PLANNING, f"/years/{YEAR}?q=жоқ")
    yield Shown("nothing is published", "", "/results")
    yield from _course()
    if late is not None:
        login = f"{late.evaluated_body}.officer1"
        yield Shown("case of a late objection", login, f"/cases/{late.conclusion_case}")


def _published() -> Iterator[Shown]:
    with reading() as session:
        corrected = session.scalars(select(Conclusion).where(Conclusion.corrects.is_not(None)))
        version = corrected.first()
        year = session.scalars(select(CaseFile.id).where(CaseFile.process == "cycle")).one()
        letters = {row.kind: row for row in session.scalars(select(Letter).order_by(Letter.id))}
        checked = session.scalars(select(OverallMark).where(OverallMark.mark == "refused")).first()
    assert version is not None and checked is not None
    yield Shown("years", PLANNING, "/years")
    yield Shown("a year", "auditor", f"/years/{YEAR}")
    yield Shown("case of a year", PLANNING, f"/cases/{year}")
    yield Shown("the way to the publication", PLANNING, f"/years/{YEAR}/commission")
    yield Shown("results of a year", PLANNING, f"/years/{YEAR}/results")
    yield Shown("a result", "auditor", f"/years/{YEAR}/results/akmola")
    yield Shown("one's own result", "akmola.officer1", f"/years/{YEAR}/results/akmola")
    yield Shown("published", "", "/results")
    yield Shown("published of a year", "", f"/results/{YEAR}")
    case = f"/cases/{version.case_id}"
    yield Shown("case with a correction", f"{version.authority}.officer2", case)
    yield Shown("case with a correction, to the body", f"{version.evaluated_body}.officer1", case)
    for kind in ("block_evaluation/final", "block_evaluation/overdue", *_OVERALL):
        row = letters[kind]
        yield Shown(f"letter {kind}", "auditor", f"/letters/{row.id}")


_OVERALL = ("overall/results", "overall/notice", "overall/instructions")
_PAGES: dict[str, Callable[[], Iterator[Shown]]] = {
    "reports": _reports,
    "scores": _scores,
    "objections": _objections,
    "published": _published,
}
