"""The engine's way out: operations, and the functions that expressions may call."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from app.db import OUTAGES
from app.domain import calendar, instants
from app.domain.refusals import Refusal
from app.domain.rules.schedule import TERMS
from app.engine.errors import EngineError
from app.models.facts import ScheduleDraft
from app.operations import OPERATIONS
from app.operations.context import Context
from app.operations.schedule import in_force


class UnknownOperation(Exception):
    """A diagram names an operation that the catalogue does not have."""


class CaseHost:
    """Runs the operations of one act and answers its expressions' questions.

    Every call is recorded by the engine with its answer, so that the act can be executed
    again from the trail alone.
    """

    def __init__(self, context: Context) -> None:
        """Serve one act."""
        self._context = context
        self._order: ScheduleDraft | None = None
        self._outage: Exception | None = None
        self.functions: Mapping[str, Callable[..., Any]] = {
            "working_days_after": self._noting(self.working_days_after),
            "calendar_days_after": self._noting(self.calendar_days_after),
            "schedule": self._noting(self.schedule),
        }

    @contextmanager
    def outages_told(self) -> Iterator[None]:
        """Raise what the database failed with, which the engine takes for a fault of the model.

        A model that failed is an incident and waits for people; a database comes back.
        """
        try:
            yield
        except EngineError:
            if self._outage is not None:
                raise self._outage from None
            raise

    def _noting(self, asked: Callable[..., Any]) -> Callable[..., Any]:
        def answer(*given: Any, **named: Any) -> Any:
            try:
                return asked(*given, **named)
            except OUTAGES as error:
                self._outage = error
                raise

        return answer

    def operate(self, name: str, parameters: Mapping[str, Any]) -> Any:
        """Run the operation `name`.

        Raises:
            Refusal: a rule refused the act.
            UnknownOperation: the catalogue has no such operation.
        """
        operation = OPERATIONS.get(name)
        if operation is None:
            raise UnknownOperation(name)
        return self._noting(operation)(self._context, **parameters)

    def working_days_after(self, moment: str, count: int) -> str:
        """The instant at which a term of `count` working days after `moment` ends, ISO."""
        return _end(
            calendar.working_days_after(
                self._context.registers.calendar, datetime.fromisoformat(moment), count
            )
        )

    def calendar_days_after(self, moment: str, count: int) -> str:
        """The instant at which a term of `count` calendar days ends, rolled on, ISO."""
        return _end(
            calendar.calendar_days_after(
                self._context.registers.calendar, datetime.fromisoformat(moment), count
            )
        )

    def schedule(self, step: str) -> str:
        """The instant at which a step of the schedule in force ends (¶ 7), ISO."""
        order = self._in_force()
        if order is None or step not in TERMS:
            raise Refusal("schedule.order_missing", paragraph="8")
        return instants.text(calendar.day_ends_at(getattr(order, step)))

    def _in_force(self) -> ScheduleDraft | None:
        """The schedule in force; read once, since a diagram asks it for a task and its timer."""
        if self._order is None:
            self._order = in_force(self._context.session, self._context.case.year)
        return self._order


def _end(term: calendar.Term) -> str:
    return instants.text(term.ends_at)
