"""Setting up an installation: database, registers, first release, first administrator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, func, select, text

from app.audit import events, guards, log
from app.db import db, reading, transaction
from app.domain.actors import SystemActor
from app.domain.calendar import local_day
from app.domain.refusals import Conflict, NotFound
from app.models.cases import CaseFile
from app.models.people import Person
from app.models.registers import Register
from app.models.trail import EventRow
from app.operations.registers import Registers
from app.services import people, registers, releases, roles, sessions
from app.services.envelopes import envelope

INSTALLATION = SystemActor("installation")
# The Decree's entry into force (its point 2): release 1 serves acts from that day on.
FIRST_DAY = date(2017, 1, 1)


@dataclass(frozen=True, slots=True)
class State:
    """How far an installation is set up."""

    seeded: bool
    people: bool
    demonstration: bool


def migrate(migrations: Path) -> bool:
    """Bring the database to the newest schema; say whether it changed."""
    with db.engine.begin() as connection:
        return upgrade(connection, migrations)


def upgrade(connection: Connection, migrations: Path) -> bool:
    """Run what migrations are missing and reinstall the guards; say whether there were any.

    A batch migration on SQLite drops triggers silently, so the guards are put back by one
    function after every migration. On PostgreSQL an advisory lock makes two servers that
    start at once take turns.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(371)"))
    config = Config()
    config.set_main_option("script_location", str(migrations))
    head = ScriptDirectory.from_config(config).get_current_head()
    if MigrationContext.configure(connection).get_current_revision() == head:
        return False
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    guards.install(connection)
    return True


def state() -> State:
    """How far this installation is set up."""
    with reading() as session:
        return State(
            seeded=session.scalar(select(Register.id).limit(1)) is not None,
            people=session.scalar(select(Person.id).limit(1)) is not None,
            demonstration=Registers(session).setting("demo.clock", None) is not None
            or _is_demonstration(),
        )


def _is_demonstration() -> bool:
    with reading() as session:
        return bool(Registers(session).setting("demonstration", False))


def set_up(*, diagrams: Path, name: str, demo: bool, now: datetime) -> bool:
    """Write the registers and release 1 into an empty database; False when that was done before.

    Raises:
        ReleaseError: the diagrams do not compile; nothing is written.
    """
    if state().seeded:
        return False
    with transaction() as session:
        # Two set-ups at once: the second one's first event collides with the first one's.
        log.append(
            session,
            events.InstallationCreated(name=name, origin=f"bagalau/{name}", demo=demo),
            envelope(now=now, actor=INSTALLATION),
            stream="installation",
            expected_seq=1,
        )
        registers.seed(session, actor=INSTALLATION, now=now)
    releases.adopt_folder(folder=diagrams, effective_from=FIRST_DAY, actor=INSTALLATION, now=now)
    if demo:
        registers.set_setting(
            name="demonstration",
            value=True,
            source="set up as a demonstration",
            actor=INSTALLATION,
            now=now,
        )
    return True


def require_empty() -> None:
    """Refuse to set up what has people already.

    Raises:
        Conflict: `init.already`.
    """
    if state().people:
        raise Conflict("init.already")


def first_administrator(
    *, login: str, names: Mapping[str, str], password: str, now: datetime
) -> str:
    """Make the first person, who manages people and calendar from then on; the code.

    The role is held in the Administration of the President, which the decree puts over the
    evaluation (¶ 8, 12); it carries no part in any evaluation.

    Raises:
        Invalid: login, names or password will not do.
    """
    with reading() as session:
        today = local_day(now)
        place = Registers(session).mandates.holder("presidential_administration", today)
    person = people.create_person(
        login=login, names=names, password=password, actor=INSTALLATION, now=now
    )
    roles.grant_role(
        person=person,
        role="administrator",
        organisation=place,
        starts_on=today,
        actor=INSTALLATION,
        now=now,
    )
    return person


def reset_password(*, login: str, password: str, now: datetime) -> None:
    """Give a person a new password from the command line, as the installation.

    Raises:
        NotFound: `person.not_found`.
    """
    with reading() as session:
        code = session.scalar(
            select(Person.code).where(Person.login == sessions.normal_login(login))
        )
    if code is None:
        raise NotFound("person.not_found")
    people.change_password(person=code, new=password, actor=INSTALLATION, now=now)


def count_events() -> int:
    """How many events the trail has."""
    with reading() as session:
        return session.scalar(select(func.count()).select_from(EventRow)) or 0


def clock_is_set() -> bool:
    """Say whether a demonstration's clock has been put somewhere."""
    with reading() as session:
        return Registers(session).setting("demo.clock", None) is not None


def has_cases() -> bool:
    """Say whether any case was ever started here."""
    with reading() as session:
        return session.scalar(select(CaseFile.id).limit(1)) is not None
