"""Words of the pages on a year: stages of an evaluation, steps of its results, reasons."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext

from app.services.sentences import word
from app.web.languages import language
from app.web.word_tables import N_

STAGES: Mapping[str, str] = {
    "not_begun": N_("Not begun"),
    "report": N_("Report awaited"),
    "intake": N_("Report being checked"),
    "recheck": N_("Re-check"),
    "scoring": N_("Scoring"),
    "conclusion": N_("Conclusion being written"),
    "delivery": N_("Sent to the body"),
    "window": N_("May be objected to"),
    "appeal": N_("Objection considered"),
    "open": N_("Under way"),
    "final": N_("Final"),
}
# Which of the six cells is now; six of them passed: the evaluation is final.
CELLS: Mapping[str, int] = {
    "report": 0,
    "intake": 1,
    "recheck": 1,
    "scoring": 2,
    "conclusion": 3,
    "delivery": 3,
    "window": 4,
    "appeal": 4,
    "final": 6,
}
STEPS: Mapping[str, str] = {
    "conclusions": N_("Conclusions on blocks final"),
    "computed": N_("Computed"),
    "drafted": N_("Text drafted"),
    "signed": N_("Signed"),
    "returned": N_("Returned to be written anew"),
    "submitted": N_("Submitted to the working body"),
    "concluded": N_("Conclusion of the Commission"),
    "presented": N_("Presented to the President"),
    "instructed": N_("Instructions given"),
    "checked": N_("Checked for secrets"),
    "consented": N_("Consent to the publication"),
    "refused": N_("Consent refused"),
    "published": N_("Published"),
}
KINDS: Mapping[str, str] = {
    "central": N_("Central state bodies"),
    "local": N_("Local executive bodies"),
}
NOT_POINTS: Mapping[str, str] = {
    "counted": N_("counted"),
    "not_counted": N_("not counted"),
    "not_applicable": N_("does not apply"),
}


def _say(table: Mapping[str, str], code: str) -> str:
    message = table.get(code)
    return gettext(message) if message else code


def stage(code: str) -> str:
    """Where an evaluation stands."""
    return _say(STAGES, code)


def cell(code: str) -> int | None:
    """How far that is, of six; None for what does not tell."""
    return CELLS.get(code)


def step(code: str) -> str:
    """What happened to the results of a year."""
    return _say(STEPS, code)


def kind(code: str) -> str:
    """A kind of bodies, as a heading."""
    return _say(KINDS, code)


def status(code: str) -> str:
    """Whether an indicator was counted."""
    return _say(NOT_POINTS, code)


def missing(code: str) -> str:
    """Why there is no conclusion (¶ 11)."""
    return word("missing", code, language()) or code


def ground(code: str) -> str:
    """Why a result is withheld from publication (¶ 53)."""
    return word("ground", code, language()) or code
