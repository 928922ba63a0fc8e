"""`bagalau init`, `migrate` and `people`: an installation and its first administrator."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine, text

from app.services import passwords
from tests.cli.console import Operator, together

PASSWORD = "бір ұзақ құпиясөз"
NAMES = ("--name-kk", "Айгүл Серікқызы", "--name-ru", "Айгуль Сериковна", "--name-en", "Aigul S.")
INIT = ("init", "--login", "Aigul@gov.kz", *NAMES)


def administrators(operator: Operator) -> list[tuple[str, str, str, str]]:
    """Login, hash, role and body of everybody who holds a role."""
    engine = create_engine(operator.url)
    query = (
        "SELECT p.login, p.password_hash, g.role, g.organisation FROM person p"
        " JOIN role_grant g ON g.person = p.code ORDER BY p.id"
    )
    with engine.connect() as connection:
        found = [(r[0], r[1], r[2], r[3]) for r in connection.execute(text(query))]
    engine.dispose()
    return found


def test_an_installation_begins_with_one_administrator(newcomer: Operator) -> None:
    by_environment = newcomer.by(BAGALAU_ADMIN_PASSWORD=PASSWORD)
    done = by_environment.run(*INIT)
    assert (done.status, done.out) == (0, ""), done
    assert PASSWORD not in done.err
    [(login, hashed, role, body)] = administrators(newcomer)
    assert (login, role, body) == ("aigul@gov.kz", "administrator", "ap")
    assert passwords.verify(hashed, PASSWORD)
    again = by_environment.run("init", "--login", "another", *NAMES)
    again.refused("already set up", "nothing was changed")
    # Before anything is asked.
    asked = newcomer.run("init")
    asked.refused("already set up")
    assert "Login" not in asked.err
    assert len(administrators(newcomer)) == 1
    assert newcomer.run("trail", "verify").status == 0


def test_an_empty_installation_that_a_command_made_can_be_begun(operator: Operator) -> None:
    operator.run("calendar", "explain", "--received", "2017-04-28", "--working-days", "5")
    assert operator.by(BAGALAU_ADMIN_PASSWORD=PASSWORD).run(*INIT).status == 0


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--login", "admin", *NAMES, "--password", "11 letters."), "at least 12 characters"),
        (("--login", "a", *NAMES, "--password", PASSWORD), "login: This login cannot be used"),
        (("--login", "a b c", *NAMES, "--password", PASSWORD), "login: This login cannot be used"),
        (
            ("--login", "admin", *NAMES[:-1], "  ", "--password", PASSWORD),
            "name_en: A required field is empty",
        ),
    ],
)
def test_what_will_not_do_is_told(operator: Operator, words: tuple[str, ...], told: str) -> None:
    operator.run("init", *words).refused(told)
    # And a second attempt is not held against the first.
    assert operator.run("init", "--login", "admin", *NAMES, "--password", PASSWORD).status == 0


def test_nobody_is_asked_where_nobody_answers(operator: Operator) -> None:
    done = operator.run("init", "--login", "admin")
    assert done.status == 1
    assert "Traceback" not in done.err


def test_two_at_once_make_one(operator: Operator) -> None:
    both = operator.by(BAGALAU_ADMIN_PASSWORD=PASSWORD)
    done = together(both.start(*INIT), both.start("init", "--login", "another", *NAMES))
    assert sorted(each.status for each in done) == [0, 1], done
    assert all("Traceback" not in each.err for each in done)
    assert len(administrators(operator)) == 1
    assert operator.run("trail", "verify").status == 0


def test_migrating_twice_changes_nothing(newcomer: Operator) -> None:
    assert "was migrated" in newcomer.run("migrate").err
    assert "up to date" in newcomer.run("migrate").err


def test_a_new_password_from_the_command_line(newcomer: Operator) -> None:
    assert newcomer.by(BAGALAU_ADMIN_PASSWORD=PASSWORD).run(*INIT).status == 0
    set_password = ("people", "set-password")
    newcomer.run(*set_password, "nobody", "--password", "twelve letters").refused("no such user")
    newcomer.run(*set_password, "aigul@gov.kz", "--password", "short").refused("12 characters")
    [(_, before, _, _)] = administrators(newcomer)
    assert passwords.verify(before, PASSWORD)
    # The login is as it is typed elsewhere: in any case.
    done = newcomer.run(*set_password, "AIGUL@gov.kz", "--password", "twelve letters")
    assert (done.status, done.out) == (0, "")
    [(_, after, _, _)] = administrators(newcomer)
    assert passwords.verify(after, "twelve letters") and not passwords.verify(after, PASSWORD)
    assert newcomer.run("trail", "verify").status == 0
