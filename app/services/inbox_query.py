"""The statements behind lists of tasks: each reads a bounded part of an index.

A person's tasks lie in a few lanes. Each lane is a range of an index in the order of the list,
so a page of it costs the same among a thousand tasks and among a million; so does a count,
which goes no further than `MOST`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Literal

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Row,
    Select,
    and_,
    bindparam,
    false,
    func,
    literal_column,
    select,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.orm import Session, defer

from app.domain.actors import Actor
from app.models.cases import CaseFile, Task
from app.services import visibility

View = Literal["all", "mine", "queue", "overdue"]
VIEWS: tuple[View, ...] = ("all", "mine", "queue", "overdue")
MOST = 1_000
"""So far is counted; a count of as many means that there may be more."""

Condition = ColumnElement[bool]
# The place after which a page begins: when the last task is due, and its number.
Place = tuple[datetime | None, int]
Begin = Literal["top", "dated", "undated"]
KEPT = 512
_ONE: ColumnElement[int] = literal_column("1")
_NOW, _DUE = (bindparam(name, type_=Task.due_at.type) for name in ("now", "due"))
_NUMBER = bindparam("number", type_=Task.id.type)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose tasks, and of those the ones about a block or a body.

    `barred_years` are the years in whose evaluation the actor took part (¶ 59). Statements
    are made once for each value of this and kept: making one takes longer than running it.
    """

    actor: Actor
    barred_years: frozenset[int]
    block: int | None = None
    body: str | None = None

    def branches(self, view: View) -> list[Condition]:
        """Conditions that part the tasks of a view: each a range of an index."""
        always = and_(
            visibility.OPEN,
            visibility.free_of_conflict(self.actor, self.barred_years),
            true() if self.block is None else Task.block == self.block,
            true() if self.body is None else Task.evaluated_body == self.body,
        )
        by_name, *by_role = visibility.lanes(self.actor)
        if view == "mine":
            claimed = and_(
                Task.claimed_by == self.actor.person,
                Task.assignee.is_(None),
                visibility.in_lane(self.actor),
            )
            found = [by_name, claimed]
        elif view == "queue":
            found = [and_(lane, Task.claimed_by.is_(None)) for lane in by_role]
        elif view == "overdue":
            late = and_(Task.due_at.is_not(None), Task.due_at <= _NOW)
            found = [and_(lane, late) for lane in (by_name, *by_role)]
        else:
            found = [by_name, *by_role]
        # Who has no lane has no queue.
        return [and_(always, branch) for branch in found or [false()]]


def page(
    session: Session,
    wanted: Wanted,
    view: View,
    *,
    now: datetime,
    after: Place | None,
    size: int,
    search: Condition | None = None,
) -> Sequence[Row[Task, CaseFile]]:
    """The first `size` tasks of a view after a place, soonest due first, undated ones last."""
    due, number = after or (None, None)
    begin: Begin = "top" if after is None else "undated" if due is None else "dated"
    make = _page if search is None else _page.__wrapped__
    statement = make(wanted, view, begin, size, search)
    return session.execute(statement, {"now": now, "due": due, "number": number}).all()


@lru_cache(maxsize=KEPT)
def _page(
    wanted: Wanted, view: View, begin: Begin, size: int, search: Condition | None
) -> Select[Task, CaseFile]:
    parts = [
        part.order_by(Task.due_at, Task.id).limit(size)
        for branch in wanted.branches(view)
        for part in _parts(branch if search is None else and_(branch, search), begin)
    ]
    numbers = _all_of(parts)
    return (
        select(Task, CaseFile)
        .options(defer(CaseFile.state))
        .join(CaseFile, CaseFile.id == Task.case_id)
        .where(Task.id.in_(select(numbers.c.id)))
        .order_by(Task.due_at.is_(None), Task.due_at, Task.id)
        .limit(size)
    )


def _parts(branch: Condition, begin: Begin) -> Iterable[Select[Any]]:
    """A branch's dated tasks and its undated ones, as far as they come after a place."""
    dated = select(Task.id).where(branch, Task.due_at.is_not(None))
    undated = select(Task.id).where(branch, Task.due_at.is_(None))
    if begin == "undated":
        return (undated.where(Task.id > _NUMBER),)
    if begin == "dated":
        dated = dated.where(tuple_(Task.due_at, Task.id) > tuple_(_DUE, _NUMBER))
    return (dated, undated)


def counts(session: Session, wanted: Wanted, now: datetime) -> Mapping[View, int]:
    """How many tasks each view has, `MOST` where there are as many or more."""
    found = session.execute(_counts(wanted, VIEWS), {"now": now}).one()
    return dict(zip(VIEWS, found, strict=True))


def count(session: Session, wanted: Wanted) -> int:
    """How many tasks there are, `MOST` where there are as many or more."""
    return session.scalar(_counts(wanted, ("all",))) or 0


def bodies(session: Session, wanted: Wanted) -> set[str]:
    """The bodies that the first tasks of each lane are about."""
    return {code for code in session.scalars(_bodies(wanted)) if code}


@lru_cache(maxsize=KEPT)
def _bodies(wanted: Wanted) -> Select[Any]:
    parts = [
        select(Task.evaluated_body).where(branch).order_by(Task.due_at, Task.id).limit(MOST)
        for branch in wanted.branches("all")
    ]
    return select(union_all(*(select(part.subquery()) for part in parts)).subquery()).distinct()


@lru_cache(maxsize=KEPT)
def _counts(wanted: Wanted, views: tuple[View, ...]) -> Any:
    return select(*(_count(wanted, view).label(view) for view in views))


def _count(wanted: Wanted, view: View) -> ColumnElement[int]:
    parts = [select(_ONE.label("id")).where(b).limit(MOST) for b in wanted.branches(view)]
    numbers = _all_of(parts)
    most = select(numbers.c.id).limit(MOST).subquery()
    return select(func.count()).select_from(most).scalar_subquery()


def _all_of(parts: Sequence[Select[Any]]) -> Any:
    # SQLite takes a limit within a union only inside a query of its own.
    inner: CompoundSelect[Any] = union_all(*(select(p.subquery().c.id) for p in parts))
    return inner.subquery()
