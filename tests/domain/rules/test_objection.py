from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.calendar import local_day
from app.domain.refusals import Conflict, Invalid
from app.domain.rules import objection
from tests.domain.seeds import calendar, registers

DAY = date(2018, 4, 2)
RECEIVED = datetime(2017, 4, 28, 5, tzinfo=UTC)


def test_the_window_and_the_moment_of_sending() -> None:
    ends = objection.window(calendar(), RECEIVED).ends_at
    assert ends == datetime(2017, 5, 10, 18, tzinfo=UTC)
    assert not objection.is_late(ends - timedelta(microseconds=1), ends)
    assert objection.is_late(ends, ends)


def test_the_outcome_has_fifteen_calendar_days_and_rolls_on() -> None:
    term = objection.outcome_term(calendar(), date(2017, 12, 15))
    assert (term.rolled_from, term.due) == (date(2017, 12, 30), date(2018, 1, 3))


def test_receipt_comes_after_delivery_and_before_the_objection() -> None:
    earlier = RECEIVED - timedelta(seconds=1)
    objection.require_receipt(RECEIVED, RECEIVED)
    objection.require_sending(RECEIVED, RECEIVED)
    with pytest.raises(Invalid, match=r"receipt\.before_delivery"):
        objection.require_receipt(RECEIVED, earlier)
    with pytest.raises(Invalid, match=r"objection\.before_receipt"):
        objection.require_sending(RECEIVED, earlier)


# Hypothesis takes the bounds without a zone and adds it.
FIRST, LAST = datetime.fromisoformat("2017-01-01"), datetime.fromisoformat("2027-01-01")


@given(
    sent=st.datetimes(FIRST, LAST, timezones=st.just(UTC)),
    until=st.integers(0, 400),
    day=st.integers(-30, 430),
)
def test_a_proof_tells_a_day_between_delivery_and_today(
    sent: datetime, until: int, day: int
) -> None:
    now = sent + timedelta(days=until)
    received_on = local_day(sent) + timedelta(days=day)
    if 0 <= day <= (local_day(now) - local_day(sent)).days:
        received = objection.proven_receipt(sent, received_on, now)
        assert sent <= received <= now and local_day(received) == received_on
        return
    with pytest.raises(Invalid) as refused:
        objection.proven_receipt(sent, received_on, now)
    code = "receipt.before_delivery" if day < 0 else "receipt.in_future"
    assert (refused.value.code, refused.value.fields[0].field) == (code, "received_on")


def test_the_days_of_a_proof_are_those_of_astana() -> None:
    """20:30 UTC on 27 March 2018 is 28 March there (UTC+6)."""
    sent = datetime(2018, 3, 27, 20, 30, tzinfo=UTC)
    assert objection.proven_receipt(sent, date(2018, 3, 28), sent) == sent
    with pytest.raises(Invalid, match=r"receipt\.before_delivery"):
        objection.proven_receipt(sent, date(2018, 3, 27), sent)
    with pytest.raises(Invalid, match=r"receipt\.in_future"):
        objection.proven_receipt(sent, date(2018, 3, 29), sent)


def test_documents_and_points_are_needed() -> None:
    objection.require_documents(1)
    objection.require_points(["1.1"], ["1.1", "1.2"])
    with pytest.raises(Invalid) as refused:
        objection.require_documents(0)
    assert (refused.value.code, refused.value.paragraph) == ("objection.no_documents", "58")
    with pytest.raises(Invalid, match=r"objection\.no_points"):
        objection.require_points([], ["1.1"])
    with pytest.raises(Invalid, match=r"form\.unknown_indicator"):
        objection.require_points(["1.1", "9.9"], ["1.1"])


@pytest.mark.parametrize(
    ("body", "block", "expected"),
    [
        ("moj", 1, ("mne", "mof")),
        ("mne", 1, ("pmo",)),
        ("nbk", 1, ("ap",)),
        ("moj", 2, ("acsa", "lsc", "zerde")),
        ("acsa", 2, ("ap", "lsc", "zerde")),
        ("moj", 3, ("mic", "acsa", "zerde")),
        ("mic", 3, ("acsa", "pmo")),
    ],
)
def test_the_authorities_of_a_block(body: str, block: int, expected: tuple[str, ...]) -> None:
    assert objection.addressees(registers(), body, block, DAY) == expected


def test_an_objection_goes_to_an_authority_of_the_block() -> None:
    objection.require_addressee(registers(), "moj", 2, "acsa", DAY)
    for wrong in ("mne", "ap", "moj"):
        with pytest.raises(Invalid) as refused:
            objection.require_addressee(registers(), "moj", 2, wrong, DAY)
        assert (refused.value.code, refused.value.paragraph) == ("objection.wrong_addressee", "57")


def test_a_decision_is_final() -> None:
    objection.require_undecided(False)
    with pytest.raises(Conflict) as refused:
        objection.require_undecided(True)
    assert (refused.value.code, refused.value.paragraph) == ("objection.decided", "60")


def test_the_outcome_goes_to_both() -> None:
    known = registers()
    assert objection.outcome_addressees(known, "moj", DAY) == ("ap", "moj")
    objection.require_both_addressees(known, "moj", ["moj", "ap"], DAY)
    for lacking in (["moj"], ["ap"], []):
        with pytest.raises(Invalid, match=r"objection\.one_addressee"):
            objection.require_both_addressees(known, "moj", lacking, DAY)


@pytest.mark.parametrize(
    ("points", "outcome"),
    [
        ({"a": True, "b": True}, "accepted"),
        ({"a": True, "b": False}, "partly"),
        ({"a": False}, "rejected"),
    ],
)
def test_the_outcome_over_the_points(points: dict[str, bool], outcome: str) -> None:
    assert objection.outcome(points) == outcome


def test_an_outcome_over_nothing_is_refused() -> None:
    with pytest.raises(Invalid, match=r"objection\.no_points"):
        objection.outcome({})


CODES = st.sampled_from(["1.1", "1.2", "2.1", "2.2"])


@given(st.dictionaries(CODES, st.booleans()), st.sets(CODES))
def test_corrections_are_exactly_the_accepted_points(
    points: dict[str, bool], corrected: set[str]
) -> None:
    accepted = {code for code, yes in points.items() if yes}
    if corrected == accepted:
        objection.require_corrections(points, corrected)
        return
    with pytest.raises(Invalid) as refused:
        objection.require_corrections(points, corrected)
    named = {error.field for error in refused.value.fields}
    if accepted - corrected:
        assert refused.value.code == "correction.missing" and named == accepted - corrected
    else:
        assert refused.value.code == "correction.not_accepted" and named == corrected - accepted
    assert refused.value.paragraph == "61"
