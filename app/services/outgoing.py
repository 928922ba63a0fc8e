"""Messages as the event of the act that sent them tells them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.audit.canonical import canonical
from app.engine.step import Sent


def told(drawn: Sequence[Sent], outbox: Sequence[Sent]) -> tuple[dict[str, Any], ...]:
    """What an act has sent: by its diagram (`drawn`), then by its operations (`outbox`).

    What an operation sent is told apart: it does not come about again when the act is
    executed again. The same message to several cases, one after another, stands once, and
    `to` is then the list of them: a schedule is changed for hundreds of cases by one act.
    """
    found = [_told(sent) for sent in drawn]
    last: tuple[str, bytes] | None = None
    for sent in outbox:
        same = (sent.message, canonical(sent.payload)) if sent.to is not None else None
        if same is not None and same == last:
            before = found[-1]["to"]
            found[-1]["to"] = [*(before if isinstance(before, list) else [before]), sent.to]
        else:
            found.append(_told(sent) | {"by": "operation"})
        last = same
    return tuple(found)


def _told(sent: Sent) -> dict[str, Any]:
    return {"message": sent.message, "payload": sent.payload, "to": sent.to, "starts": sent.starts}
