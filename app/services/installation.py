"""Setting up an installation: database, registers, first release, first administrator."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from psycopg.errors import DeadlockDetected, InsufficientPrivilege, LockNotAvailable
from sqlalchemy import Connection, func, select, text
from sqlalchemy.exc import DBAPIError

from app.audit import events, guards, log
from app.db import db, reading, transaction
from app.domain.actors import SystemActor
from app.domain.calendar import local_day
from app.domain.refusals import Conflict, NotFound
from app.models.cases import CaseFile, Release
from app.models.people import Person
from app.models.registers import Register
from app.models.trail import EventRow
from app.operations.registers import Registers
from app.services import people, registers, releases, roles, sessions
from app.services.envelopes import envelope

INSTALLATION = SystemActor("installation")
# The Decree's entry into force (its point 2): release 1 serves acts from that day on.
FIRST_DAY = date(2017, 1, 1)


# Numbers of the advisory locks of PostgreSQL under which set-ups take turns.
SETTING_UP, MIGRATING = 3710, 371
HELD_UP_SECONDS = 15
"""How long a migration waits for a table; everybody who needs the table waits with it."""


@dataclass(frozen=True, slots=True)
class State:
    """How far an installation is set up."""

    seeded: bool
    released: bool
    people: bool
    cases: bool
    demonstration: bool
    clock: bool
    """Whether a demonstration's clock has been put somewhere: its plot was played."""


@contextmanager
def turn() -> Iterator[None]:
    """Let set-ups of one PostgreSQL database take turns; SQLite has the commands' own lock."""
    if db.engine.dialect.name != "postgresql":
        yield
        return
    # The lock of a transaction and not of a session: a pooler gives each transaction another
    # session, and the lock would stay behind with the first.
    with db.engine.begin() as connection:
        connection.execute(text(f"SELECT pg_advisory_xact_lock({SETTING_UP})"))
        yield


def outdated(connection: Connection, migrations: Path) -> bool:
    """Say whether the database has no schema, or not this version's; writes nothing."""
    return MigrationContext.configure(connection).get_current_revision() != _head(migrations)


def _head(migrations: Path) -> str | None:
    return _scripts(migrations).get_current_head()


def _scripts(migrations: Path) -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(migrations))
    return ScriptDirectory.from_config(config)


def known(migrations: Path) -> tuple[str, ...]:
    """Every revision of the schema that this version knows, the newest first."""
    return tuple(script.revision for script in _scripts(migrations).walk_revisions())


def migrate(migrations: Path) -> bool:
    """Bring the database to the newest schema; say whether it changed.

    Raises:
        Conflict: `schema.newer`, a later version of Bagalau has changed it; `schema.denied`,
            the role may not change it; `schema.busy`, its tables are held for long.
    """
    try:
        with db.engine.begin() as connection:
            return upgrade(connection, migrations)
    except DBAPIError as error:
        if isinstance(error.orig, InsufficientPrivilege):
            raise Conflict("schema.denied") from error
        if isinstance(error.orig, LockNotAvailable | DeadlockDetected):
            raise Conflict("schema.busy") from error
        raise


def upgrade(connection: Connection, migrations: Path) -> bool:
    """Run what migrations are missing and reinstall the guards; say whether there were any.

    A batch migration on SQLite drops triggers silently, so the guards are put back by one
    function after every migration. On PostgreSQL an advisory lock makes two servers that
    start at once take turns, and whoever waits for a table does not stop all others for long.

    Raises:
        Conflict: `schema.newer`.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({MIGRATING})"))
        connection.execute(text(f"SET LOCAL lock_timeout = '{HELD_UP_SECONDS}s'"))
    if not outdated(connection, migrations):
        return False
    there = MigrationContext.configure(connection).get_current_revision()
    if there is not None and there not in known(migrations):
        raise Conflict("schema.newer")
    config = Config()
    config.set_main_option("script_location", str(migrations))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    guards.install(connection)
    return True


def owns_tables() -> bool:
    """Say whether the role we sign in with could alter the tables, guards and all (PostgreSQL).

    Ownership is it, of the role itself or of one that it is a member of; a superuser is
    everybody.
    """
    if db.engine.dialect.name != "postgresql":
        return False
    query = "SELECT pg_has_role(relowner, 'MEMBER') FROM pg_class WHERE oid = 'event'::regclass"
    with reading() as session:
        return bool(session.scalar(text(query)))


def state() -> State:
    """How far this installation is set up."""
    with reading() as session:
        registers = Registers(session)
        seeded, released, person, case = (
            session.scalar(select(key).limit(1)) is not None
            for key in (Register.id, Release.id, Person.id, CaseFile.id)
        )
        clock = registers.setting("demo.clock", None) is not None
        marked = bool(registers.setting("demonstration", False))
        return State(seeded, released, person, case, clock or marked, clock)


def set_up(*, diagrams: Path, name: str, demo: bool, now: datetime) -> bool:
    """Write the registers and release 1 into an empty database; False when that was done before.

    A set-up that was interrupted between its parts is finished.

    Raises:
        ReleaseError: the diagrams do not compile; release 1 is not written.
    """
    there = state()
    if there.seeded and there.released:
        return False
    if not there.seeded:
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
    if demo and not there.demonstration:
        make_demonstration(source="set up as a demonstration", now=now)
    releases.adopt_folder(folder=diagrams, effective_from=FIRST_DAY, actor=INSTALLATION, now=now)
    return True


def make_demonstration(*, source: str, now: datetime) -> None:
    """Let an empty installation be a demonstration; nothing where it is one already.

    Its accounts share one known password, so what real people use never becomes one.

    Raises:
        Conflict: `demo.real`, there are people or cases that no demonstration made.
    """
    there = state()
    if there.demonstration:
        return
    if there.people or there.cases:
        raise Conflict("demo.real")
    registers.set_setting(
        name="demonstration", value=True, source=source, actor=INSTALLATION, now=now
    )


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


def count_events(kind: str | None = None) -> int:
    """How many events the trail has, of one kind or of all."""
    query = select(func.count()).select_from(EventRow)
    if kind is not None:
        query = query.where(EventRow.kind == kind)
    with reading() as session:
        return session.scalar(query) or 0
