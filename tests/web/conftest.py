"""The installations of the journeys, for tests of single pages."""

from tests.journeys.plot import received, stage

__all__ = ["received", "stage"]
