"""Who does what in the played year: a login for every open task."""

from __future__ import annotations

from collections.abc import Mapping

from app.demo.work import Work

# The officer of an organisation for a form; whose role is held by one person needs no row.
# No officer of 3 and up may be named here: those are kept free for commissions (¶ 59).
OFFICER: Mapping[str, str] = {
    "block_evaluation/report": "officer1",
    "block_evaluation/intake": "officer1",
    "block_evaluation/recheck": "officer1",
    "conclusion/draft": "officer2",
    "conclusion/prove": "secretary",
    "conclusion/receive": "officer1",
    "conclusion/object": "officer1",
    "objection/correct": "officer2",
}
ONE_HOLDER: Mapping[str, str] = {
    "first_head": "head",
    "administration_head": "head",
    "working_body_officer": "working",
}


def who(work: Work, logins: Mapping[str, str]) -> str:
    """The login of whoever does the work; `logins` is by the code of the person."""
    if work.assignee is not None:
        return logins[work.assignee]
    if work.role in ONE_HOLDER:
        return f"{work.organisation}.{ONE_HOLDER[work.role]}"
    if work.form == "part_evaluation/score":
        return f"{work.organisation}.{work.part}"
    return f"{work.organisation}.{OFFICER.get(work.form, 'officer1')}"
