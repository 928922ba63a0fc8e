"""A site on which every kind of page can be opened, and the addresses of its pages.

On 4 April 2018: appeals of every state, conclusions and schedules at each of their tasks.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from flask import Flask

from app.demo import appeal, methodologies, scene
from app.domain.actors import SystemActor
from app.engine.errors import EngineError
from app.models.cases import Incident, Timer
from app.models.evaluation import Methodology
from app.models.facts import Letter
from app.services import calendar_changes, incidents
from app.services.calendar_days import DayChange
from tests.journeys.plot import (
    AKMOLA,
    AKTOBE,
    ATYRAU,
    KARAGANDA,
    MOA,
    PAVLODAR,
    Stage,
    opened,
)

# What is got but is no page of its own: files, pieces, signs of life, ways to a page.
NO_PAGES = {
    "static",
    "web.case_diagram",
    "web.document",
    "web.health",
    "web.home",
    "web.language",
    "web.methodology_file",
    "web.task_peek",
}


YEAR = 2017
YEAR_PATHS = {
    "/years",
    f"/years/{YEAR}",
    f"/years/{YEAR}/commission",
    f"/years/{YEAR}/results",
    f"/years/{YEAR}/results/akmola",
    "/results",
    f"/results/{YEAR}",
}
"""What is opened in the played year (`tests.journeys.year_scenes`), for here none is evaluated."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A page as somebody opens it: a name for the test, a login ("": nobody), a path."""

    name: str
    login: str
    path: str


def build(url: str, data: Path) -> list[Shown]:
    """Play the scene into the database at `url`; every page that there is then."""
    with opened(url, data) as stage:
        schedule = stage.plot.schedule()
        appeal.deliver(stage.plot)
        appeals = list(_appeals(stage))
        stage.play.pass_time(appeal.at("2018-04-04T10:42"))
        shown = [*appeals, *_beginnings(stage), *_cases(stage, schedule), *_others(stage)]
        shown += [*_methodologies(stage), *_for_two_people(stage)]
        scene.set_clock(stage.play.now)
        assert not forgotten(stage.app, shown)
    return shown


def forgotten(app: Flask, shown: list[Shown]) -> set[str]:
    """Pages of `app` that nobody opens here."""
    address = app.url_map.bind("localhost")
    paths = {page.path.partition("?")[0] for page in shown} | YEAR_PATHS
    opened_by_somebody = {address.match(path)[0] for path in paths}
    there = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    return there - opened_by_somebody - NO_PAGES


def _task(stage: Stage, login: str, case: int, element: str) -> Shown:
    task = stage.task(case, element)
    assert task > 0, f"case {case} has no open task {element}"
    return Shown(element, login, f"/tasks/{task}")


def _appeals(stage: Stage) -> Iterator[Shown]:
    """An appeal at each task of its way, and one that is decided."""
    plot, play = stage.plot, stage.play
    yield _task(stage, "mne.head", plot.object(AKMOLA), "form")
    yield _task(stage, "mne.head", plot.object(PAVLODAR), "close")
    voting, voted, accepted, decided = map(plot.object, (AKTOBE, KARAGANDA, MOA, ATYRAU))
    for case in (voting, voted, accepted, decided):
        plot.form_commission(case)
    yield _task(stage, appeal.MEMBERS[-1], voting, "vote")
    yield _task(stage, appeal.HEAD, voting, "change")
    for login in appeal.MEMBERS:
        play.do(login, voted, "vote", {"votes": {"1.2.1": "for"}})
    yield _task(stage, appeal.MEMBERS[0], voted, "minutes")
    plot.vote(accepted, MOA)
    minutes = {"minutes_number": "9-х", "minutes_date": play.today(), "reasons": "Қаралды."}
    play.do(appeal.MEMBERS[0], accepted, "minutes", minutes)
    yield _task(stage, appeal.EVALUATOR, accepted, "correct")
    plot.vote(decided, ATYRAU)
    plot.decide(decided, ATYRAU)
    yield Shown("case of an objection", "mne.officer2", f"/cases/{voting}")
    yield Shown("case of a decided objection", "atyrau.officer1", f"/cases/{decided}")


def _beginnings(stage: Stage) -> Iterator[Shown]:
    """Schedules and conclusions at each of their tasks."""
    plot, play = stage.plot, stage.play
    drafted = play.start(appeal.DRAFTER, "schedule", appeal.AUTHORITY, year=2018)
    yield _task(stage, appeal.DRAFTER, drafted, "draft")
    submitted = play.start(appeal.DRAFTER, "schedule", appeal.AUTHORITY, year=2019)
    terms = {name: f"2020{day[4:]}" for name, day in appeal.TERMS.items()}
    play.do(appeal.DRAFTER, submitted, "draft", terms)
    yield _task(stage, appeal.SIGNATORY, submitted, "approve")
    delivered = plot.conclude("astana")
    yield _task(stage, "astana.officer1", delivered, "receive")
    yield _task(stage, appeal.EVALUATOR, delivered, "prove")
    received = plot.conclude("zhambyl")
    plot.receive("zhambyl")
    yield _task(stage, "zhambyl.officer1", received, "object")
    begun, entered = (
        play.start(
            appeal.EVALUATOR,
            "conclusion",
            appeal.AUTHORITY,
            evaluated_body=body,
            block="1",
            year=appeal.YEAR,
        )
        for body in ("kostanay", "mangystau")
    )
    yield _task(stage, appeal.EVALUATOR, begun, "enter")
    texts = ("final_report", "recommendations_followed", "findings")
    answers = {"indicators": appeal.INDICATORS, **dict.fromkeys(texts, "Қысқаша.")}
    play.do(appeal.EVALUATOR, entered, "enter", answers, evidence="Есеп.pdf")
    yield _task(stage, appeal.HEAD, entered, "sign")


