"""What scripted people write into the forms of a schedule and of an appeal (¶ 7–8, 57–61)."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from decimal import Decimal

from app.demo import papers
from app.demo.answers import Answer, Answers
from app.demo.chance import chance
from app.demo.desk import Desk
from app.demo.disputes import DISPUTES, MEMBERS, Dispute
from app.demo.driver import Driver
from app.demo.plan import Place, Plan
from app.services import documents, objections
from app.services.sources import Indicator

CENT = Decimal("0.01")


def draft(desk: Desk) -> Answers:
    """¶ 7: the terms; the first draft leaves too little time for appeals, and comes back."""
    terms = {name: day.isoformat() for name, day in desk.plan.terms.items()}
    if desk.work.visit > 1:
        return terms
    short = desk.plan.days.from_on(desk.plan.terms["conclusions"], 10)
    return {**terms, "after_appeals": short.isoformat()}


def approve(desk: Desk) -> Answers:
    """¶ 8: returned once with reasons, then approved by order."""
    if desk.work.visit == 1:
        reasons = "Көрсетілім: шағымдарға жеткілікті уақыт қалдырылсын."
        return {"decision": "return", "reasons": reasons}
    today = desk.today.isoformat()
    return {"decision": "approve", "order_number": "18-01-7.2", "order_date": today}


def object_to(desk: Desk) -> Answers:
    """¶ 57–58: objections to one or two indicators, with a document or without."""
    place = (desk.work.body, desk.work.block)
    answers = _objected(desk.plan, place, desk.indicators())
    if DISPUTES[place].outcome == "without_documents":
        return {**answers, "proceed_without": True}
    return {**answers, "documents": [desk.attach(_confirming(*place))]}


def object_late(driver: Driver, case: int, place: Place) -> None:
    """¶ 57: an objection after its term, from the page of the case; it is registered as late."""
    login = f"{place[0]}.officer1"
    person = driver.next_act(login)
    _, indicators = objections.late_form(case_id=case, actor=person)
    paper = _confirming(*place)
    attached = documents.attach_late(
        case_id=case,
        actor=person,
        upload=documents.Upload(paper.name, io.BytesIO(paper.content)),
        source=paper.source,
        origin=paper.origin,
        now=driver.now,
        store=driver.store,
    )
    answers = {**_objected(driver.plan, place, indicators), "documents": [attached.id]}
    objections.file_late(case_id=case, actor=person, answers=answers, now=driver.now)


def _objected(plan: Plan, place: Place, indicators: Sequence[Indicator]) -> dict[str, object]:
    """What is objected to, among the indicators that have lost points, and on what grounds."""
    lost = [i for i in indicators if Decimal(i.points) < Decimal(i.max)] or list(indicators)
    among = chance(plan.seed, plan.year, *place, "points")
    chosen = among.sample(lost, min(DISPUTES[place].points, len(lost)))
    return {
        "points": [indicator.code for indicator in chosen],
        "grounds": "Көрсетілім: есептеуде соңғы статистика ескерілмеген.",
    }


def _confirming(body: str, block: int) -> papers.Paper:
    """The document of an objection."""
    return papers.table(
        f"Қарсылыққа негіз {body} {block}-блок",
        ("орган", "блок", "негіз"),
        [(body, str(block), "Көрсетілім: нақтыланған статистика")],
        source="6",
        origin="Көрсетілім: ресми статистика орнына ойдан шығарылған деректер",
    )


def form(desk: Desk) -> Answers:
    """¶ 59: three of the authority's staff who took no part in the evaluation."""
    members = [desk.codes[f"{desk.work.organisation}.{name}"] for name in MEMBERS[:3]]
    return {**_order(desk, "к"), "members": members, "chair": members[0]}


def replace(desk: Desk) -> Answers:
    """¶ 59: others take the seats of the members who are recused."""
    ballots = _dispute(desk).ballots
    place = desk.work.organisation
    removed = [n for n, ballot in zip(MEMBERS, ballots, strict=False) if ballot == "r"]
    return {
        **_order(desk, "к2"),
        "cause": "recusal",
        "removed": [desk.codes[f"{place}.{name}"] for name in removed],
        "added": [desk.codes[f"{place}.{name}"] for name in MEMBERS[3:]],
        "chair": desk.codes[f"{place}.{MEMBERS[0]}"],
        "explanation": "Көрсетілім: екі мүше өздігінен бас тартты, кворум болмады.",
    }


def vote(desk: Desk) -> Answers:
    """¶ 59: for or against each point, an abstention, or a recusal."""
    dispute = _dispute(desk)
    ballot = dispute.ballots[MEMBERS.index(desk.login.rpartition(".")[2])]
    if ballot == "r":
        return {"recused": True, "recusal_reason": "Көрсетілім: органда бұрын жұмыс істеген."}
    votes = {}
    for place, indicator in enumerate(desk.indicators()):
        accepted = place < dispute.accepted
        votes[indicator.code] = (
            "abstained" if ballot == "a" else "for" if accepted == (ballot == "w") else "against"
        )
    return {"votes": votes}


def minutes(desk: Desk) -> Answers:
    """¶ 59: the chair draws up the minutes."""
    return {
        "minutes_number": desk.number("х"),
        "minutes_date": desk.today.isoformat(),
        "reasons": "Көрсетілім: комиссия ұсынылған құжаттарды қарады.",
    }


def close(desk: Desk) -> Answers:
    """¶ 57–58: what is late or without documents is left without consideration."""
    return {
        "decision_number": desk.number("ш"),
        "decision_date": desk.today.isoformat(),
        "reasons": "Көрсетілім: Жүйенің 57–58-тармақтарына сәйкес қараусыз қалдырылды.",
    }


def correct(desk: Desk) -> Answers:
    """¶ 61: half of what the accepted indicators had lost is given back."""
    return {
        "corrections": {
            indicator.code: {"value": indicator.value, "points": _corrected(indicator)}
            for indicator in desk.indicators()
        }
    }


def _corrected(indicator: Indicator) -> str:
    points, most = Decimal(indicator.points), Decimal(indicator.max)
    return str(min(most, (points + (most - points) / 2).quantize(CENT)))


def _order(desk: Desk, mark: str) -> dict[str, object]:
    return {"order_number": desk.number(mark), "order_date": desk.today.isoformat()}


def _dispute(desk: Desk) -> Dispute:
    return DISPUTES[desk.work.body, desk.work.block]


ANSWERS: Mapping[str, Answer] = {
    "schedule/draft": draft,
    "schedule/approve": approve,
    "conclusion/object": object_to,
    "objection/close": close,
    "objection/correct": correct,
    "commission/form": form,
    "commission/change": replace,
    "commission/vote": vote,
    "commission/minutes": minutes,
}
