"""Codes as words in the reader's language, by the tables of `word_tables`."""

from __future__ import annotations

import re
from collections.abc import Mapping

from flask import g
from flask_babel import gettext

from app.services.sentences import word
from app.web import word_tables as tables
from app.web.languages import language


def _say(table: Mapping[str, str], code: str) -> str:
    message = table.get(code)
    return gettext(message) if message else code


def event(kind: str) -> str:
    """What an event of this kind means to a reader of the case."""
    return _say(tables.EVENTS, kind)


def status(code: str) -> str:
    """The status of a case."""
    return _say(tables.STATUSES, code)


def outcome(code: str) -> str:
    """The outcome of an objection (¶ 60)."""
    return _say(tables.OUTCOMES, code)


def outcome_kind(code: str) -> str:
    """The look of an outcome's badge."""
    return tables.OUTCOME_KINDS.get(code, "")


def vote(code: str) -> str:
    """A vote."""
    return _say(tables.VOTES, code)


def role(code: str) -> str:
    """The name of a role of people, by the release in force; the code where it has none."""
    frame = g.get("frame")
    found = frame.roles.get(code) if frame else None
    return found[language()] if found else code


def mandate(code: str) -> str:
    """The name of a role of bodies (¶ 10, 12)."""
    text = word("role", code, language()) or code
    # Some names begin with a quotation mark.
    first = next((place for place, sign in enumerate(text) if sign.isalpha()), 0)
    return text[:first] + text[first : first + 1].upper() + text[first + 1 :]


def process(code: str) -> str:
    """The short name of a process, for filters and lists."""
    return _say(tables.PROCESSES, code)


def source(code: str) -> str:
    """A source of information of ¶ 4 by its subparagraph, as `6` or `4.6`."""
    return _say(tables.SOURCES, code.removeprefix("4."))


def step(number: int) -> str:
    """The short name of a step of ¶ 7."""
    message = tables.STEPS.get(number)
    return gettext(message) if message else str(number)


def term(code: str) -> str:
    """The name of a date of the schedule."""
    return _say(tables.TERMS, code)


def part(code: str) -> str:
    """The name of a part of a conclusion (¶ 47)."""
    return _say(tables.PARTS, code)


def letter(kind: str) -> str:
    """What a letter is about."""
    return _say(tables.LETTERS, kind)


def bucket(code: str) -> str:
    """The head of a group of tasks by their date."""
    return _say(tables.BUCKETS, code)


def view(code: str) -> str:
    """The name of a view of the list of tasks."""
    return _say(tables.VIEWS, code)


def day_kind(code: str) -> str:
    """What a day of the calendar is."""
    return _say(tables.DAY_KINDS, code)


def system(code: str) -> str:
    """What acted where no person did."""
    return _say(tables.SYSTEMS, code)


def deadline_state(code: str) -> str:
    """What became of a deadline."""
    return _say(tables.DEADLINE_STATES, code)


def answer(code: str) -> str:
    """The label of a text that was handed in."""
    return _say(tables.PARTS, code) if code in tables.PARTS else _say(tables.ANSWERS, code)


def cause(code: str) -> str:
    """Why the composition of a special commission was changed."""
    return _say(tables.CAUSES, code)


def decision(code: str) -> str:
    """What was decided, as one word."""
    return _say(tables.DECISIONS, code)


def ground(text: str) -> str:
    """A ground or source of a register: what the seeds say in the reader's language."""
    return "; ".join(map(_ground, text.split("; ")))


def _ground(part: str) -> str:
    for pattern, message in tables.GROUNDS.items():
        found = re.fullmatch(pattern, part)
        if found:
            return str(gettext(message, **found.groupdict()))
    return part


def control(code: str) -> str:
    """The label of a control by its name; a number at its end tells it from others like it."""
    code = re.sub(r"-\d+$", "", code)
    for table in (tables.CONTROLS, tables.TERMS):
        if code in table:
            return _say(table, code)
    return answer(code)


def block(number: int) -> str:
    """The name of a block (¶ 16)."""
    return word("block", str(number), language()) or str(number)


def on_the_trail(seq: int, number: str) -> str:
    """The sentence that tells a person that their act is done."""
    return str(
        gettext(
            "Done. It is on the trail as event %(seq)s of case %(number)s.", seq=seq, number=number
        )
    )
