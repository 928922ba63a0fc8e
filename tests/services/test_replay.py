"""Executed again from the trail alone, every act comes about as it is recorded; or it is named.

The forger here puts the chain in order again, so that no hash gives them away.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import zstandard
from sqlalchemy import Connection, text

from app.db import db
from app.demo.appeal import at
from app.domain.refusals import NotFound
from app.services import replay, verification
from app.services.replay import Difference
from tests.conftest import KINDS
from tests.databases import Databases
from tests.journeys.plot import (
    AKMOLA,
    CONCLUSION,
    RECEIVED_FROM,
    Stage,
    build_received,
    opened,
    staged,
)
from tests.services.forging import Body, act, bodies, forge, rewrite

OBJECTION = 3
DECIDED = at("2018-04-10T10:00")


def build_decided(url: str) -> None:
    """An appeal decided: objection, commission, votes, minutes; the window is closed."""
    build_received(url)
    with tempfile.TemporaryDirectory() as data, opened(url, Path(data)) as stage:
        plot = stage.plot
        plot.conclusions["akmola"] = CONCLUSION
        stage.play.pass_time(RECEIVED_FROM)
        case = plot.object(AKMOLA)
        plot.form_commission(case)
        plot.vote(case, AKMOLA)
        plot.decide(case, AKMOLA)
        stage.play.pass_time(DECIDED)


@pytest.fixture(params=KINDS)
def played(request: pytest.FixtureRequest, databases: Databases, tmp_path: Path) -> Iterator[Stage]:
    for stage in staged(databases, request.param, build_decided, tmp_path):
        stage.play.now = DECIDED
        yield stage


def at_act(found: replay.Replayed) -> tuple[int, str | None, str]:
    """Case, element and field of the first difference."""
    first = found.differences[0]
    return first.case, first.element, first.field


def test_an_appeal_comes_about_again(played: Stage) -> None:
    found = replay.replay()
    assert found.differences == []
    with played.app.app_context(), db.engine.connect() as connection:
        acts = [body for case in (1, 2, 3) for body in bodies(connection, case)]
    moved = [body for body in acts if "state_digest" in body]
    assert found.acts == found.compared == len(moved) > 15
    assert found.cases == 3
    assert verification.verify_trail(store=played.store, full=True).ok


def test_one_case_alone(played: Stage) -> None:
    by_id, by_number = replay.replay(case="3"), replay.replay(case=played.case(3).number)
    assert by_id == by_number
    assert by_id.cases == 1 and 0 < by_id.acts < replay.replay().acts
    for unknown in ("99", "0", "К-1999-0001", "9" * 30, "-1", "٣"):
        with pytest.raises(NotFound):
            replay.replay(case=unknown)


def test_an_answer_changed_by_one_character(played: Stage) -> None:
    def change(found: list[Body]) -> None:
        votes = act(found, "task.completed", "vote")["facts"]["answers"]["votes"]
        assert votes["1.1.1"] == "for"
        votes["1.1.1"] = "fo"

    found = forge(played, rewrite(OBJECTION, change))
    assert at_act(found) == (OBJECTION, "vote", "state_digest")
    told = verification.verify_trail(store=played.store, full=True)
    assert any("Executed again" in problem.problem for problem in told.problems)


def test_a_change_that_leaves_the_hashes_alone(played: Stage) -> None:
    def change(connection: Connection) -> None:
        [body] = connection.execute(
            text("SELECT body FROM event WHERE stream = 'case/3' AND seq = 1")
        ).scalars()
        changed = bytes(body).replace(b'"case.started"', b'"case.startet"')
        connection.execute(
            text("UPDATE event SET body = :b WHERE stream = 'case/3' AND seq = 1"),
            {"b": changed},
        )

    assert at_act(forge(played, change)) == (OBJECTION, None, "event")


def test_a_step_that_the_diagram_does_not_allow(played: Stage) -> None:
    def change(found: list[Body]) -> None:
        first = act(found, "task.completed")
        last = [body for body in found if body["kind"] == "task.completed"][-1]
        first["facts"]["key"], first["facts"]["element"] = (
            last["facts"]["key"],
            last["facts"]["element"],
        )

    case, _, field = at_act(forge(played, rewrite(OBJECTION, change)))
    assert (case, field) == (OBJECTION, "step")


def test_an_act_left_out(played: Stage) -> None:
    def change(found: list[Body]) -> None:
        found.remove(act(found, "task.completed", "vote"))

    found = forge(played, rewrite(OBJECTION, change))
    assert found.differences[0].case == OBJECTION


def test_two_acts_in_another_order(played: Stage) -> None:
    def change(found: list[Body]) -> None:
        votes = [i for i, b in enumerate(found) if b["facts"].get("element") == "vote"]
        one, other = votes[:2]
        found[one], found[other] = found[other], found[one]

    assert at_act(forge(played, rewrite(OBJECTION, change)))[2] in ("state_digest", "effects")


@pytest.mark.parametrize("part", ["result", "parameter", "name"])
def test_a_call_that_was_not_so(played: Stage, part: str) -> None:
    def change(found: list[Body]) -> None:
        body = next(body for body in found if body.get("calls"))
        call = body["calls"][0]
        if part == "name":
            call[0] = "objection.other"
        elif part == "parameter":
            call[1]["strange"] = 1
        else:
            call[2] = {"strange": 1}

    case, element, field = at_act(forge(played, rewrite(OBJECTION, change)))
    # Another result: what reads it fails.
    assert (case, field) == (OBJECTION, "model" if part == "result" else "calls")
    assert element is not None


def test_a_timer_that_fired_before_its_time(played: Stage) -> None:
    """¶ 57: the window for objections is not closed while it runs."""

    def change(found: list[Body]) -> None:
        fired = act(found, "timer.fired")
        fired["at"] = fired["facts"]["due"].replace("2018-04", "2018-03")

    case, element, field = at_act(forge(played, rewrite(CONCLUSION, change)))
    assert (case, field) == (CONCLUSION, "step")
    assert element is not None


@pytest.mark.parametrize(
    ("part", "change"),
    [
        ("effects", lambda body: body["effects"]["tasks_opened"][0].update(organisation="mof")),
        ("visits", lambda body: body["visits"].pop()),
        ("effects", lambda body: body.pop("effects")),
    ],
)
def test_what_an_act_says_besides(played: Stage, part: str, change: Callable[[Body], Any]) -> None:
    def changed(found: list[Body]) -> None:
        change(next(body for body in found if body.get("effects", {}).get("tasks_opened")))

    found = forge(played, rewrite(OBJECTION, changed))
    # The acts after it come about all the same, so it is the only one.
    assert [(d.case, d.field) for d in found.differences] == [(OBJECTION, part)]


def test_a_message_that_said_something_else(played: Stage) -> None:
    """What a case was started with by a message of another one."""

    def change(found: list[Body]) -> None:
        facts = act(found, "case.started")["facts"]
        assert facts["message"] and facts["from_case"] == CONCLUSION
        facts["data"]["conclusion"] = 77

    case, _, field = at_act(forge(played, rewrite(OBJECTION, change)))
    assert (case, field) in ((OBJECTION, "calls"), (OBJECTION, "state_digest"))


def test_a_case_moved_by_hand(played: Stage) -> None:
    before = played.case(CONCLUSION).state
    newest = played.case(CONCLUSION).version

    def change(connection: Connection) -> None:
        other = connection.execute(text("SELECT state FROM case_file WHERE id = 1")).scalar()
        assert bytes(other or b"") != before
        connection.execute(
            text("UPDATE case_file SET state = :s WHERE id = :i"), {"s": other, "i": CONCLUSION}
        )

    found = forge(played, change)
    assert found.differences == [Difference(CONCLUSION, newest, None, "state")]


@pytest.mark.parametrize(
    ("statement", "field"),
    [
        ("UPDATE case_file SET status = 'running' WHERE id = 3", "case"),
        ("UPDATE case_file SET release = :other WHERE id = 3", "release"),
        ("DELETE FROM case_file WHERE id = 3", "case"),
    ],
)
def test_a_row_that_its_acts_do_not_lead_to(played: Stage, statement: str, field: str) -> None:
    values = {"other": "0" * 64} if ":other" in statement else {}
    found = forge(played, lambda connection: connection.execute(text(statement), values))
    assert at_act(found) == (OBJECTION, None, field)


def test_a_row_without_any_act(played: Stage) -> None:
    gone = "DELETE FROM event WHERE stream = 'case/3'"
    found = forge(played, lambda connection: connection.execute(text(gone)))
    assert [(d.case, d.act, d.field) for d in found.differences] == [(OBJECTION, 0, "case")]


def test_an_event_taken_out_of_the_middle(played: Stage) -> None:
    gone = "DELETE FROM event WHERE stream = 'case/3' AND seq = 4"
    found = forge(played, lambda connection: connection.execute(text(gone)))
    assert (found.differences[0].act, found.differences[0].field) == (4, "chain")


@pytest.mark.parametrize("how", ["row", "events"])
def test_another_release(played: Stage, how: str) -> None:
    """A label changed in the files of the release, or acts said to be under another one."""

    def files(connection: Connection) -> None:
        [packed] = connection.execute(text("SELECT files FROM release")).scalars()
        listing = json.loads(zstandard.ZstdDecompressor().decompress(bytes(packed)))
        name = next(name for name in listing if name.endswith("objection.bpmn"))
        listing[name] = listing[name].replace("<bpmn:documentation", "<bpmn:documentation ", 1)
        listing[name] += "\n"
        written = zstandard.ZstdCompressor().compress(json.dumps(listing).encode())
        connection.execute(text("UPDATE release SET files = :f"), {"f": written})

    def later(found: list[Body]) -> None:
        act(found, "task.completed")["release"] = "0" * 64

    found = forge(played, files if how == "row" else rewrite(OBJECTION, later))
    assert {d.field for d in found.differences} == {"release"}
    assert len(found.differences) == (3 if how == "row" else 1)


def test_whatever_stands_in_an_event_nothing_is_raised(played: Stage) -> None:
    keys = ("facts", "calls", "effects", "at", "release", "visits", "state_digest", "sent", "kind")
    strange: list[Any] = [None, 1, "x", [], {}, [1], {"a": 1}, {"a": None}]
    for number, key in enumerate(keys):

        def change(found: list[Body], key: str = key, value: Any = strange[number % 8]) -> None:
            found[2][key] = value

        assert forge(played, rewrite(OBJECTION, change)).differences
