"""`bagalau serve`: one writer on SQLite, an orderly end, and life after a disorderly one."""

from __future__ import annotations

import signal
import socket
import sqlite3
import time
from contextlib import closing

import pytest

from app.demo.accounts import PASSWORD
from tests.cli.console import HOST, Operator, Server, eventually, free_port
from tests.cli.test_demo import events
from tests.cli.test_setup import NAMES

VERIFY = ("trail", "verify", "--json")


def test_a_demonstration_is_set_up_and_served(newcomer: Operator) -> None:
    with newcomer.serving("--demo") as server:
        told = server.told()
        assert f"http://{HOST}:{server.port}/" in told
        assert "mne.officer1" in told and PASSWORD in told
        assert ("bagalau worker" in told) == (not newcomer.file.exists())
        assert server.sign_in("mne.officer2", PASSWORD)[0] in (302, 303)
        assert server.sign_in("mne.officer2", "another password")[0] == 403
        assert newcomer.run(*VERIFY).json()["ok"]
    # What is there is left as it is.
    played = len(events(newcomer, "task.completed"))
    with newcomer.serving("--demo"):
        assert len(events(newcomer, "task.completed")) == played > 20


def test_an_installation_is_served_to_its_administrator(operator: Operator) -> None:
    with operator.serving() as server:
        assert "bagalau init" in server.told()
        server.stop()
    made = operator.run("init", "--login", "admin", *NAMES, "--password", "twelve letters")
    assert made.status == 0
    with operator.serving() as server:
        assert "Demonstration" not in server.told()
        assert server.sign_in("admin", "twelve letters")[0] in (302, 303)
        # Outside a demonstration another address is the operator's own affair.
        everywhere = operator.by(BAGALAU_HOST="0.0.0.0", PORT=str(server.port))
        everywhere.run("serve").refused("Another process writes")


def test_a_second_writer_is_refused(staged_file: Operator) -> None:
    with staged_file.serving() as server:
        second = staged_file.by(PORT=str(free_port()))
        second.run("serve").refused("Another process writes", "Stop the running server")
        second.run("demo", "appeal").refused("Stop the running server")
        second.run("init", "--login", "a", *NAMES, "--password", "x").refused("Stop the running")
        second.run("people", "set-password", "admin", "--password", "x").refused("Stop the running")
        second.run("migrate").refused("Stop the running")
        second.run("restore", str(staged_file.at)).refused("Stop the running")
        second.run("worker").refused("On SQLite", "`bagalau serve`", "BAGALAU_DATABASE_URL")
        # Whoever only looks is not in the way.
        assert staged_file.run(*VERIFY).json()["ok"]
        term = ("calendar", "explain", "--received", "2017-04-28", "--working-days", "5")
        assert staged_file.run(*term).status == 0
        assert server.get("/sign-in")[0] == 200


def test_the_data_are_locked_by_whatever_name(staged_file: Operator) -> None:
    """Another data folder does not make the same database another one."""
    with staged_file.serving():
        other = staged_file.by(BAGALAU_DATA=str(staged_file.at / "other"), PORT=str(free_port()))
        other.run("serve").refused("Another process writes")


def test_a_taken_port(operator: Operator) -> None:
    with socket.create_server((HOST, 0)) as taken:
        port = str(taken.getsockname()[1])
        operator.by(PORT=port).run("serve").refused("Cannot listen", port, "PORT=")
        operator.run("serve", "--port", port).refused("Cannot listen", port, "PORT=")
    operator.by(BAGALAU_HOST="192.0.2.1").run("serve").refused("192.0.2.1", "BAGALAU_HOST")
    # Nothing was made for a server that could not run.
    assert not operator.file.exists()


def test_known_passwords_stay_at_home(staged_file: Operator, operator: Operator) -> None:
    sentence = ("known passwords", "0.0.0.0", "BAGALAU_HOST")
    everywhere = {"BAGALAU_HOST": "0.0.0.0", "PORT": str(free_port())}
    staged_file.by(**everywhere).run("serve").refused(*sentence)
    operator.by(**everywhere).run("serve", "--demo").refused(*sentence)
    assert events(operator, "person.created") == []


