"""The played year: every stage, every term, every outcome; the same seed, the same year.

Slow: the year is played once on each kind of database, a part of it twice more.
"""

from __future__ import annotations

import json
from collections import Counter
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import select

from app.db import reading
from app.demo import accounts
from app.demo.disputes import DISPUTES
from app.demo.plan import TERMS
from app.domain.calendar import calendar_days_after, local_day, working_days_after
from app.domain.rules.objection import window
from app.models.evaluation import Recheck, ReportMark
from app.models.facts import (
    Commission,
    CommissionMember,
    ConclusionMark,
    Decision,
    Document,
    Objection,
)
from app.models.overall import OverallMark, SecrecyCheck
from app.operations.participation import participants
from app.operations.registers import Registers
from app.services import replay, results, verification
from tests.cli.console import Operator
from tests.played import Played, Years, steps

STAGES = ["opened", "reported", "delivered", "objections", "final", "overall", "published"]
OUTCOMES = ("accepted", "partly", "rejected", "without_documents", "late")


def test_every_stage_is_reached_in_its_order(played: Played) -> None:
    assert list(played.told) == STAGES
    for name in ("human_tasks", "part_evaluations", "events"):
        counts = [told[name] for told in played.told.values()]
        assert all(before <= after for before, after in pairwise(counts)), (name, counts)
    assert {told["block_evaluations"] for told in played.told.values()} == {94}
    # When the last report is taken in, the first ones are long scored.
    parts = [told["part_evaluations"] for told in played.told.values()]
    assert parts[0] == 0 < parts[1] < parts[2] == 220
    assert played.told["delivered"]["human_tasks"] < played.told["objections"]["human_tasks"]
    assert 0 < played.told["objections"]["objections"]["rejected"] < 5


def test_the_counts_add_up(played: Played) -> None:
    told = played.told["published"]
    assert told["part_evaluations"] == 220
    completed = played.column("SELECT count(*) FROM event WHERE kind = 'task.completed'")
    assert told["human_tasks"] == completed[0] > 1150
    objections = dict(told["objections"])
    assert objections.pop("total") == len(DISPUTES) == sum(objections.values()) >= 12
    assert objections == Counter(dispute.outcome for dispute in DISPUTES.values())
    assert set(objections) == set(OUTCOMES)
    # The clock is set by one more event.
    assert told["events"] + 1 == played.column("SELECT count(*) FROM event")[0]
    assert played.column("SELECT count(*) FROM incident") == [0]
    assert played.column("SELECT count(*) FROM event WHERE kind = 'act.refused'") == [0]


def test_the_trail_holds(played: Played) -> None:
    with played.opened() as app:
        found = verification.verify_trail(store=app.extensions["bagalau"].store)
    assert found.ok, found.problems
    assert found.events > 2000


def test_every_act_comes_about_again(played: Played) -> None:
    with played.opened():
        again = replay.replay()
    assert again.differences == []
    moved = [digest for _, _, digest in steps(played.url) if digest is not None]
    assert again.acts == again.compared == len(moved) > 1400
    assert again.cases > 110


def test_statutory_terms_hold(played: Played) -> None:
    terms = {name: date(2018, *day) for name, day in TERMS.items()}
    with played.opened(), reading() as session:
        calendar = Registers(session).calendar
        marks = session.scalars(select(ConclusionMark)).all()
        delivered = [local_day(m.at) for m in marks if m.mark == "delivered"]
        final = [local_day(m.at) for m in marks if m.mark == "final"]
        assert len(delivered) == len(final) == 94
        assert max(delivered) <= terms["conclusions"] and max(final) <= terms["after_appeals"]
        received = {m.case_id: m for m in marks if m.mark == "received"}
        for objection in session.scalars(select(Objection)):
            at = received[objection.conclusion_case].at
            five = working_days_after(calendar, at, 5)
            assert window(calendar, at).due == five.due
            assert objection.late == (objection.filed_at > five.ends_at)
            sent = session.scalars(
                select(Decision.decided_at).where(Decision.objection_id == objection.id)
            ).one()
            assert sent <= calendar_days_after(calendar, objection.filed_at, 15).ends_at
        last = {m.mark: local_day(m.at) for m in session.scalars(select(OverallMark))}
    assert last["submitted"] <= terms["overall"] and last["presented"] <= terms["to_president"]


