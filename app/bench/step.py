"""What a step costs: a process of two tasks, in the service and over HTTP."""

from __future__ import annotations

import statistics
import time
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from app.bench import floor
from app.bench.counting import Counter
from app.db import db, reading
from app.domain.actors import Actor, SystemActor
from app.engine.release import compile_release, read_files
from app.models.cases import CaseFile, Task
from app.models.people import Person
from app.models.trail import EVENT, OPENING
from app.services import cases, installation, people, registers, roles, tasks
from app.services.passwords import hash_password
from config.settings import ROOT, Settings

FOLDER = Path(__file__).parent / "release"
OPERATOR = SystemActor("installation")
PROCESS, ORGANISATION = "two_tasks", "mne"
THIRTY, REMINDED = "thirty", "reminded"
LOGIN, PASSWORD = "bench", "a password for the benchmark"
FIRST = {"points": 7, "urgent": False}
SECOND = {"decision": "approve"}
WARM = 20


@dataclass(frozen=True, slots=True)
class Run:
    """One measured run; times in milliseconds, `clients` 0 is in the service.

    `cpu_ms_per_completion` is that of the process which does the work, without the database
    server's. Statements and commits are counted in the service only. `bytes_per_case` is the
    saved state of a finished case, `bytes_with_events` that and its whole trail.
    """

    database: str
    process: str
    clients: int
    cases_per_s: float
    completions_per_s: float
    p50_ms: float
    p95_ms: float
    cpu_ms_per_completion: float | None
    sql_per_completion: float | None
    commits_per_completion: float | None
    bytes_per_case: float
    bytes_with_events: float
    floor_ms: float | None
    ratio_to_floor: float | None

    def told(self, floor_ms: float) -> dict[str, Any]:
        """The run as JSON, with its CPU as a multiple of the floor's on the same database."""
        spent = self.cpu_ms_per_completion
        ratio = None if spent is None else round(spent / floor_ms, 2)
        return asdict(self) | {"floor_ms": round(floor_ms, 3), "ratio_to_floor": ratio}


def prepare() -> None:
    """Make an installation of the benchmark's process with its one person, in the app context."""
    now = datetime.now(UTC)
    installation.migrate(ROOT / "migrations")
    installation.set_up(diagrams=FOLDER, name="bench", demo=False, now=now)
    code = people.create_person(
        login=LOGIN,
        names={"kk": "Өлшем", "ru": "Замер", "en": "Bench"},
        password_hash=hash_password(PASSWORD),
        actor=OPERATOR,
        now=now,
    )
    for role in ("case_officer", "first_head"):
        roles.grant_role(
            person=code,
            role=role,
            organisation=ORGANISATION,
            starts_on=date(2017, 1, 1),
            actor=OPERATOR,
            now=now,
        )


def actor(now: datetime) -> Actor:
    """The benchmark's person."""
    with reading() as session:
        code = session.scalars(select(Person.code).where(Person.login == LOGIN)).one()
        return people.actor_of(session, code, now)


def floor_ms(settings: Settings, process: str, rounds: int) -> float:
    """The floor in CPU milliseconds; a first round warms the caches of the engine."""
    release = compile_release(read_files(FOLDER))
    floor.measure(release, process, settings, 30)
    return floor.measure(release, process, settings, rounds)


def start_cases(count: int, person: Actor, process: str) -> list[int]:
    """Start `count` cases; their ids."""
    return [
        cases.start(
            process=process,
            organisation=ORGANISATION,
            actor=person,
            answers=SECOND,
            now=registers.wall_time(),
        ).id
        for _ in range(count)
    ]


def start_reminded(person: Actor, body: str) -> int:
    """Start a case with a dated task and a timer about a body; its id."""
    return cases.start(
        process=REMINDED,
        organisation=ORGANISATION,
        actor=person,
        answers={"evaluated_body": body},
        now=registers.wall_time(),
    ).id


