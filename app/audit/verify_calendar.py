"""Changes of the calendar against the rule of two people, and re-datings against what they rest on.

Their rows are facts, whose values the verifier hashes with all others. Looked at here is what
no hash tells: that another person confirmed or rejected and only the proposer withdrew, that
whoever acted is whom the event names, that what is in force is what was proposed, and that a
case was re-dated for a confirmed change and once.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.engine import Connection

from app.audit.report import Problem

_PROPOSED = text(
    "SELECT p.id, p.stream, p.seq, p.proposed_by, e.kind, e.actor FROM calendar_proposal p"
    " LEFT JOIN event e ON e.stream = p.stream AND e.seq = p.seq ORDER BY p.id"
)
_DECIDED = text(
    "SELECT d.id, d.stream, d.seq, d.outcome, d.decided_by, p.proposed_by, p.seq AS proposed_seq,"
    " e.kind, e.actor, (SELECT count(*) FROM calendar_day c WHERE c.stream = d.stream"
    " AND c.seq = d.seq AND c.day = p.day AND c.kind = p.kind AND c.name_kk = p.name_kk"
    " AND c.name_ru = p.name_ru AND c.name_en = p.name_en AND c.source = p.source) AS entries"
    " FROM calendar_decision d JOIN calendar_proposal p ON p.id = d.proposal_id"
    " LEFT JOIN event e ON e.stream = d.stream AND e.seq = d.seq ORDER BY d.id"
)
_CONCERNED = text(
    "SELECT c.id, c.stream, c.seq FROM calendar_concern c WHERE NOT EXISTS (SELECT 1 FROM"
    " calendar_decision d WHERE d.proposal_id = c.proposal_id AND d.outcome = 'confirmed'"
    " AND d.stream = c.stream AND d.seq = c.seq) ORDER BY c.id"
)
_REDATED = text(
    "SELECT r.id, r.stream, r.seq, r.case_id, c.case_id AS concerned, e.kind, e.case_id AS told"
    " FROM calendar_redating r LEFT JOIN calendar_concern c ON c.id = r.concern_id"
    " LEFT JOIN event e ON e.stream = r.stream AND e.seq = r.seq ORDER BY r.id"
)
_UNFOUNDED = text(
    "SELECT e.stream, e.seq FROM event e WHERE e.kind = 'case.calendar_redated' AND NOT EXISTS"
    " (SELECT 1 FROM calendar_redating r WHERE r.stream = e.stream AND r.seq = e.seq)"
    " ORDER BY e.id"
)


def verify_calendar(connection: Connection) -> Iterator[Problem]:
    """Yield what is wrong with changes of the calendar and with what followed from them."""
    for row in connection.execute(_PROPOSED):
        if row.kind != "register.change_proposed" or row.actor != row.proposed_by:
            yield _problem(row, "calendar_proposal", "its event does not tell that it was proposed")
    for row in connection.execute(_DECIDED):
        if row.kind != f"register.change_{row.outcome}" or row.actor != row.decided_by:
            yield _problem(row, "calendar_decision", "its event does not tell that it was decided")
        elif (row.decided_by == row.proposed_by) != (row.outcome == "withdrawn"):
            yield _problem(row, "calendar_decision", "it was decided by the wrong person")
        elif row.seq <= row.proposed_seq:
            yield _problem(row, "calendar_decision", "it was decided before it was proposed")
        elif row.entries != (row.outcome == "confirmed"):
            yield _problem(row, "calendar_decision", "the calendar does not follow it")
    for row in connection.execute(_CONCERNED):
        yield _problem(row, "calendar_concern", "nobody has confirmed what it rests on")
    for row in connection.execute(_REDATED):
        told = row.kind == "case.calendar_redated" and row.told == row.case_id
        if not told or row.concerned != row.case_id:
            yield _problem(row, "calendar_redating", "it is not the act of the case concerned")
    for row in connection.execute(_UNFOUNDED):
        label = f"{row.stream} #{row.seq}"
        yield Problem(label, f"Event {label} re-dates a case that no change of the calendar names.")


def _problem(row: Row[Any], table: str, what: str) -> Problem:
    label = f"{row.stream} #{row.seq}"
    return Problem(label, f"{table}/{row.id} ({label}): {what}.")
