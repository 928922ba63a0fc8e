"""People and their roles: who may make them, what the trail says, and what ends with them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.db import reading
from app.domain.actors import Actor
from app.domain.refusals import Conflict, Invalid, NotAllowed, NotFound, Refusal
from app.models.cases import Task
from app.models.people import Person
from app.services import passwords, people, sessions, tasks
from tests.appcontext import NOON, PASSWORD, add_person, open_case, openings, trail
from tests.services.staff import NAMES, TODAY, create, grant


def fields(refusal: pytest.ExceptionInfo[Refusal]) -> list[tuple[str, str]]:
    return [(field.field, field.code) for field in refusal.value.fields]


def test_a_person_has_a_code_and_a_real_hash(installation: Flask) -> None:
    assert create() == "p-0001"
    assert create(login="second@gov.kz") == "p-0002"
    with reading() as session:
        row = session.scalars(select(Person).where(Person.code == "p-0001")).one()
        assert (row.login, row.language, row.active, row.version) == (
            "asel@economy.gov.kz",
            "kk",
            True,
            1,
        )
        assert row.password_hash.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
        assert people.names(session, ["p-0001", None, "p-9"]) == {"p-0001": NAMES}
        assert people.actor_of(session, "p-0001", NOON).name == NAMES["kk"]


def test_names_and_logins_are_sealed(installation: Flask) -> None:
    create()
    (row,) = trail("person.created")
    body = json.loads(row.body)
    assert (row.stream, row.seq) == ("person/p-0001", 1)
    assert body["actor"] == {"system": "installation"}
    assert set(body["facts"]["names"]) == set(body["facts"]["login"]) == {"sealed"}
    assert body["facts"]["person"] == "p-0001"
    assert any(NAMES["kk"].encode() in value for value in openings())


@pytest.mark.parametrize(
    ("given", "field", "code"),
    [
        ({"password": "11 letters!"}, "password", "password.too_short"),
        ({"password": ""}, "password", "password.too_short"),
        ({"password": "x" * 201}, "password", "form.too_long"),
        ({"login": "ab"}, "login", "person.login_bad"),
        ({"login": "a b c"}, "login", "person.login_bad"),
        ({"login": "\u200b\x00 "}, "login", "person.login_bad"),
        ({"names": {"kk": "Ә", "ru": "А"}}, "name_en", "form.required"),
        ({"names": NAMES | {"ru": "А" * 201}}, "name_ru", "form.too_long"),
        ({"names": NAMES | {"ru": "А\nБ"}}, "name_ru", "form.required"),
        ({"language": "de"}, "language", "form.not_a_choice"),
    ],
)
def test_what_will_not_do(
    installation: Flask, given: dict[str, Any], field: str, code: str
) -> None:
    with pytest.raises(Invalid) as refused:
        create(**given)
    assert fields(refused) == [(field, code)]


def test_a_demonstration_may_have_short_passwords(installation: Flask) -> None:
    assert create(password="demo", minimum=4)


def test_a_login_is_one_person_s(installation: Flask) -> None:
    create()
    with pytest.raises(Conflict, match="person.login_taken"):
        create(login=" ASEL@economy.GOV.kz ")


def test_only_who_manages_people_may(installation: Flask, admin: Actor) -> None:
    officer = add_person("officer", ("case_officer", "mne"), ("first_head", "mne"))
    attempts: list[Callable[[Actor], object]] = [
        lambda actor: create(actor, login="third@gov.kz"),
        lambda actor: grant(officer.person, "auditor", actor=actor),
        lambda actor: people.end_role(grant=1, ends_on=TODAY, actor=actor, now=NOON),
        lambda actor: people.deactivate(person=admin.person, actor=actor, now=NOON),
        lambda actor: people.change_password(
            person=admin.person, new=PASSWORD, actor=actor, now=NOON
        ),
        lambda actor: people.set_language(
            person=admin.person, language="ru", actor=actor, now=NOON
        ),
        lambda actor: sessions.revoke_all(person=admin.person, actor=actor, now=NOON),
    ]
    for attempt in attempts:
        with pytest.raises(NotAllowed, match="permission.denied"):
            attempt(officer)
    told = [json.loads(row.body)["facts"]["attempted"] for row in trail("act.refused")]
    assert told == [
        "person.create",
        "role.grant",
        "role.end",
        "person.deactivate",
        "person.password",
        "person.language",
        "session.revoke",
    ]
    with pytest.raises(NotAllowed):
        people.people_page(actor=officer, now=NOON)
    assert create(admin, login="third@gov.kz") == "p-0003"
    assert json.loads(trail("person.created")[-1].body)["actor"] == {
        "person": admin.person,
        "role": "administrator",
        "organisation": "mne",
        "acting": False,
    }


def test_deactivation_ends_access_and_gives_tasks_back(installation: Flask, admin: Actor) -> None:
    asel = add_person("asel", ("case_officer", "mne"))
    first, second, other = open_case(), open_case(), open_case()
    colleague = add_person("colleague", ("case_officer", "mne"))
    for case in (first, second):
        tasks.claim(task_id=case.task, actor=asel, now=NOON)
    tasks.claim(task_id=other.task, actor=colleague, now=NOON)
    token = sessions.sign_in(login="asel", password=PASSWORD, now=NOON, hours=12)
    assert people.deactivate(person=asel.person, actor=admin, now=NOON) == 2
    assert sessions.find(token, NOON) is None
    with reading() as session:
        holders = session.scalars(select(Task.claimed_by).order_by(Task.id)).all()
        with pytest.raises(NotAllowed, match="person.inactive"):
            people.actor_of(session, asel.person, NOON)
    assert holders == [None, None, colleague.person]
    released = [json.loads(row.body) for row in trail("task.released")]
    assert [body["stream"] for body in released] == [f"case/{first.id}", f"case/{second.id}"]
    assert all(body["facts"]["person"] == asel.person for body in released)
    assert all(body["actor"]["person"] == admin.person for body in released)
    (changed,) = trail("person.changed")
    assert json.loads(changed.body)["facts"]["changes"] == {"active": {"new": False, "old": True}}
    # Once more changes nothing, and somebody else may now take the task.
    assert people.deactivate(person=asel.person, actor=admin, now=NOON) == 0
    assert len(trail("person.changed")) == 1
    tasks.claim(task_id=first.task, actor=colleague, now=NOON)
    with pytest.raises(Invalid, match="person.inactive"):
        grant(asel.person, "auditor")


def test_a_new_password_ends_the_other_sessions(installation: Flask) -> None:
    asel = add_person("asel", ("case_officer", "mne"))
    here = sessions.sign_in(login="asel", password=PASSWORD, now=NOON, hours=12)
    there = sessions.sign_in(login="asel", password=PASSWORD, now=NOON, hours=12)
    found = sessions.find(here, NOON)
    assert found is not None
    new = "тағы бір ұзақ құпиясөз"
    for old in ("", None, "wrong"):
        with pytest.raises(Invalid) as refused:
            people.change_password(person=asel.person, old=old, new=new, actor=asel, now=NOON)
        assert fields(refused) == [("old", "password.wrong")]
    with pytest.raises(Invalid) as refused:
        people.change_password(person=asel.person, old=PASSWORD, new="short", actor=asel, now=NOON)
    assert fields(refused) == [("new", "password.too_short")]
    people.change_password(
        person=asel.person,
        old=PASSWORD,
        new=new,
        actor=asel,
        now=NOON,
        session_id=found.session,
    )
    assert sessions.find(here, NOON) is not None
    assert sessions.find(there, NOON) is None
    with pytest.raises(NotAllowed):
        sessions.sign_in(login="asel", password=PASSWORD, now=NOON, hours=12)
    assert sessions.sign_in(login="asel", password=new, now=NOON, hours=12)
    (row,) = trail("person.changed")
    assert json.loads(row.body)["facts"]["changes"] == {"password": {"new": None, "old": None}}
    assert new.encode() not in row.body


def test_an_administrator_gives_a_new_password(installation: Flask, admin: Actor) -> None:
    asel = add_person("asel")
    people.change_password(person=asel.person, new="жаңа құпиясөз 1", actor=admin, now=NOON)
    assert sessions.sign_in(login="asel", password="жаңа құпиясөз 1", now=NOON, hours=1)
    assert json.loads(trail("person.changed")[0].body)["actor"]["person"] == admin.person
    with pytest.raises(NotFound):
        people.change_password(person="p-9999", new=PASSWORD, actor=admin, now=NOON)


def test_a_language_is_kept(installation: Flask) -> None:
    asel = add_person("asel")
    for _ in range(2):
        people.set_language(person=asel.person, language="ru", actor=asel, now=NOON)
    with reading() as session:
        actor = people.actor_of(session, asel.person, NOON)
    assert (actor.language, actor.name) == ("ru", "asel р")
    assert len(trail("person.changed")) == 1
    with pytest.raises(Invalid):
        people.set_language(person=asel.person, language="de", actor=asel, now=NOON)


def test_the_list_shows_roles_past_and_present(installation: Flask, admin: Actor) -> None:
    person = create()
    grant(person, ends_on=TODAY + timedelta(days=3))
    number = grant(person, body="akmola", starts_on=TODAY - timedelta(days=9))
    people.end_role(grant=number, ends_on=TODAY - timedelta(days=1), actor=admin, now=NOON)
    first, second = people.people_page(actor=admin, now=NOON).people
    assert (first.code, [g.role for g in first.grants]) == (admin.person, ["administrator"])
    assert (second.names, second.active) == (NAMES, True)
    assert [(g.organisation, g.in_force, g.ends_on) for g in second.grants] == [
        ("mne", True, TODAY + timedelta(days=3)),
        ("akmola", False, TODAY - timedelta(days=1)),
    ]


def test_one_hash_serves_a_whole_demonstration(
    installation: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = passwords.hash_password("demo-password")

    def never(_password: str) -> str:
        raise AssertionError("hashed again")

    monkeypatch.setattr(passwords, "hash_password", never)
    for number in range(3):
        create(login=f"user{number}", password=None, password_hash=shared)
    for number in range(3):
        assert sessions.sign_in(login=f"user{number}", password="demo-password", now=NOON, hours=1)
