"""Sessions as rows, on both databases: what ends, ends; what is guessed, is slowed and told."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import event, select, update

from app.db import db, reading
from app.domain.actors import Actor
from app.domain.refusals import NotAllowed, NotFound
from app.models.people import Person, SignIn
from app.services import passwords, people, registers, sessions
from tests.appcontext import PASSWORD, SYSTEM, add_person, openings, run, trail
from tests.services.door import NOW, WRONG, bodies, sign_in


def test_a_session_is_a_row_with_a_hash_of_its_token(asel: Actor) -> None:
    token = sign_in(PASSWORD, " ASEL@economy.gov.kz", address="192.0.2.7")
    with reading() as session:
        (row,) = session.scalars(select(SignIn)).all()
        assert row.token_sha256 == hashlib.sha256(token.encode()).digest()
        assert row.expires_at == NOW + timedelta(hours=12)
    found = sessions.find(token, NOW)
    assert found is not None
    assert (found.person, found.language) == (asel.person, "kk")
    assert found.actor(()).name == "asel@economy.gov.kz қ"
    (opened,) = trail("session.opened")
    facts = json.loads(opened.body)["facts"]
    assert (opened.stream, opened.seq, opened.actor) == ("sessions", None, asel.person)
    assert (facts["person"], facts["method"], facts["session"]) == (
        asel.person,
        "password",
        found.session,
    )
    assert b"192.0.2.7" not in opened.body
    assert b'"192.0.2.7"' in openings()
    assert all(token.encode() not in row.body for row in trail("session.opened"))


def test_tokens_are_long_and_never_the_same(asel: Actor) -> None:
    tokens = {sign_in() for _ in range(3)}
    assert len(tokens) == 3
    assert all(len(token) >= 43 for token in tokens)


@pytest.mark.parametrize("forged", ["", "x", "\ud800", "0" * 43, "' OR 1=1 --"])
def test_a_forged_token_is_worth_nothing(asel: Actor, forged: str) -> None:
    sign_in()
    assert sessions.find(forged, NOW) is None
    sessions.sign_out(token=forged, now=NOW)
    assert trail("session.closed") == []


def test_the_hash_in_the_database_opens_nothing(asel: Actor) -> None:
    sign_in()
    with reading() as session:
        digest = session.scalars(select(SignIn.token_sha256)).one()
    assert sessions.find(digest.hex(), NOW) is None
    assert sessions.find(digest.decode("latin-1"), NOW) is None


def test_signed_out_is_out(asel: Actor) -> None:
    token = sign_in()
    for _ in range(2):
        sessions.sign_out(token=token, now=NOW + timedelta(minutes=5))
    assert sessions.find(token, NOW + timedelta(minutes=5)) is None
    (closed,) = bodies("session.closed")
    assert closed["facts"]["how"] == "signed_out"
    assert closed["actor"] == {"person": asel.person}


def test_a_session_ends_by_its_time(asel: Actor) -> None:
    token = sign_in(hours=1)
    assert sessions.find(token, NOW + timedelta(minutes=59, seconds=59)) is not None
    for _ in range(2):
        assert sessions.find(token, NOW + timedelta(hours=1)) is None
    (closed,) = bodies("session.closed")
    assert (closed["facts"]["how"], closed["actor"]) == ("expired", {"system": "timer"})


def test_expired_sessions_are_closed_without_a_request(asel: Actor) -> None:
    for hours in (1, 2, 9):
        sign_in(hours=hours)
    assert sessions.close_expired(now=NOW + timedelta(hours=3)) == 2
    assert sessions.close_expired(now=NOW + timedelta(hours=3)) == 0


def test_revoked_sessions_are_worth_nothing(asel: Actor) -> None:
    tokens = [sign_in() for _ in range(2)]
    assert sessions.revoke_all(person=asel.person, actor=asel, now=NOW) == 2
    assert [sessions.find(token, NOW) for token in tokens] == [None, None]
    assert [body["facts"]["how"] for body in bodies("session.closed")] == ["revoked"] * 2


def test_somebody_inactive_has_no_session(asel: Actor) -> None:
    token = sign_in()
    people.deactivate(person=asel.person, actor=SYSTEM, now=NOW)
    assert sessions.find(token, NOW) is None
    with pytest.raises(NotAllowed, match="person.inactive"):
        sign_in()
    with pytest.raises(NotAllowed, match="session.wrong_password"):
        sign_in(WRONG)


def test_a_request_costs_one_query_and_a_write_a_minute(asel: Actor) -> None:
    token = sign_in()
    asked: list[str] = []

    def count(_c: object, _k: object, statement: str, *_rest: object) -> None:
        if not statement.startswith("BEGIN"):
            asked.append(statement.split()[0])

    event.listen(db.engine, "before_cursor_execute", count)
    try:
        for seconds in (0, 30, 59, 60, 61, 119, 120):
            assert sessions.find(token, NOW + timedelta(seconds=seconds)) is not None
    finally:
        event.remove(db.engine, "before_cursor_execute", count)
    assert asked.count("SELECT") == 7
    assert asked.count("UPDATE") == 2
    assert len(asked) == 9


def test_a_wrong_password_and_an_unknown_login_look_alike(asel: Actor) -> None:
    told = []
    for login in ("asel@economy.gov.kz", "nobody@economy.gov.kz", "", "\x00", "\ud800" * 300):
        with pytest.raises(NotAllowed) as refused:
            sign_in(WRONG, login)
        told.append((refused.value.code, refused.value.params))
    assert told == [("session.wrong_password", {})] * 5


def test_parameters_of_today_are_taken_over(asel: Actor) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    person = people.create_person(
        login="old@gov.kz",
        names={"kk": "Ә", "ru": "А", "en": "A"},
        password_hash=weak.hash(PASSWORD.encode()),
        actor=SYSTEM,
        now=NOW,
    )
    sign_in(login="old@gov.kz")
    with reading() as session:
        fresh = session.scalars(select(Person.password_hash).where(Person.code == person)).one()
    assert fresh.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    (changed,) = bodies("person.changed")
    assert set(changed["facts"]["changes"]) == {"password_hash"}
    sign_in(login="old@gov.kz")
    assert len(trail("person.changed")) == 1


def test_a_password_changed_meanwhile_lets_nobody_in(
    asel: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = passwords.verify

    def slow(hashed: str | None, password: str) -> bool:
        right = real(hashed, password)
        if password == PASSWORD:
            people.change_password(person=asel.person, new=WRONG, actor=SYSTEM, now=NOW)
        return right

    monkeypatch.setattr(passwords, "verify", slow)
    with pytest.raises(NotAllowed):
        sign_in()
    assert trail("session.opened") == []


def test_entering_without_a_password_is_for_demonstrations(asel: Actor) -> None:
    with pytest.raises(NotAllowed, match="demo.only"):
        sessions.enter_demonstration(person=asel.person, now=NOW, hours=12)
    registers.set_setting(name="demonstration", value=True, source="tests", actor=SYSTEM, now=NOW)
    token = sessions.enter_demonstration(person=asel.person, now=NOW, hours=12)
    assert sessions.find(token, NOW) is not None
    assert bodies("session.opened")[0]["facts"]["method"] == "demonstration"
    with pytest.raises(NotFound):
        sessions.enter_demonstration(person="p-9999", now=NOW, hours=12)


def test_a_session_moved_to_another_person_is_not_hidden(asel: Actor) -> None:
    # Not under guard: sessions are no facts. But the trail has who opened it.
    token = sign_in()
    other = add_person("other")
    run(update(SignIn).values(person=other.person))
    assert sessions.find(token, NOW) is not None
    assert bodies("session.opened")[0]["facts"]["person"] == asel.person
