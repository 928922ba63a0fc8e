"""The running points of a part: of what a form asks for, and of nothing else."""

from __future__ import annotations

from app.operations.figures import Asked
from app.services.figures_running import running
from tests.domain import methods

FULL = {"status": "counted", "values": {"fact": "100", "plan": "100"}}


def central() -> Asked:
    """What the small methodology asks of a central body: 2.1.3 applies to local ones only."""
    found = methods.block()
    return Asked(1, found, tuple(i for i in found.indicators() if i.code != "2.1.3"))


def test_an_indicator_that_does_not_apply_has_no_points_and_its_weight_goes_to_the_others() -> None:
    told = running(central(), "budget", {code: FULL for code in ("2.1.1", "2.1.2")})
    assert told.indicators == {"2.1.1": ("20.00", "20.00"), "2.1.2": ("20.00", "20.00")}
    assert (told.points, told.max) == ("40.00", "40.00")


def test_what_is_not_filled_in_yet_keeps_its_maximum() -> None:
    told = running(central(), "budget", {"2.1.1": FULL})
    assert told.indicators == {"2.1.1": ("20.00", "20.00"), "2.1.2": (None, "20.00")}
    assert (told.points, told.max) == ("20.00", "40.00")


def test_a_formula_that_fails_says_why_and_brings_nothing() -> None:
    zero = {"status": "counted", "values": {"fact": "100", "plan": "0"}}
    told = running(central(), "budget", {"2.1.1": zero, "2.1.2": FULL})
    assert told.indicators["2.1.1"] == (None, "20.00")
    assert set(told.wrong) == {"2.1.1"}
