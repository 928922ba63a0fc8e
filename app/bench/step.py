"""`bagalau bench step`: a two-task process, in the service and over HTTP, on both databases."""

from __future__ import annotations

import statistics
import time
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from app.bench import floor
from app.bench.counting import Counter
from app.db import db, reading
from app.domain.actors import Actor, SystemActor
from app.engine.release import compile_release, read_files
from app.models.cases import CaseFile, Task
from app.models.people import Person
from app.services import cases, people, registers, releases, roles, tasks
from app.services.passwords import hash_password

FOLDER = Path(__file__).parent / "release"
OPERATOR = SystemActor("installation")
LOGIN, PASSWORD = "bench", "a password for the benchmark"
FIRST = {"points": 7, "urgent": False}
SECOND = {"decision": "approve"}


@dataclass(frozen=True, slots=True)
class Run:
    """One measured run; times in milliseconds, `clients` 0 is in the service."""

    database: str
    process: str
    clients: int
    cases_per_s: float
    completions_per_s: float
    p50_ms: float
    p95_ms: float
    cpu_ms_per_completion: float
    sql_per_completion: float
    commits_per_completion: float
    bytes_per_case: float
    ratio_to_floor: float

    def told(self) -> dict[str, Any]:
        """The run as JSON."""
        return asdict(self)


def prepare(now: datetime) -> None:
    """Adopt the benchmark's release and make its one person."""
    releases.adopt_folder(folder=FOLDER, effective_from=date(2017, 1, 1), actor=OPERATOR, now=now)
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
            organisation="mne",
            starts_on=date(2017, 1, 1),
            actor=OPERATOR,
            now=now,
        )


def actor(now: datetime) -> Actor:
    """The benchmark's person."""
    with reading() as session:
        code = session.scalars(select(Person.code).where(Person.login == LOGIN)).one()
        return people.actor_of(session, code, now)


def floor_ms(folder: Path, rounds: int) -> float:
    """The floor in CPU milliseconds; a first round warms the caches of the engine."""
    release = compile_release(read_files(FOLDER))
    warm = folder / "warm"
    warm.mkdir()
    floor.measure(release, warm, 30)
    return floor.measure(release, folder, rounds)


def start_cases(count: int, person: Actor) -> list[int]:
    """Start `count` cases; their ids."""
    return [
        cases.start(
            process="two_tasks",
            organisation="mne",
            actor=person,
            answers=SECOND,
            now=registers.wall_time(),
        ).id
        for _ in range(count)
    ]


def in_service(app: Flask, database: str, count: int, floor_cpu: float) -> Run:
    """Complete both tasks of `count` cases through the services, one after another."""
    with app.app_context():
        person = actor(datetime.now(UTC))
        _complete_all(start_cases(20, person), person, [])
        began = time.perf_counter()
        started = start_cases(count, person)
        starting = time.perf_counter() - began
        times: list[float] = []
        counter = Counter(db.engine)
        cpu = time.process_time()
        began = time.perf_counter()
        with counter:
            _complete_all(started, person, times)
        took = time.perf_counter() - began
        spent = (time.process_time() - cpu) * 1000 / len(times)
        return Run(
            database=database,
            process="two_tasks",
            clients=0,
            cases_per_s=round(count / (starting + took), 1),
            completions_per_s=round(len(times) / took, 1),
            p50_ms=round(statistics.median(times), 2),
            p95_ms=round(percentile(times, 0.95), 2),
            cpu_ms_per_completion=round(spent, 2),
            sql_per_completion=round(counter.statements / len(times), 1),
            commits_per_completion=round(counter.commits / len(times), 2),
            bytes_per_case=bytes_per_case(started),
            ratio_to_floor=round(spent / floor_cpu, 2),
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
    return round(float(found or 0), 0)


def percentile(times: list[float], part: float) -> float:
    """The value below which `part` of the times lie."""
    return sorted(times)[min(len(times) - 1, int(len(times) * part))]
