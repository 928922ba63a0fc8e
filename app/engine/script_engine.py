"""One act: the only way from the model to expressions, functions and operations.

SpiffWorkflow asks the workflow's script engine for everything that a diagram computes;
this one knows only the expression language, and writes down whatever comes from outside.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Protocol

from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine

from app.domain.refusals import Refusal
from app.engine.bounds import CALL, MOST_STEPS, Meter
from app.engine.elements import Element
from app.engine.errors import EngineError
from app.engine.expressions import Expression, compile_expression, compile_script
from app.engine.expressions import run_script as run
from app.engine.guards import PURE, ExpressionError
from app.engine.keys import element_of, key_of, process_of
from app.engine.repair import NONE, Repair
from app.engine.rewriting import HANDED_IN
from app.engine.step import Call, Sent, Visit
from app.engine.values import Json, NotAValue, normalise, normalise_object


class Host(Protocol):
    """What the service layer hands in for one act.

    `operate` runs an operation of the catalogue; `functions` are those that expressions may
    call. A `Refusal` from either refuses the act; any other exception is an incident. Answers
    are JSON without fractions.
    """

    @property
    def functions(self) -> Mapping[str, Callable[..., Json]]:
        """The functions that expressions may call, by name (`rewriting.HANDED_IN`)."""
        ...

    def operate(self, name: str, parameters: Mapping[str, Json]) -> Json:
        """Run the operation `name`."""
        ...


class Act(PythonScriptEngine):  # type: ignore[misc]  # SpiffWorkflow ships no types
    """Evaluates, executes, calls out and records, for the length of one act.

    `now` is the act's time (UTC); nothing here reads a clock. `repair` is what this attempt of
    the act does otherwise than the diagram says.
    """

    def __init__(self, host: Host, now: datetime, repair: Repair | None = None) -> None:
        # The library's environment runs Python's own eval; it is not made at all.
        if now.tzinfo is None:
            raise ValueError("an act's time carries its zone")
        self.host = host
        self.repair = repair or NONE
        self.now = now.astimezone(UTC)
        self.calls: list[Call] = []
        self.sent: list[Sent] = []
        self.visits: list[Visit] = []
        self.meter = Meter()
        self._steps = 0
        recorded = {name: self._recorder(name) for name in HANDED_IN}
        self._functions: dict[str, Callable[..., Json]] = {**PURE, **recorded}

    def step(self, task: Any) -> None:
        """Count one step of the model.

        Raises:
            EngineError: `too_many_steps`: the model runs in a circle.
        """
        self._steps += 1
        if self._steps > MOST_STEPS:
            raise failure(task, "too_many_steps", f"more than {MOST_STEPS} in one act")

    def evaluate(self, task: Any, expression: str, external_context: object = None) -> Any:
        """Evaluate an expression over a task's data.

        Raises:
            EngineError: the expression failed; it names the task's element.
        """
        try:
            compiled = compile_expression(expression)
            self.meter.evaluating(compiled, task.data)
            return compiled.evaluate(task.data, self._functions)
        except ExpressionError as error:
            detail = f"{error.detail} in: {expression.strip()}"
            raise failure(task, error.code, detail) from None

    def evaluate_with(
        self, task: Any, expression: Expression, extra: Mapping[str, Json] | None
    ) -> Any:
        """Evaluate a compiled expression with names besides the task's data (a table's input).

        Raises:
            ExpressionError: the expression failed.
        """
        self.meter.evaluating(expression, {**task.data, **extra} if extra else task.data)
        return expression.evaluate(task.data, self._functions, extra)

    def value(self, task: Any, expression: str) -> Json:
        """Evaluate an expression whose result is kept: JSON without fractions.

        Raises:
            EngineError: it failed, or a case cannot hold the result (`not_a_value`).
        """
        return self.kept(task, self.evaluate(task, expression), expression)

    def kept(self, task: Any, value: object, what: str) -> Json:
        """Copy a value that the case, or the record of the act, is to keep.

        Raises:
            EngineError: `not_a_value`, or `too_much_work`: the act keeps too much.
        """
        try:
            copied = normalise(value)
            self.meter.keeping(copied)
        except NotAValue as error:
            raise failure(task, "not_a_value", f"{error}: {what}") from None
        except ExpressionError as error:
            raise failure(task, error.code, f"{error.detail}: {what}") from None
        return copied

    def word(self, task: Any, expression: str, what: str) -> str:
        """Evaluate an expression that gives a code (of a body, a person, a case).

        Raises:
            EngineError: it failed, or gives no text (`not_a_code`).
        """
        value = self.value(task, expression)
        if not isinstance(value, str) or not value:
            raise failure(task, "not_a_code", f"{what}: {expression}")
        return value

    def instant(self, task: Any, expression: str) -> str:
        """Evaluate an expression that gives an instant; return it in UTC, ISO 8601 with `Z`.

        Raises:
            EngineError: it failed, or gives no instant with a zone (`not_an_instant`).
        """
        value = self.value(task, expression)
        try:
            moment = datetime.fromisoformat(value)
            if moment.tzinfo is None:
                raise ValueError(value)
        except (TypeError, ValueError):
            raise failure(task, "not_an_instant", f"{value!r} from: {expression}") from None
        return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")

    def execute(self, task: Any, script: str, external_context: object = None) -> bool:
        """Run a script's assignments; the task's data is replaced, never changed in place.

        Raises:
            EngineError: the script failed.
        """
        try:
            written = run(compile_script(script), task.data, self._functions, self.meter)
        except ExpressionError as error:
            raise failure(task, error.code, error.detail) from None
        task.data = {**task.data, **written}
        return True

    def validate(self, expression: str) -> None:
        """Compile an expression and forget it."""
        compile_expression(expression)

    def skips(self, task: Any) -> bool:
        """Whether a task is not executed in this attempt."""
        return bool(self.repair.skip) and task.task_spec.bpmn_id in self.repair.skip

    def given(self) -> dict[str, Json]:
        """A copy of the fields that have a given value in this attempt.

        Raises:
            NotAValue: one holds something that a case cannot.
        """
        return normalise_object(dict(self.repair.data))

    def call_service(self, task: Any, **kwargs: Any) -> None:
        """Run the operation of a service task, unless it is skipped, and store its result.

        Overrides the library's, which turns every exception into a NameError.

        Raises:
            Refusal: a rule refused the act.
            EngineError: the operation failed, or a parameter did.
        """
        element: Element = task.task_spec.element
        if self.skips(task):
            self._store(task, self.kept(task, self.repair.skip[element.id], "a given result"))
            return
        name = element.operation or ""
        parameters = self.parameters(task, element)
        try:
            # The operation gets a copy: what it does to it does not reach the case.
            answer = self.host.operate(name, normalise(parameters))
        except (Refusal, EngineError):
            raise
        except Exception as error:
            detail = f"{name}: {type(error).__name__}: {error}"
            raise failure(task, "operation_failed", detail) from error
        result = self.kept(task, answer, f"result of {name}")
        self.calls.append(Call(name, parameters, result))
        self._store(task, result)

    def _store(self, task: Any, result: Json) -> None:
        name = task.task_spec.element.result
        if name:
            task.data = {**task.data, name: result}

    def parameters(self, task: Any, element: Element) -> dict[str, Json]:
        """Evaluate the parameters of an operation or a message, in order."""
        return {p.name: self.value(task, p.expression) for p in element.parameters}

    def send(self, task: Any, message: str) -> None:
        """Note a message that is to be delivered after commit.

        Raises:
            EngineError: a parameter or the address failed.
        """
        element: Element = task.task_spec.element
        to: str | None = None
        if element.to:
            address = self.value(task, element.to)
            if isinstance(address, bool) or not isinstance(address, str | int) or address == "":
                raise failure(task, "not_a_code", f"to: {element.to}")
            to = str(address)
        payload = self.parameters(task, element)
        self.sent.append(Sent(message, payload, to, element.starts, element.id))

    def visit(self, task: Any) -> None:
        """Note that an element was finished."""
        self.visits.append(Visit(element_of(task), key_of(task), process_of(task)))

    def _recorder(self, name: str) -> Callable[..., Json]:
        def recorded(*arguments: Any) -> Json:
            function = self.host.functions.get(name)
            if function is None:
                raise ExpressionError("unknown_function", name)
            try:
                given = [normalise(argument) for argument in arguments]
                self.meter.spend(CALL)
                result = normalise(function(*normalise(given)))
                self.meter.keeping(given, result)
            except (Refusal, EngineError, ExpressionError):
                raise
            except NotAValue as error:
                raise ExpressionError("not_a_value", f"{name}: {error}") from None
            except Exception as error:
                text = f"{name}: {type(error).__name__}: {error}"
                raise ExpressionError("function_failed", text) from error
            self.calls.append(Call(name, {"arguments": given}, result))
            return result

        return recorded


def failure(task: Any, code: str, detail: str) -> EngineError:
    """An `EngineError` at a task's element."""
    element: Element | None = getattr(task.task_spec, "element", None)
    line = element.line if element is not None else 0
    return EngineError(process_of(task), element_of(task), line, code, detail)
