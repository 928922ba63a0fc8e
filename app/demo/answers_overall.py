"""What scripted people write on the way of the methodologies and of the overall results."""

from __future__ import annotations

import json
from collections.abc import Mapping

from app.demo import papers
from app.demo.answers import Answer, Answers
from app.demo.chance import chance
from app.demo.desk import Desk
from config.settings import ROOT

EXAMPLES = ROOT / "config" / "seeds" / "methodologies"
WITHHELD = 2
"""How many results by block are withheld; those with the lowest places of a seeded order."""
REQUIREMENTS: Mapping[str, str] = {
    "requirement_1": "Көрсетілім: ресми статистика, органдардың деректері.",
    "requirement_2": "Көрсетілім: әрбір деректің көзі мен құжаты көрсетіледі.",
    "requirement_3": "Көрсетілім: әрбір индикатордың анықтамасы үш тілде берілген.",
    "requirement_4": "Көрсетілім: деректер қолданыстағы есептерден алынады.",
    "requirement_5": "Көрсетілім: көрсеткіштер өткен жылмен салыстырылады.",
    "requirement_6": "Көрсетілім: органның барлық функциялары қамтылған.",
}


def methodology(desk: Desk) -> Answers:
    """¶ 17–18: the example's file for the year, and an answer to each of the six requirements."""
    work = desk.work
    content = json.loads((EXAMPLES / f"block-{work.block}.json").read_bytes())
    content["year"] = work.year
    file = papers.Paper(
        f"methodology-{work.year}-{work.block}.json",
        json.dumps(content, ensure_ascii=False, indent=1).encode(),
        source="10",
        origin="Көрсетілім: үлгі әдістеме, ешбір орган бекітпеген",
    )
    return {"documents": [desk.attach(file)], "comparability": "comply", **REQUIREMENTS}


def agree_planning(_desk: Desk) -> Answers:
    """¶ 17: the planning authority agrees."""
    return {"planning_decision": "agree"}


def agree_working_body(desk: Desk) -> Answers:
    """¶ 17: the working body agrees; the methodology of block 2 comes back to its author once."""
    if desk.work.block == 2 and desk.work.visit == 1:
        reasons = "Көрсетілім: салмақтардың негіздемесі толықтырылсын."
        return {"working_body_decision": "return", "reasons": reasons}
    return {"working_body_decision": "agree"}


def approve_methodology(desk: Desk) -> Answers:
    """¶ 17, 26, 33, 39: approved by an order."""
    return {"decision": "approve", **_paper(desk, "order")}


def draft(desk: Desk) -> Answers:
    """¶ 11, 48: the text of the overall evaluation, with the opinion of an expert."""
    opinion = papers.note(
        f"Сарапшы пікірі {desk.plan.year}",
        ["Көрсетілім: тәуелсіз сарапшының пікірі; балл бермейді."],
        source="9",
        origin="Көрсетілім: коммерциялық емес ұйым",
    )
    return {
        "anew": False,
        "text": "Көрсетілім: органдардың нәтижелері өткен жылмен салыстырғанда жақсарды.",
        "documents": [desk.attach(opinion)],
    }


def sign(desk: Desk) -> Answers:
    """¶ 11: the first head returns the text once, and signs."""
    if desk.work.visit == 1:
        return {"decision": "return", "reasons": "Көрсетілім: өңірлерді салыстыру қосылсын."}
    return {"decision": "sign"}


def commission(desk: Desk) -> Answers:
    """¶ 49, 51: the Commission's conclusion, and the evaluation of programmes beside it."""
    programmes = papers.note(
        f"Бағдарламаларды бағалау {desk.plan.year}",
        ["Көрсетілім: мемлекеттік және үкіметтік бағдарламаларды бағалау."],
        source="10",
        origin="Көрсетілім: ойдан шығарылған құжат",
    )
    return {
        **_paper(desk, "conclusion"),
        "programmes": "attached",
        "documents": [desk.attach(programmes)],
    }


def instruct(_desk: Desk) -> Answers:
    """¶ 52: instructions and recommendations to the heads of all bodies."""
    return {"instructions": "Көрсетілім: анықталған кемшіліктер 1 қазанға дейін жойылсын."}


def secrecy(desk: Desk) -> Answers:
    """¶ 9(5), 53: at first one result is withheld; after the refusal of consent one more."""
    rows = desk.results()
    chance(desk.plan.seed, desk.plan.year, "withheld").shuffle(rows)
    withheld = rows[: min(WITHHELD, desk.work.visit)]
    grounds = ("official", "state_secret")
    return {
        "secrecy": dict(zip(withheld, grounds, strict=False)),
        "checked": True,
        "note": "Көрсетілім: қызметтік ақпарат белгісі бойынша.",
    }


def consent(desk: Desk) -> Answers:
    """¶ 53: refused once, then given."""
    if desk.work.visit == 1:
        return {"decision": "refuse", "reasons": "Көрсетілім: тағы бір нәтиже тексерілсін."}
    return {"decision": "consent", **_paper(desk, "consent")}


def _paper(desk: Desk, name: str) -> dict[str, str]:
    """Number and date of a paper of today."""
    return {f"{name}_number": desk.number("ж"), f"{name}_date": desk.today.isoformat()}


ANSWERS: Mapping[str, Answer] = {
    "methodology/draft": methodology,
    "methodology/agree_planning": agree_planning,
    "methodology/agree_working_body": agree_working_body,
    "methodology/approve": approve_methodology,
    "overall/draft": draft,
    "overall/sign": sign,
    "overall/commission": commission,
    "overall/instruct": instruct,
    "overall/secrecy": secrecy,
    "overall/consent": consent,
}
