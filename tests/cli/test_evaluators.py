"""`bagalau evaluators`: the whole answer of who evaluates whom, by year."""

from __future__ import annotations

from datetime import date
from typing import Any

from app import create_app
from app.db import db
from app.domain.actors import Actor, Holding
from app.services import registers
from config.settings import Settings
from tests.cli.console import Operator
from tests.domain.rules.test_evaluators import MATRIX

KEYS = ["body", "block", "part", "authority", "consolidator", "paragraph"]


def rows(operator: Operator, year: int = 2017) -> list[dict[str, Any]]:
    done = operator.run("evaluators", "--year", str(year), "--json")
    assert done.status == 0, done
    found: list[dict[str, Any]] = done.json()
    return found


def test_a_year_has_220_parts(operator: Operator) -> None:
    found = rows(operator)
    assert len(found) == 220 and {tuple(row) for row in found} == {tuple(KEYS)}
    assert len({(row["body"], row["block"]) for row in found}) == 94
    told = {
        (row["body"], row["block"], row["part"]): (
            row["authority"], row["consolidator"], row["paragraph"]
        )
        for row in found
    }  # fmt: skip
    for line in MATRIX:
        body, block, part, authority, consolidator, paragraph = line.split()
        assert told[body, int(block), part] == (authority, consolidator, paragraph)
    assert [row["part"] for row in found if row["body"] == "mia"] == [
        "services", "complaints", "eservices",
    ]  # fmt: skip


def test_people_get_a_table(operator: Operator) -> None:
    told = operator.on_terminal("evaluators", "--year", "2017")
    lines = told.splitlines()
    assert lines[0].split() == KEYS
    assert lines[-1] == "220 parts, not opened yet; asked for 2018-01-01"
    assert any(line.split() == ["mne", "1", "goals", "pmo", "pmo", "24"] for line in lines)


ADMINISTRATOR = Actor("p-0001", "Әкімші", "kk", (Holding("administrator", "ap"),))


def test_a_mandate_of_other_dates_is_another_answer(operator: Operator) -> None:
    assert {row["consolidator"] for row in rows(operator, 2019) if row["block"] == 3} == {"mic"}
    with create_app(Settings(data=operator.data, database_url=operator.url)).app_context():
        # As the page of mandates does it.
        registers.change_mandate(
            role="informatisation",
            holder="mdai",
            starts_on=date(2019, 7, 1),
            basis="№ 501 Жарлық, 17.06.2019",
            actor=ADMINISTRATOR,
            now=registers.wall_time(),
        )
        db.session.remove()
        db.engine.dispose()
    before, after = rows(operator, 2018), rows(operator, 2019)
    assert {row["consolidator"] for row in before if row["block"] == 3} == {"mic"}
    assert {row["consolidator"] for row in after if row["block"] == 3} == {"mdai"}
    # And the exceptions move with the role: ¶ 31 and 37 are about whoever holds it.
    moved = [row for row in after if row["paragraph"] in ("31", "37")]
    assert [(row["body"], row["part"], row["authority"]) for row in moved] == [
        ("mdai", "eservices", "pmo"),
        ("mdai", "it", "pmo"),
    ]


def test_a_year_outside_the_decree_is_wrong_usage(operator: Operator) -> None:
    done = operator.run("evaluators", "--year", "2015", "--json")
    assert done.status == 2 and done.out == ""
