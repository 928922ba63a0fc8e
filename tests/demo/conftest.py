"""The played year for the tests of this folder: on each kind of database."""

from __future__ import annotations

import pytest

from tests.conftest import KINDS
from tests.played import Played, Years


@pytest.fixture(params=KINDS)
def played(request: pytest.FixtureRequest, years: Years) -> Played:
    """The played year; once for each kind of database. It is only read."""
    return years(request.param)
