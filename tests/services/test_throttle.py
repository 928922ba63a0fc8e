"""Failed sign-ins: slowed down per login, counted together, told without a flood."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import select

from app.db import db, reading
from app.domain.actors import Actor
from app.domain.refusals import NotAllowed, Throttled
from app.models.people import SignInFailure
from app.services import passwords, throttle
from tests.appcontext import add_person
from tests.services.door import NOW, WRONG, bodies, sign_in


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Real Argon2 with small parameters, for tests of many attempts."""
    monkeypatch.setattr(
        passwords, "hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    )


def fail(times: int, login: str = "asel@economy.gov.kz", now: datetime = NOW) -> list[str]:
    """Fail so many times; the codes of the refusals."""
    codes = []
    for _ in range(times):
        with pytest.raises((NotAllowed, Throttled)) as refused:
            sign_in(WRONG, login, now=now)
        codes.append(refused.value.code)
    return codes


def counts() -> list[int]:
    return [body["facts"]["count"] for body in bodies("session.refused")]


def test_eight_failures_and_the_right_password_waits_too(asel: Actor) -> None:
    assert fail(8) == ["session.wrong_password"] * 8
    with pytest.raises(Throttled) as refused:
        sign_in(now=NOW + timedelta(minutes=5))
    assert (refused.value.status, refused.value.params) == (429, {"minutes": 10})
    with pytest.raises(Throttled) as refused:
        sign_in(now=NOW + timedelta(minutes=14, seconds=59))
    assert refused.value.params == {"minutes": 1}
    # Another login is another matter, and so is another window.
    add_person("other")
    assert sign_in(login="other")
    assert sign_in(now=NOW + timedelta(minutes=15))


def test_unknown_logins_are_slowed_alike(installation: Flask) -> None:
    assert fail(9, "nobody") == ["session.wrong_password"] * 8 + ["session.throttled"]


def test_failures_are_told_at_each_doubling(asel: Actor) -> None:
    fail(20)
    assert counts() == [1, 2, 4, 8, 16]
    told = bodies("session.refused")
    assert [body["facts"]["code"] for body in told] == ["session.wrong_password"] * 4 + [
        "session.throttled"
    ]
    assert all(body["facts"]["person"] == asel.person for body in told)
    assert all(body["outcome"] == "refused" for body in told)
    assert all(set(body["facts"]["login"]) == {"sealed"} for body in told)
    # When the window is over, the rest is told before a new count begins.
    fail(1, now=NOW + timedelta(minutes=20))
    assert counts() == [1, 2, 4, 8, 16, 20, 1]


def test_success_tells_the_count_and_begins_anew(asel: Actor) -> None:
    fail(7)
    sign_in()
    assert counts() == [1, 2, 4, 7]
    fail(7)
    sign_in()
    assert counts() == [1, 2, 4, 7] * 2


def test_guessing_names_cannot_flood_the_trail(installation: Flask) -> None:
    for number in range(40):
        fail(1, f"guess{number}")
    assert counts() == [1, 2, 4, 8, 16, 32]
    assert all("person" not in body["facts"] for body in bodies("session.refused"))


def test_old_counts_are_dropped_and_told(asel: Actor) -> None:
    fail(3)
    fail(3, "nobody")
    assert throttle.tidy(now=NOW + timedelta(hours=1)) == 0
    assert throttle.tidy(now=NOW + timedelta(hours=25)) == 3
    with reading() as session:
        assert session.scalars(select(SignInFailure)).all() == []
    last = bodies("session.refused")[-1]["facts"]
    assert (last["count"], last["person"]) == (3, asel.person)


def test_attempts_at_the_same_time_are_all_counted(asel: Actor, installation: Flask) -> None:
    def attempt() -> None:
        with installation.app_context():
            fail(1)
            db.session.remove()

    threads = [threading.Thread(target=attempt) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with reading() as session:
        assert session.scalars(select(SignInFailure.count)).all() == [6]
