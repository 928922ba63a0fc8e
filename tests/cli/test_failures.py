"""What stops a command is one sentence, whatever the database did."""

from __future__ import annotations

from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.cli.failures import sentence
from app.db import Unsettled


def test_a_database_that_fails_is_one_sentence_without_its_statement() -> None:
    away = OperationalError("SELECT secret", {"name": "Асель"}, Exception("no server\nmore"))
    told = [sentence(error) or "" for error in (away, PoolTimeout("x"), Unsettled("x"))]
    assert "no server" in told[0] and "BAGALAU_DATABASE_URL" in told[0]
    assert "busy" in told[1] and "again" in told[1]
    assert "not known" in told[2] and "Look" in told[2]
    assert not any("secret" in one or "Асель" in one or "\n" in one for one in told)


def test_a_fault_of_the_program_keeps_its_traceback() -> None:
    assert sentence(ZeroDivisionError()) is None