def test_it_stops_within_seconds(staged: Operator) -> None:
    with staged.serving() as server:
        assert server.get("/sign-in")[0] == 200
        # A connection that a browser keeps open does not keep the server.
        with socket.create_connection((HOST, server.port)) as idle:
            idle.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert idle.recv(100).startswith(b"HTTP/1.1 200")
            assert server.stop() < 15
        with pytest.raises(ConnectionRefusedError):
            server.get("/sign-in")
    assert "Traceback" not in server.told()
    assert staged.run(*VERIFY).json()["ok"]


def test_a_request_in_flight_is_answered(staged_file: Operator) -> None:
    body = b"login=admin&password=" + b"x" * 100
    with staged_file.serving() as server:
        with socket.create_connection((HOST, server.port), timeout=30) as line:
            head = (
                "POST /sign-in HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                "Content-Type: application/x-www-form-urlencoded\r\n"
                f"Content-Length: {len(body)}\r\n\r\n"
            )
            line.sendall(head.encode() + body[:50])
            time.sleep(1)
            server.process.send_signal(signal.SIGTERM)
            time.sleep(2)
            line.sendall(body[50:])
            answer = line.makefile("rb").read().decode()
        assert answer.startswith("HTTP/1.1 4"), answer
        assert answer.rstrip().endswith("</html>")
        assert server.process.wait(30) == 0


def test_after_a_kill_it_starts_again_at_once(staged_file: Operator) -> None:
    with staged_file.serving() as first:
        first.process.send_signal(signal.SIGKILL)
        first.process.wait()
        again = Server(staged_file, first.port, ())
        try:
            again.wait()
            assert again.sign_in("admin", PASSWORD)[0] in (302, 303)
        finally:
            again.process.terminate()
            again.process.wait()
    assert staged_file.run(*VERIFY).json()["ok"]


def test_timers_fire_while_it_serves(staged_file: Operator) -> None:
    before = len(events(staged_file, "timer.fired"))
    with staged_file.serving():
        # The clock alone is moved, as by a sunrise: the server has to see for itself.
        set_clock(staged_file, "2018-04-13T04:00:00+00:00")
        eventually("a timer", lambda: len(events(staged_file, "timer.fired")) > before)
    assert staged_file.run(*VERIFY).json()["ok"]


def test_a_demonstration_is_moved_on_while_it_is_served(staged: Operator) -> None:
    before = len(events(staged, "timer.fired"))
    with staged.serving() as server:
        told = staged.run("demo", "advance", "--days", "30", "--json").json()
        assert told["timers"] == len(events(staged, "timer.fired")) - before > 0
        # The page tells the demonstration's day.
        assert "2018" in server.get("/sign-in")[1]
        assert staged.run("demo", "advance", "--days", "30", "--json").status == 0
    fired = events(staged, "timer.fired")
    assert len({(e["stream"], str(e["facts"])) for e in fired}) == len(fired)
    assert staged.run(*VERIFY).json()["ok"]


def test_a_locked_database_is_told_to_the_reader(staged_file: Operator) -> None:
    with staged_file.serving() as server:
        with closing(sqlite3.connect(staged_file.file, isolation_level=None)) as greedy:
            greedy.execute("BEGIN IMMEDIATE")
            # Reading goes on, and an act says that it was not done.
            assert server.get("/sign-in")[0] == 200
            status, page = server.sign_in("admin", PASSWORD)
            assert status == 503
            assert "Дерекқор бос емес" in page and "Traceback" not in page
            greedy.execute("ROLLBACK")
        assert server.sign_in("admin", PASSWORD)[0] in (302, 303)
        server.stop()


def set_clock(operator: Operator, instant: str) -> None:
    """Move the clock of a demonstration and do nothing else."""
    from datetime import datetime

    from app import create_app
    from app.db import db
    from app.demo import scene
    from config.settings import Settings

    app = create_app(Settings(data=operator.data, database_url=operator.url))
    with app.app_context():
        scene.set_clock(datetime.fromisoformat(instant))
        db.session.remove()
        db.engine.dispose()