def test_nobody_on_a_commission_took_part(played: Played) -> None:
    with played.opened(), reading() as session:
        sat = set(session.scalars(select(CommissionMember.person)))
        took_part = participants(session, 2017)
        formed = session.scalars(select(Commission.objection_id)).all()
    assert len(sat) > 15 and not sat & took_part
    # One had no quorum, and was formed anew.
    assert sorted(Counter(formed).values())[-2:] == [1, 2]


def test_reports_come_late_incomplete_and_are_rechecked(played: Played) -> None:
    with played.opened(), reading() as session:
        marks = Counter(session.scalars(select(ReportMark.mark)))
        rechecks = session.scalars(select(Recheck.result)).all()
        documents = session.scalars(select(Document.media_type)).all()
    assert marks["accepted"] == 94
    assert all(marks[mark] >= 5 for mark in ("overdue", "incomplete", "sent_back"))
    assert len(rechecks) >= 4
    assert {"text/csv", "application/pdf", "text/plain"} <= set(documents)
    days_late = played.column("SELECT days_late FROM report ORDER BY days_late")
    assert days_late[0] == 0 and days_late[-1] > 10


def test_it_is_published_without_what_is_withheld(played: Played) -> None:
    with played.opened(), reading() as session:
        order = select(OverallMark.mark).order_by(OverallMark.id)
        marks = [mark for mark in session.scalars(order) if mark in ("refused", "consented")]
        withheld = session.scalars(
            select(SecrecyCheck.evaluated_body).where(SecrecyCheck.withheld.is_(True))
        ).all()
    assert marks == ["refused", "consented"]
    assert 1 <= len(set(withheld)) <= 2
    with played.opened():
        found = results.of_year(year=2017, actor=accounts.SYSTEM)
    assert found.stage == "published" and len(found.bodies) == 32
    points = [float(row.overall.points or 0) for row in found.bodies]
    assert all(50 < value < 100 for value in points) and len(set(points)) > 20


def test_the_clock_stands_where_the_year_ended(played: Played) -> None:
    newest = "SELECT value FROM setting WHERE name = 'demo.clock' ORDER BY id DESC LIMIT 1"
    standing = datetime.fromisoformat(json.loads(played.column(newest)[0]))
    assert date(2018, 5, 20) < local_day(standing) < date(2018, 7, 1)


@pytest.mark.postgres
def test_both_databases_come_to_the_same_year(years: Years) -> None:
    one, other = years("sqlite"), years("postgresql")
    assert steps(one.url) == steps(other.url)
    with one.opened():
        first = results.of_year(year=2017, actor=accounts.SYSTEM)
    with other.opened():
        assert results.of_year(year=2017, actor=accounts.SYSTEM) == first


def test_the_same_seed_gives_the_same_year_and_another_does_not(
    years: Years, tmp_path: Path
) -> None:
    whole = steps(years("sqlite").url)
    played = {}
    for seed, hashes in ((1, "7"), (2, "8")):
        settings = {"BAGALAU_DATA": str(tmp_path / str(seed)), "PYTHONHASHSEED": hashes}
        operator = Operator(tmp_path, settings)
        done = operator.run("demo", "play", "--until", "reported", "--seed", str(seed), "--json")
        assert done.status == 0, done
        assert done.json()["reached"] == "reported"
        played[seed] = steps(operator.url)
    assert len(played[1]) > 500
    assert played[1] == whole[: len(played[1])]
    assert played[2] != whole[: len(played[2])]
