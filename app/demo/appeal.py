"""One schedule and six appeals, of every outcome: the demonstration's plot.

Reporting year 2017, evaluated in 2018; block 1 of six bodies, evaluated by the state
planning authority. Every figure is invented.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from app.db import reading
from app.demo.player import Player
from app.documents.store import BlobStore
from app.models.cases import CaseFile
from app.models.facts import Decision
from app.services import installation

YEAR = 2017
AUTHORITY = "mne"
DRAFTER, EVALUATOR, HEAD, SIGNATORY = "mne.officer1", "mne.officer2", "mne.head", "ap.head"
MEMBERS = ("mne.officer3", "mne.officer4", "mne.officer5")
TERMS = {
    "report_1": "2018-02-15",
    "report_2": "2018-02-15",
    "report_3": "2018-02-20",
    "conclusions": "2018-03-30",
    "after_appeals": "2018-05-11",
    "overall": "2018-05-25",
    "to_president": "2018-06-15",
}
INDICATORS = [
    {
        "code": "1.1.1",
        "name": "Мақсаттарға қол жеткізу деңгейі, %",
        "value": "92.4",
        "points": "36.5",
        "max": "40",
    },
    {
        "code": "1.1.2",
        "name": "Мақсатты индикаторлардың орындалуы, %",
        "value": "88.0",
        "points": "25",
        "max": "30",
    },
    {
        "code": "1.2.1",
        "name": "Бюджеттік бағдарламалар көрсеткіштерінің орындалуы, %",
        "value": "95.1",
        "points": "27.75",
        "max": "30",
    },
]

RECUSAL = {"recused": True, "recusal_reason": "Көрсетілім: туысым осы органда жұмыс істейді."}

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Appeal:
    """A body's appeal: what it objects to, how the members vote, what comes of it.

    `votes` has one ballot a member: for or against by indicator, or None for a recusal.
    """

    body: str
    outcome: str
    points: tuple[str, ...]
    votes: tuple[dict[str, str] | None, ...] = ()
    evidence: bool = True
    late: bool = False


APPEALS = (
    Appeal("akmola", "accepted", ("1.1.1",), ({"1.1.1": "for"},) * 3),
    Appeal(
        "aktobe",
        "partly",
        ("1.1.1", "1.2.1"),
        (
            {"1.1.1": "for", "1.2.1": "against"},
            {"1.1.1": "for", "1.2.1": "against"},
            {"1.1.1": "against", "1.2.1": "abstained"},
        ),
    ),
    Appeal("atyrau", "rejected", ("1.1.2",), ({"1.1.2": "against"},) * 3),
    Appeal("pavlodar", "without_documents", ("1.1.2",), evidence=False),
    Appeal("karaganda", "late", ("1.2.1",), late=True),
    Appeal("moa", "accepted", ("1.2.1",), ({"1.2.1": "for"}, {"1.2.1": "for"}, None)),
)


def at(text: str) -> datetime:
    """An instant of the plot, written in Astana's time of 2018 (UTC+6)."""
    return datetime.fromisoformat(f"{text}+06:00").astimezone(UTC)


