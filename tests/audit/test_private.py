"""Private columns: under a salt in the row's digest, by the writer and by the verifier alike."""

from __future__ import annotations

import secrets

import pytest
from sqlalchemy import MetaData, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from app.audit.recheck import row_digest
from app.audit.rows import digest
from app.models.people import Person
from app.models.trail import PRIVATE, Guarded


def person(salt: bytes, name: str = "Асқар Мұратов") -> Person:
    return Person(
        id=7, stream="person/p-0007", version=1, code="p-0007", login="a.muratov",
        name_kk=name, name_ru="Аскар Муратов", name_en="Askar Muratov", language="kk",
        password_hash="$argon2id$…", active=True, salt=salt,
    )  # fmt: skip


def test_writer_and_verifier_agree() -> None:
    row = person(secrets.token_bytes(32))
    values = {column.name: getattr(row, column.name) for column in Person.__table__.columns}
    assert digest(row) == row_digest(Person.__table__, values)


def test_another_salt_gives_another_digest_and_so_does_another_name() -> None:
    salt = secrets.token_bytes(32)
    assert digest(person(salt)) != digest(person(secrets.token_bytes(32)))
    assert digest(person(salt)) != digest(person(salt, name="Асқар Мұрат"))
    assert digest(person(salt)) == digest(person(salt))


def test_a_private_column_needs_a_salt() -> None:
    class Base(DeclarativeBase):
        metadata = MetaData()

    with pytest.raises(TypeError, match="there is no salt"):

        class Unsalted(Guarded, Base):
            __tablename__ = "unsalted"

            name: Mapped[str] = mapped_column(String(9), info={PRIVATE: True})
