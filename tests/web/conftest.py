"""The installations of the journeys, for tests of single pages, with the pages' clock set."""

from __future__ import annotations

import pytest

from tests.journeys.plot import Stage
from tests.journeys.plot import received as at_receipt

__all__ = ["at_receipt"]


@pytest.fixture
def received(at_receipt: Stage) -> Stage:
    """On 28 March 2018: Akmola's conclusion was received on 26 March and may be objected to."""
    at_receipt.app.extensions["bagalau"].clock.at = at_receipt.play.now
    return at_receipt