class Plot:
    """Plays the schedule and the appeals, as far as it is asked to."""

    def __init__(self, store: BlobStore, say: Say) -> None:
        """Begin in January 2018; progress is told through `say`."""
        self.player = Player(at("2018-01-10T09:00"), store)
        self.say = say
        self.conclusions: dict[str, int] = {}

    def schedule(self) -> int:
        """¶ 7–8: drafted, returned once, approved by order; the case's id."""
        play = self.player
        self.say(f"The schedule of {YEAR}: drafted, returned, approved by order ...")
        case = play.start(DRAFTER, "schedule", AUTHORITY, year=YEAR)
        draft = {**TERMS, "after_appeals": "2018-04-13"}
        play.do(DRAFTER, case, "draft", draft)
        play.pass_time(at("2018-01-12T11:00"))
        play.do(
            SIGNATORY,
            case,
            "approve",
            {"decision": "return", "reasons": "Шағымдарға жеткілікті уақыт қалдырылсын."},
        )
        play.pass_time(at("2018-01-15T10:00"))
        play.do(DRAFTER, case, "draft", TERMS)
        play.pass_time(at("2018-01-19T16:00"))
        play.do(
            SIGNATORY,
            case,
            "approve",
            {"decision": "approve", "order_number": "18-01-7.2", "order_date": "2018-01-19"},
        )
        return case

    def conclude(self, body: str) -> int:
        """¶ 46–47: enter and sign the conclusion on a body; it is delivered by that."""
        play = self.player
        case = play.start(
            EVALUATOR, "conclusion", AUTHORITY, evaluated_body=body, block="1", year=YEAR
        )
        play.do(
            EVALUATOR,
            case,
            "enter",
            {
                "indicators": INDICATORS,
                "final_report": "Көрсетілім: орган жоспарланған мақсаттардың көбіне жетті.",
                "recommendations_followed": "Көрсетілім: өткен жылғы үш ұсынымның екеуі орындалды.",
                "findings": "Көрсетілім: индикаторларды жоспарлау сапасын арттыру ұсынылады.",
            },
            evidence="Есептік ақпарат 2017.pdf",
        )
        play.do(HEAD, case, "sign", {"decision": "sign"})
        self.conclusions[body] = case
        return case

    def receive(self, body: str) -> None:
        """¶ 57: the body confirms receipt; five working days begin."""
        case = self.conclusions[body]
        self.player.do(f"{body}.officer1", case, "receive", {"confirmed": True})

    def object(self, appeal: Appeal) -> int:
        """¶ 57–58: the body objects, in time or late; the id of the objection's case."""
        case = self.conclusions[appeal.body]
        login = f"{appeal.body}.officer1"
        answers: dict[str, Any] = {
            "points": list(appeal.points),
            "grounds": "Көрсетілім: есептеуде соңғы статистика ескерілмеген.",
        }
        if appeal.late:
            self.player.object_late(login, case, answers, evidence="Статистика.pdf")
        elif appeal.evidence:
            self.player.do(login, case, "object", answers, evidence="Статистика.pdf")
        else:
            self.player.do(login, case, "object", {**answers, "proceed_without": True})
        return _objection_of(case)

    def form_commission(self, case: int) -> None:
        """¶ 59: the first head forms the commission by order."""
        codes = [self.player.code(login) for login in MEMBERS]
        self.player.do(
            HEAD,
            case,
            "form",
            {
                "order_number": f"{case}-к",
                "order_date": self.player.today(),
                "members": codes,
                "chair": codes[0],
            },
        )

    def vote(self, case: int, appeal: Appeal, members: int = len(MEMBERS)) -> None:
        """¶ 59: the first `members` members vote."""
        for login, ballot in list(zip(MEMBERS, appeal.votes, strict=True))[:members]:
            answers = RECUSAL if ballot is None else {"votes": ballot}
            self.player.do(login, case, "vote", answers)

    def decide(self, case: int, appeal: Appeal) -> None:
        """¶ 59–61: minutes, the outcome to both addressees, and the correction if accepted."""
        play = self.player
        play.do(
            MEMBERS[0],
            case,
            "minutes",
            {
                "minutes_number": f"{case}-х",
                "minutes_date": play.today(),
                "reasons": "Көрсетілім: комиссия ұсынылған құжаттарды қарады.",
            },
        )
        if appeal.outcome in ("accepted", "partly"):
            point = appeal.points[0]
            play.do(
                EVALUATOR,
                case,
                "correct",
                {"corrections": {point: {"value": "96.0", "points": "29"}}},
            )

    def close(self, case: int) -> None:
        """¶ 57–58: a late or undocumented objection is closed by a recorded decision."""
        self.player.do(
            HEAD,
            case,
            "close",
            {
                "decision_number": f"{case}-ш",
                "decision_date": self.player.today(),
                "reasons": "Көрсетілім: Жүйенің 57–58-тармақтарына сәйкес қараусыз қалдырылды.",
            },
        )


def play(*, store: BlobStore, say: Say) -> dict[str, Any]:
    """Play everything to its end; the counts of what came of it."""
    began = time.monotonic()
    plot = Plot(store, say)
    plot.schedule()
    deliver(plot)
    for appeal in APPEALS:
        if not appeal.late:
            _whole(plot, appeal)
    plot.player.pass_time(at("2018-04-05T10:00"))
    for appeal in APPEALS:
        if appeal.late:
            _whole(plot, appeal)
    plot.player.pass_time(at("2018-04-20T10:00"))
    return {
        "schedules": 1,
        "objections": _outcomes(),
        "events": installation.count_events(),
        "seconds": round(time.monotonic() - began, 1),
    }


def deliver(plot: Plot) -> None:
    """Conclusions to all six bodies on 20 March, received on 26 March 2018."""
    plot.player.pass_time(at("2018-03-20T10:00"))
    for appeal in APPEALS:
        plot.say(f"The conclusion on {appeal.body} ...")
        plot.conclude(appeal.body)
    plot.player.pass_time(at("2018-03-26T09:30"))
    for appeal in APPEALS:
        plot.receive(appeal.body)
    plot.player.pass_time(at("2018-03-28T12:00"))


def _whole(plot: Plot, appeal: Appeal) -> None:
    plot.say(f"The appeal of {appeal.body}: {appeal.outcome} ...")
    case = plot.object(appeal)
    if appeal.votes:
        plot.form_commission(case)
        plot.vote(case, appeal)
        plot.decide(case, appeal)
    else:
        plot.close(case)


def _objection_of(conclusion_case: int) -> int:
    with reading() as session:
        return session.scalars(
            select(CaseFile.id)
            .where(CaseFile.process == "objection", CaseFile.opened_by_case == conclusion_case)
            .order_by(CaseFile.id.desc())
            .limit(1)
        ).one()


def _outcomes() -> dict[str, int]:
    with reading() as session:
        found = session.scalars(select(Decision.outcome)).all()
    names = ("accepted", "partly", "rejected", "without_documents", "late")
    return {"total": len(found), **{name: found.count(name) for name in names}}
