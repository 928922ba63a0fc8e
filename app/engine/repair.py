"""A repair: what the next attempt of an act that failed does otherwise than its diagram says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.engine.values import Json


@dataclass(frozen=True, slots=True)
class Repair:
    """What is otherwise in one attempt of one act.

    `skip` are elements (service, script and business rule tasks, by id) that are not executed,
    wherever the act meets them: each with the result that is stored under the name that its
    diagram gives it, null where there is none. `data` are top-level fields that have a given
    value as the act begins; where parallel branches meet and disagree on one of them, the given
    value holds.
    """

    skip: Mapping[str, Json] = field(default_factory=dict)
    data: Mapping[str, Json] = field(default_factory=dict)


NONE = Repair()