def _cases(stage: Stage, schedule: int) -> Iterator[Shown]:
    karaganda = stage.plot.conclusions["karaganda"]
    yield Shown("case of a schedule", "ap.head", f"/cases/{schedule}")
    yield Shown("case of a conclusion", "karaganda.officer1", f"/cases/{karaganda}")
    yield Shown("late objection", "karaganda.officer1", f"/cases/{karaganda}/late-objection")
    for kind, login in (
        ("schedule/approved", "atyrau.officer1"),
        ("conclusion/conclusion", "atyrau.officer1"),
        ("objection/decision", "atyrau.officer1"),
    ):
        letters = stage.all(Letter, kind=kind, recipient=login.partition(".")[0])
        yield Shown(f"letter {kind}", login, f"/letters/{letters[0].id}")


def _methodologies(stage: Stage) -> Iterator[Shown]:
    """A methodology in force, its second version at each task, and one before it is begun."""
    play, drafter = stage.play, "mne.officer1"
    methodologies.play(play, stage.store, year=appeal.YEAR, blocks=(2, 0))
    [services, overall] = stage.all(Methodology)
    begun = play.start(drafter, "methodology", "mne", year=appeal.YEAR, block="0")
    yield _task(stage, drafter, begun, "draft")
    yield Shown("nothing handed in", drafter, f"/cases/{begun}/methodology")
    case = play.start("acsa.officer1", "methodology", "acsa", year=appeal.YEAR, block="2")
    second = json.loads(methodologies.example(2, appeal.YEAR))
    second["criteria"][0]["indicators"][0]["formula"] = "min(100, in_time / rendered * 100)"
    content = json.dumps(second, ensure_ascii=False).encode()
    methodologies.draft(play, stage.store, "acsa.officer1", case, content)
    yield _task(stage, "mne.head", case, "agree_planning")
    yield _task(stage, "ap.working", case, "agree_working_body")
    yield Shown("draft of a methodology", "ap.working", f"/cases/{case}/methodology")
    agreed = play.start(drafter, "methodology", "mne", year=appeal.YEAR, block="1")
    methodologies.draft(play, stage.store, drafter, agreed, methodologies.example(1, appeal.YEAR))
    methodologies.agree(play, agreed, asked=False)
    yield _task(stage, "mne.head", agreed, "approve")
    yield Shown("methodologies", "akmola.officer1", "/methodologies")
    yield Shown("a methodology", "akmola.officer1", f"/methodologies/{services.id}")
    yield Shown("the overall formula", "akmola.officer1", f"/methodologies/{overall.id}")
    yield Shown("case of a methodology", "acsa.officer1", f"/cases/{case}")
    letters = stage.all(Letter, kind="methodology/approved", recipient="akmola")
    yield Shown("letter methodology/approved", "akmola.officer1", f"/letters/{letters[0].id}")


def _others(stage: Stage) -> Iterator[Shown]:
    mne = f"organisation={appeal.AUTHORITY}"
    counted = "received=2018-03-26&count=5&kind=working"
    person = stage.play.code(appeal.EVALUATOR)
    yield Shown("sign in", "", "/sign-in")
    yield Shown("help", "", "/help")
    yield Shown("tasks", "mne.head", "/inbox")
    yield Shown("no task found", "mne.head", "/inbox?q=жоқ")
    yield Shown("cases", "auditor", "/cases")
    yield Shown("letters", "atyrau.officer1", "/letters")
    yield Shown("start a schedule", appeal.DRAFTER, f"/cases/start/schedule?{mne}")
    yield Shown("start a conclusion", appeal.EVALUATOR, f"/cases/start/conclusion?{mne}")
    yield Shown("a term explained", appeal.DRAFTER, f"/calendar/2018?{counted}")
    yield Shown("my account", "mne.head", "/account")
    yield Shown("calendar", "admin", "/calendar/2018")
    yield Shown("mandates", "admin", "/mandates")
    yield Shown("people", "admin", "/people?q=akmola")
    yield Shown("a person", "admin", f"/people/{person}")


def _for_two_people(stage: Stage) -> Iterator[Shown]:
    """An act that failed, and a change of the calendar that somebody else has to confirm."""
    [timer, *_] = stage.all(Timer, state="waiting")
    failed = EngineError(timer.process, timer.element, 0, "zero_division", "1 / 0")
    incidents.record(
        case_id=timer.case_id,
        act=f"timer {timer.key}",
        error=failed,
        actor=SystemActor("timer"),
        now=stage.play.now,
    )
    [incident] = stage.all(Incident)
    yield Shown("errors", "admin", "/incidents")
    yield Shown("an error", "admin", f"/incidents/{incident.id}")
    proposal = calendar_changes.propose(
        change=DayChange(
            day=date(2018, 4, 12),
            kind="day_off",
            names={"kk": "Демалыс", "ru": "Выходной", "en": "Day off"},
            source="ҚР Үкіметінің қаулысы",
        ),
        actor=stage.actor("admin"),
        now=stage.play.now,
    )
    yield Shown("a change of the calendar", "admin2", f"/calendar/changes/{proposal}")
