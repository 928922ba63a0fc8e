from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.audit.canonical import SAFE, canonical, instant
from app.audit.recheck import Broken, json_bytes, moment, parse_value

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
EXACT = st.integers(-SAFE + 1, SAFE - 1)
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | EXACT | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)


@given(JSON)
def test_the_verifier_reads_back_what_was_written(value: Any) -> None:
    assert parse_value(canonical(value)) == value


@given(JSON)
def test_writer_and_verifier_write_the_same_bytes(value: Any) -> None:
    assert json_bytes(value) == canonical(value)


@given(st.dictionaries(TEXT, EXACT, min_size=2), st.randoms(use_true_random=False))
def test_the_order_of_keys_does_not_matter(value: dict[str, int], chance: random.Random) -> None:
    items = list(value.items())
    chance.shuffle(items)
    assert canonical(dict(items)) == canonical(value)


def test_keys_stand_in_the_order_of_their_utf16_units() -> None:
    # The example of RFC 8785, section 3.2.3.
    keys = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6"]
    written = canonical(dict.fromkeys(keys, 0)).decode()
    order = [written.index(f'"{key}"' if key != "\r" else r'"\r"') for key in keys]
    by_place = [key for _, key in sorted(zip(order, keys, strict=True))]
    assert by_place == ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]


@given(st.integers(min_value=SAFE) | st.integers(max_value=-SAFE))
def test_a_large_integer_becomes_text(number: int) -> None:
    assert canonical(number) == f'"{number}"'.encode()


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (Decimal("1.50"), b'"1.50"'),
        (Decimal("1E+3"), b'"1000"'),
        (date(2017, 4, 28), b'"2017-04-28"'),
        (datetime(2017, 4, 28, 5, tzinfo=UTC), b'"2017-04-28T05:00:00.000000Z"'),
        (
            datetime(2017, 4, 28, 11, tzinfo=timezone(timedelta(hours=6))),
            b'"2017-04-28T05:00:00.000000Z"',
        ),
        (b"\x00\xff", b'"00ff"'),
        ((1, True, None), b"[1,true,null]"),
        ("Қазақ", '"Қазақ"'.encode()),
    ],
)
def test_what_json_lacks_has_one_form(value: Any, written: bytes) -> None:
    assert canonical(value) == written


@pytest.mark.parametrize("value", [1.5, float("nan"), {1: "a"}, {"a": 0.0}, object(), {"a"}])
def test_what_has_no_one_form_is_refused(value: Any) -> None:
    with pytest.raises(TypeError):
        canonical(value)


@pytest.mark.parametrize(
    "value",
    [datetime(2017, 4, 28), Decimal("NaN"), "\ud800"],  # noqa: DTZ001 - an instant without a zone is what is refused
)
def test_what_means_nothing_is_refused(value: Any) -> None:
    with pytest.raises(ValueError):
        canonical(value)


@given(st.datetimes(timezones=st.just(UTC)))
def test_an_instant_reads_the_same_from_either_database(value: datetime) -> None:
    on_sqlite = value.replace(tzinfo=None).isoformat(" ", "microseconds")
    assert instant(value) == moment(value) == moment(on_sqlite)


@pytest.mark.parametrize(
    "body",
    [
        b'{"a": 1}',
        b'{"b":1,"a":2}',
        b'{"a":1,"a":1}',
        b'{"a":1.0}',
        b'{"a":1e3}',
        b'{"a":NaN}',
        b'{"a":-0}',
        b'{"a":9007199254740992}',
        b'{"a":[9007199254740992]}',
        b'{"a":"\\u0041"}',
        b'{"a":"\\ud800"}',
        b'{"a":"\xff"}',
        b'\xef\xbb\xbf{"a":1}',
        b'{"a":1}\n',
        b"{",
        b"[" * 60_000,
    ],
)
def test_the_verifier_takes_no_other_form(body: bytes) -> None:
    with pytest.raises(Broken):
        parse_value(body)
