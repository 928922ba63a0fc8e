"""`bagalau demo`: the plot, the clock, and where neither is to be had."""

from __future__ import annotations

import json
import signal
import time

from sqlalchemy import create_engine, text

from tests.cli.console import Operator

APPEAL = ("demo", "appeal", "--json")
PLAY = ("demo", "play", "--json")
ADVANCE = ("demo", "advance", "--json")


def events(operator: Operator, kind: str) -> list[dict[str, object]]:
    """The facts of the events of a kind, in the order of the trail."""
    engine = create_engine(operator.url)
    query = text("SELECT body FROM event WHERE kind = :kind ORDER BY id")
    with engine.connect() as connection:
        bodies = connection.execute(query, {"kind": kind}).scalars().all()
    engine.dispose()
    return [json.loads(bytes(body)) for body in bodies]


def test_every_outcome_is_played_once(newcomer: Operator) -> None:
    # An installation that some command made before, without people, may become a demonstration.
    newcomer.run("calendar", "explain", "--received", "2017-04-28", "--working-days", "5")
    done = newcomer.run(*APPEAL)
    assert done.status == 0, done
    told = done.json()
    assert told["schedules"] == 1
    assert told["objections"] == {
        "total": 6,
        "accepted": 2,
        "partly": 1,
        "rejected": 1,
        "without_documents": 1,
        "late": 1,
    }
    assert told["events"] > 300
    assert "Traceback" not in done.err and "akmola" in done.err
    newcomer.run(*APPEAL).refused("not played again", "BAGALAU_DATA")
    assert newcomer.run("trail", "verify").status == 0


def test_real_people_never_become_a_demonstration(newcomer: Operator) -> None:
    names = ("--name-kk", "Әлия", "--name-ru", "Алия", "--name-en", "Aliya")
    made = newcomer.run("init", "--login", "admin", *names, "--password", "twelve letters")
    assert made.status == 0
    sentence = ("real users", "known password", "BAGALAU_DATA")
    newcomer.run(*APPEAL).refused(*sentence)
    newcomer.run("serve", "--demo").refused(*sentence)
    newcomer.run(*ADVANCE, "--days", "3").refused("demonstration only")
    assert len(events(newcomer, "person.created")) == 1
    assert events(newcomer, "setting.changed") == []


def test_a_plot_that_was_interrupted_is_not_taken_for_a_whole_one(operator: Operator) -> None:
    process = operator.start(*APPEAL)
    assert process.stderr is not None
    process.stderr.readline()
    time.sleep(0.5)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    operator.run(*APPEAL).refused("was interrupted", "BAGALAU_DATA")
    operator.run("serve", "--demo").refused("was interrupted")
    operator.run(*ADVANCE, "--days", "1").refused("has not been played yet")
    assert operator.run("trail", "verify").status == 0


def test_the_clock_moves_on_and_what_is_due_happens(staged: Operator) -> None:
    fired = len(events(staged, "timer.fired"))
    told = staged.run(*ADVANCE, "--days", "1").json()
    assert told["now"] == "2018-04-05T04:42:00+00:00"
    fired += told["timers"]
    told = staged.run(*ADVANCE, "--to", "2018-05-04T10:00").json()
    assert told["now"] == "2018-05-04T04:00:00+00:00"
    of_timers = events(staged, "timer.fired")
    assert told["timers"] == len(of_timers) - fired > 0
    # Each fires at its own time, in their order, not all at the end.
    instants = [str(event["at"]) for event in of_timers[fired:]]
    assert instants == sorted(instants)
    for event in of_timers[fired:]:
        facts = event["facts"]
        assert isinstance(facts, dict)
        assert event["at"] == facts["due"]
    assert staged.run(*ADVANCE, "--days", "30").json()["now"] == "2018-06-03T04:00:00+00:00"
    assert staged.run("trail", "verify").status == 0


def test_the_clock_moves_forward_only(staged_file: Operator) -> None:
    before = staged_file.file.read_bytes()
    staged_file.run(*ADVANCE, "--to", "2018-04-04").refused("moves forward only")
    staged_file.run(*ADVANCE, "--to", "2018-04-04T10:42").refused("moves forward only")
    for words in ([], ["--days", "0"], ["--days", "2", "--to", "2018-06-01"], ["--to", "soon"]):
        assert staged_file.run(*ADVANCE, *words).status == 2
    assert staged_file.file.read_bytes() == before


def test_without_a_demonstration_there_is_no_clock_to_move(operator: Operator) -> None:
    operator.run(*ADVANCE, "--days", "1").refused("demonstration only")


def test_a_year_is_played_into_an_empty_installation(newcomer: Operator) -> None:
    done = newcomer.run(*PLAY, "--until", "opened")
    assert done.status == 0, done
    told = done.json()
    assert told["year"] == 2017 and told["reached"] == "opened"
    assert told["block_evaluations"] == 94 and told["part_evaluations"] == 0
    assert told["objections"] == dict.fromkeys(told["objections"], 0)
    assert told["human_tasks"] == len(events(newcomer, "task.completed")) > 10
    assert "2018-01-10: 1 tasks done" in done.err and "Traceback" not in done.err
    newcomer.run(*PLAY).refused("not played again", "BAGALAU_DATA")
    newcomer.run(*APPEAL).refused("not played again")
    assert newcomer.run("trail", "verify").status == 0
    # Time goes on from there.
    moved = newcomer.run(*ADVANCE, "--to", "2018-02-16T09:00").json()
    assert moved["timers"] > 50


def test_only_what_there_is_can_be_played(operator: Operator) -> None:
    for words in (["--until", "never"], ["--year", "2016"], ["--seed", "-1"], ["--rosters", "0"]):
        assert operator.run(*PLAY, *words).status == 2
    assert not operator.file.exists()
