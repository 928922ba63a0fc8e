"""How the processes of this release are explored: what each begins with and may be answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tests.conventions.test_walks import ABOUT, APPROVED, FILED
from tests.conventions.test_walks_evaluation import OPENED, PARTS
from tests.conventions.test_walks_year import YEAR
from tests.engine.hosts import NOW

INSTANT = NOW.isoformat()
MEMBERS = ["p-0001", "p-0002"]
SCHEDULE = {"case": 1, "year": 2016, "authority": "mne", "administration": "ap", "changes": None}
METHODOLOGY = {"case": 2, "year": 2016, "authority": "mof", "planning": "mne", "block": "1"}
METHODOLOGY |= {"working_body": "ap"}
PART = {"part": PARTS["goals"], "authority": "mne", "evaluated_body": "mes", "report": {"id": 1}}
CONSIDERED = FILED | {"late": False, "documents": 2}

# A process with its start: name of the case, process, first data.
STARTS: Mapping[str, tuple[str, dict[str, Any]]] = {
    "block_evaluation": ("block_evaluation", OPENED),
    "commission": ("commission", CONSIDERED),
    "conclusion": ("conclusion", ABOUT | {"case": 7}),
    "conclusion, scored": ("conclusion", ABOUT | {"case": 7, "scored": True}),
    "cycle": ("cycle", YEAR),
    "methodology": ("methodology", METHODOLOGY),
    "methodology, own": ("methodology", METHODOLOGY | {"authority": "mne"}),
    "objection": ("objection", CONSIDERED),
    "objection, late": ("objection", CONSIDERED | {"late": True}),
    "objection, no documents": ("objection", CONSIDERED | {"documents": 0}),
    "overall": ("overall", YEAR | {"cycle_case": 3}),
    "part_evaluation": ("part_evaluation", PART),
    "schedule": ("schedule", SCHEDULE),
    "schedule, later": ("schedule", SCHEDULE | {"changes": 1}),
}

# Honest least numbers of states: what there is to see below the bound of the exploration.
LEAST: Mapping[str, int] = {}


def _seats(given: Mapping[str, Any]) -> dict[str, Any]:
    return {member: {"member": member} for member in given["members"]}


def _composed(given: Mapping[str, Any]) -> dict[str, Any]:
    cast = dict(given["cast"])
    seats = {member: {"member": member} for member in [*MEMBERS, "p-0009"]}
    open_ = {member: seat for member, seat in seats.items() if member not in cast}
    return {"members": seats, "seats": open_, "cast": cast}


def _tally(outcome: str) -> dict[str, Any]:
    return {"outcome": outcome, "accepted": ["2.1"], "rejected": []}


NO_RISK = {"days_late": 0, "missing": 0, "returned": 0, "change": None}
ANSWERS: Mapping[str, Sequence[Any]] = {
    "report.open": ({"term": "report_1", "checker": "mne", "version": 0},),
    "report.submit": (lambda given: given["report"] | {"id": given["report"].get("id", 0) + 1},),
    "report.risk": (NO_RISK, NO_RISK | {"missing": 2}),
    "part.score": (1,),
    "part.approve": tuple(
        (lambda given, counted=counted: {"part": given["part"], "version": 1, "counted": counted})
        for counted in (True, False)
    ),
    "evaluation.assemble": (True,),
    "commission.form": (_seats,),
    "commission.count": tuple(map(_tally, ("accepted", "rejected", "no_quorum"))),
    "commission.record": (lambda given: given["outcome"],),
    "commission.change": (_composed,),
    "conclusion.issue": (1,),
    "conclusion.deliver": (INSTANT,),
    "conclusion.receive": (INSTANT,),
    "conclusion.count_open": (0, 1),
    "objection.register": ({"id": 1, "filed_at": INSTANT, "late": False, "documents": 2},),
    "cycle.open_evaluations": tuple(
        {"evaluations": 94, "parts": 220, "left": left} for left in (0, 94)
    ),
    "cycle.count_open": (0, 2),
    "cycle.record_missing": (1,),
    "overall.methodology": (True, False),
    "overall.compute": ({"id": 1, "number": 1},),
    "schedule.check": ({"warnings": []},),
    "schedule.approve": (APPROVED, APPROVED | {"opens": False}),
}

# Answers of people that the way of a case does not hang on by their type alone.
OWN: Mapping[str, Sequence[Any]] = {
    "members": (MEMBERS,),
    "chair": ("p-0001",),
    "removed": ([],),
    "added": (["p-0009"],),
    "recused": (None, True),
    "approved": (True,),
    "comparability": ("comply",),
}
