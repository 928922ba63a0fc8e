"""Signing in, in tests, and what the trail says of it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from app.services import sessions
from tests.appcontext import PASSWORD, trail

# Sessions go by wall time; what the clock of the installation shows does not matter.
NOW = datetime.now(UTC).replace(microsecond=0)
WRONG = "бұл дұрыс емес құпиясөз"


def sign_in(password: str = PASSWORD, login: str = "asel@economy.gov.kz", **given: Any) -> str:
    usual: dict[str, Any] = {"now": NOW, "hours": 12}
    return sessions.sign_in(login=login, password=password, **(usual | given))


def bodies(kind: str) -> list[dict[str, Any]]:
    return [json.loads(row.body) for row in trail(kind)]