def in_service(database: str, process: str, count: int) -> Run:
    """Complete both tasks of `count` cases through the services, one after another."""
    person = actor(datetime.now(UTC))
    warm = start_cases(WARM, person, process)
    # Counted before it is timed: to listen to every statement takes time of its own.
    with Counter(db.engine) as counter:
        counted: list[float] = []
        _complete_all(warm, person, counted)
    began = time.perf_counter()
    started = start_cases(count, person, process)
    starting = time.perf_counter() - began
    times: list[float] = []
    cpu = time.process_time()
    began = time.perf_counter()
    _complete_all(started, person, times)
    took = time.perf_counter() - began
    spent = time.process_time() - cpu
    return summed_up(
        database,
        process,
        clients=0,
        times=times,
        seconds=(starting, took),
        cpu=spent,
        per_completion=(counter.statements / len(counted), counter.commits / len(counted)),
        started=started,
    )


def summed_up(
    database: str,
    process: str,
    *,
    clients: int,
    times: list[float],
    seconds: tuple[float, float],
    cpu: float | None,
    per_completion: tuple[float, float] | None,
    started: list[int],
) -> Run:
    """Sum up; `seconds` are those of starting the cases and of completing their tasks.

    `per_completion` are statements and commits.
    """
    done, state = len(times), bytes_per_case(started)
    return Run(
        database=database,
        process=process,
        clients=clients,
        cases_per_s=round(len(started) / sum(seconds), 1),
        completions_per_s=round(done / seconds[1], 1),
        p50_ms=round(statistics.median(times), 2),
        p95_ms=round(percentile(times, 0.95), 2),
        cpu_ms_per_completion=None if cpu is None else round(cpu * 1000 / done, 2),
        sql_per_completion=round(per_completion[0], 1) if per_completion else None,
        commits_per_completion=round(per_completion[1], 2) if per_completion else None,
        bytes_per_case=round(state, 0),
        bytes_with_events=round(state + _trail_bytes(started), 0),
        floor_ms=None,
        ratio_to_floor=None,
    )


def _complete_all(started: list[int], person: Actor, times: list[float]) -> None:
    for answers in (FIRST, SECOND):
        for task_id in open_tasks(started):
            before = time.perf_counter()
            tasks.complete(
                task_id=task_id, actor=person, answers=answers, now=registers.wall_time()
            )
            times.append((time.perf_counter() - before) * 1000)


def open_tasks(started: list[int]) -> list[int]:
    """The open tasks of these cases."""
    with reading() as session:
        return list(
            session.scalars(
                select(Task.id)
                .where(Task.case_id.in_(started), Task.state == "open")
                .order_by(Task.id)
            )
        )


def bytes_per_case(started: list[int]) -> float:
    """The mean size of the saved state of these cases."""
    with reading() as session:
        found = session.scalar(
            select(func.avg(func.length(CaseFile.state))).where(CaseFile.id.in_(started))
        )
    return float(found or 0)


def _trail_bytes(started: list[int]) -> float:
    """The mean size of all that the trail has of one of these cases: bodies, hashes, openings."""
    with reading() as session:
        bodies = session.scalar(
            select(func.sum(func.length(EVENT.c.body) + func.length(EVENT.c.hash))).where(
                EVENT.c.case_id.in_(started)
            )
        )
        opened = session.scalar(
            select(func.sum(func.length(OPENING.c.value) + func.length(OPENING.c.salt)))
            .join(EVENT, EVENT.c.id == OPENING.c.event_id)
            .where(EVENT.c.case_id.in_(started))
        )
    return float((bodies or 0) + (opened or 0)) / len(started)


def percentile(times: list[float], part: float) -> float:
    """The value below which `part` of the times lie."""
    return sorted(times)[min(len(times) - 1, int(len(times) * part))]


def close() -> None:
    """Let go of the database."""
    db.session.remove()
    db.engine.dispose()
