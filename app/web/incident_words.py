"""Errors of the model in words: what failed, in which act, how it ended."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext

from app.services import sentences
from app.services.incident_views import IncidentView
from app.services.retrying import Outcome
from app.web.filters import name
from app.web.languages import language
from app.web.word_tables import N_

# Every code of an `EngineError`; that each is here is held by a test.
CODES: Mapping[str, str] = {
    "bad_item_key": N_("A list is to be worked through by entries whose names cannot serve so."),
    "bad_name": N_("The diagram uses a name that a case cannot have."),
    "function_failed": N_("A date or a term could not be worked out."),
    "item_name_taken": N_("A list is to be worked through under a name that is in use."),
    "missing_key": N_("The diagram looks for an entry that the data of the case do not have."),
    "model": N_("The diagram failed in a way that has no name of its own."),
    "no_flow": N_("At a fork no condition holds, and no way is meant for all other cases."),
    "no_output_item": N_("One of several parallel tasks ended without its result."),
    "no_rule_matches": N_("No row of the decision table fits the data of the case."),
    "not_a_case": N_("A message is addressed to a case that does not exist."),
    "not_a_code": N_("Where a body, a person or a case has to be named, nothing is."),
    "not_a_value": N_("A step gave a result that a case cannot hold."),
    "not_allowed": N_("An expression of the diagram uses what is not allowed there."),
    "not_an_assignment": N_("A script of the diagram is not made of assignments."),
    "not_an_instant": N_("Where a date has to be, there is none."),
    "not_an_object": N_("What is to be worked through entry by entry has no entries."),
    "operation_failed": N_("An operation of the system failed."),
    "parallel_conflict": N_("Two parallel branches gave one field different values."),
    "syntax": N_("An expression of the diagram cannot be read."),
    "too_deep": N_("An expression of the diagram is nested too deeply."),
    "too_large": N_("A number, a text or a list has grown beyond what a case holds."),
    "too_long": N_("An expression of the diagram is too long."),
    "too_many_instances": N_("A list is too long to be worked through at once."),
    "too_many_steps": N_("The diagram runs in a circle and does not come to an end."),
    "too_many_tasks": N_("The case has gone through more steps than a case can hold."),
    "too_much_work": N_("One act would compute or keep more than an act may."),
    "type": N_("An expression meets a value of a kind that it cannot compute with."),
    "unknown_function": N_("An expression of the diagram calls a function that does not exist."),
    "unknown_name": N_("An expression uses a field that the case does not have."),
    "unknown_process": N_("The legal release in force has no such process."),
    "zero_division": N_("An expression divides by zero."),
}

ENDS: Mapping[str, str] = {
    "retry": N_("tried again"),
    "skip": N_("step skipped"),
    "correct": N_("data corrected"),
    "done": N_("done without it"),
    "gone": N_("no longer needed"),
}
STATES: Mapping[str, str] = {
    "open": N_("open"),
    "resolved": N_("resolved"),
    "over": N_("over by itself"),
}


def why(incident: IncidentView) -> str:
    """What failed, as a sentence."""
    message = CODES.get(incident.code)
    if message is not None:
        return str(gettext(message))
    if incident.code in sentences.codes():
        told = sentences.say(incident.code, language())
        return str(gettext("A rule refused it: %(sentence)s", sentence=told))
    unknown = CODES["model"]
    return str(gettext(unknown))


def act(incident: IncidentView) -> str:
    """Which act failed."""
    found, other = incident.act, incident.act.other
    if found.kind == "timer" and found.name is not None:
        return str(gettext("the date “%(name)s”", name=name(found.name)))
    if found.kind == "task" and found.name is not None:
        return str(gettext("the task “%(name)s”", name=name(found.name)))
    if found.kind == "message" and other is not None:
        return str(gettext("a message from case %(number)s", number=other[1]))
    if found.kind == "start" and other is not None:
        return str(gettext("the start of a case by case %(number)s", number=other[1]))
    if found.kind == "calendar":
        return str(gettext("dates worked out again by a changed calendar"))
    return str(gettext("an act of the case"))


def end(how: str | None) -> str:
    """How a closed error ended."""
    return str(gettext(ENDS[how])) if how is not None and how in ENDS else ""


def state(code: str) -> str:
    """The state of an error."""
    return str(gettext(STATES[code])) if code in STATES else code


def outcome(found: Outcome, incident: IncidentView) -> tuple[str, str]:
    """What became of an attempt: the kind of the note and its sentence."""
    if found.what == "done":
        return "message", str(gettext("The act was tried again and is done."))
    if found.what == "failed":
        told = gettext("It failed again and was undone; this is the new error.")
        return "error", str(told)
    if incident.act.kind == "task":
        told = gettext("The task may be handed in again by the person whose it is.")
        return "message", str(told)
    return "warning", str(
        gettext("Nothing waits for this act now; it is done as soon as one does.")
    )
