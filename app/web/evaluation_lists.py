"""Lists of a year's evaluations as macros read them: a word for each, or a matrix of results."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext as _

from app.engine.forms import Field
from app.services.figures import GROUNDS, MISSING_REASONS
from app.services.figures_asked import Listed
from app.web import year_words
from app.web.filters import body_name

Item = dict[str, Any]


def listed(field: Field, rows: Iterable[Listed], typed: Mapping[str, Any]) -> Item:
    """The evaluations of a year with a word to choose for each.

    `gone` are those for which a word was chosen while they were in the list.
    """
    missing = field.type == "missing"
    choices = MISSING_REASONS if missing else GROUNDS
    say = year_words.missing if missing else year_words.ground
    blocks = _by_block(field.name, rows)
    known = {row["key"] for found in blocks.values() for row in found}
    gone = [
        {
            "path": f"{field.name}-{key.replace('/', '-', 1)}",
            "label": _evaluation(key),
            "word": say(str(word)),
        }
        for key, word in typed.items()
        if key not in known and word
    ]
    return {
        "groups": [
            {"block": block, "name": _block(block), "rows": found}
            for block, found in sorted(blocks.items(), key=_blocks_first)
        ],
        "gone": gone,
        "choices": [{"value": code, "label": say(code)} for code in choices],
        "first": _("Choose") if missing else _("open"),
        "head": _("Reason") if missing else _("Ground"),
        "points": not missing,
        "labels": {row["path"]: row["label"] for row in gone}
        | {
            row["path"]: f"{_block(block)}, {row['label']}"
            for block, found in blocks.items()
            for row in found
        },
    }


def results(rows: Iterable[Listed], *, checked: bool) -> Item:
    """The results of a year as a matrix: bodies by blocks, block 0 the overall one.

    Once they are `checked` for secrets, also what is withheld, None before.
    """
    rows = tuple(rows)
    blocks = sorted({row.block for row in rows} - {0})
    by_body: dict[str, dict[int, Listed]] = {}
    for row in rows:
        by_body.setdefault(row.body, {})[row.block] = row
    return {
        "blocks": blocks,
        "rows": [
            {
                "body": body_name(body),
                "cells": [found.get(block) for block in (*blocks, 0)],
                "grounds": {
                    row.block: year_words.ground(row.ground) for row in found.values() if row.ground
                },
            }
            for body, found in by_body.items()
        ],
        "withheld": [
            f"{body_name(row.body)}, {_block(row.block)}: {year_words.ground(row.ground)}"
            for row in rows
            if row.ground
        ]
        if checked
        else None,
    }


def _by_block(field: str, rows: Iterable[Listed]) -> dict[int, list[Item]]:
    """The rows of a list of evaluations, by block."""
    blocks: dict[int, list[Item]] = {}
    for row in rows:
        blocks.setdefault(row.block, []).append(
            {
                "key": f"{row.block}/{row.body}",
                "path": f"{field}-{row.block}-{row.body}",
                "label": body_name(row.body),
                "points": row.points,
                "max": row.max,
            }
        )
    return blocks


def _blocks_first(group: tuple[int, list[Item]]) -> tuple[bool, int]:
    """The overall results come last: they follow from those by block."""
    return not group[0], group[0]


def _evaluation(key: str) -> str:
    """An evaluation in words: its block and body."""
    block, _slash, body = key.partition("/")
    return f"{_block(int(block))}, {body_name(body)}" if block.isdecimal() else key


def _block(block: int) -> str:
    return str(_("Block %(n)s", n=block) if block else _("Overall result"))
