"""The installations of the journeys, for tests of single pages, with the pages' clock set."""

from __future__ import annotations

import pytest

from tests.journeys.plot import Stage
from tests.journeys.plot import received as at_receipt
from tests.journeys.plot import stage as at_first

__all__ = ["at_first", "at_receipt"]


@pytest.fixture
def received(at_receipt: Stage) -> Stage:
    """On 28 March 2018: Akmola's conclusion was received on 26 March and may be objected to."""
    at_receipt.app.extensions["bagalau"].clock.at = at_receipt.play.now
    return at_receipt


@pytest.fixture
def untouched(at_first: Stage) -> Stage:
    """On 10 January 2018: the people are there, and no case yet."""
    at_first.app.extensions["bagalau"].clock.at = at_first.play.now
    return at_first
