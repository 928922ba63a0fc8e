"""A wider roster for measuring: the bodies of the decree several times over, as invented twins."""

from __future__ import annotations

from datetime import datetime

from app.audit import events
from app.db import reading, transaction
from app.demo.accounts import SYSTEM
from app.domain.registers import Body
from app.models import registers as tables
from app.operations.registers import Registers
from app.services import registers

BASIS = "Demonstration: invented twins of the bodies, for measuring"


def widen(*, times: int, now: datetime) -> None:
    """Let every evaluated body be there `times` times; the twins hold no role of ¶ 10."""
    if times == 1:
        return
    with reading() as session:
        bodies = Registers(session).bodies.evaluated()
    twins = [_twin(body, number) for number in range(2, times + 1) for body in bodies]
    with transaction() as session:
        entries = {twin.code: events.Change(old=None, new="twin") for twin in twins}
        change = events.RegisterChanged(register="bodies", entries=entries, basis=BASIS)
        registers.write(session, "bodies", [*twins], change, actor=SYSTEM, now=now)


def _twin(body: Body, number: int) -> tables.Body:
    return tables.Body(
        code=f"{body.code}_{number}",
        kind=body.kind,
        name_kk=f"{body.name_kk} ({number})",
        name_ru=f"{body.name_ru} ({number})",
        name_en=f"{body.name_en} ({number})",
        short_kk=f"{body.short_kk} ({number})",
        short_ru=f"{body.short_ru} ({number})",
        short_en=f"{body.short_en} ({number})",
        blocks=" ".join(map(str, body.blocks)),
        scope_excluded=body.scope_excluded,
        time_zone=body.time_zone,
        directly_under_president=body.directly_under_president,
    )
