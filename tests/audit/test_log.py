from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine, event, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.exc import StaleDataError

from app.audit.events import ActRefused
from app.audit.log import BodyTooLarge, ClockRanBack, append, head
from app.audit.rows import RowMismatch
from app.audit.sealed import opens
from app.models.trail import EventRow, OpeningRow
from tests.audit.trial import (
    NOON,
    Folder,
    Sheet,
    by_timer,
    completed,
    envelope,
    known,
    movement,
    open_folder,
    play,
    started,
    write_sheet,
)


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    """The statements that `engine` sends, as they are sent."""
    sent: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


def test_a_body_holds_the_act_and_nothing_that_is_absent(trial: Engine) -> None:
    with Session(trial) as session:
        folder, first = open_folder(session, "A")
        sheet, second = write_sheet(session, folder, 1)
        session.commit()
        row = session.scalars(select(EventRow).filter_by(seq=second.seq, hash=second.hash)).one()
        body = json.loads(row.body)
        names = {f"sheet/{sheet.id}", f"folder/{folder.id}"}
    assert row.hash == second.hash == hashlib.sha256(b"\x00" + row.body).digest()
    assert (row.stream, row.seq, row.kind, row.actor) == ("case/A", 2, "task.completed", "p-0001")
    assert body.keys() == {
        "v", "kind", "stream", "seq", "prev", "case_id", "at", "recorded_at", "actor", "request",
        "outcome", "application", "release", "registers", "paragraphs", "facts", "calls",
        "visits", "rows", "state_digest", "state_sha256",
    }  # fmt: skip
    assert body["prev"] == first.hash.hex() and body["rows"].keys() == names
    assert body["at"] == "2017-04-28T07:01:00.000000Z"
    assert body["actor"] == {
        "person": "p-0001", "role": "case_officer", "organisation": "mne", "acting": False,
    }  # fmt: skip
    assert body["facts"]["answers"]["decision"] == "approve"


def test_the_system_and_a_stand_in_are_named(trial: Engine) -> None:
    with Session(trial) as session:
        append(session, started("T"), by_timer(0), stream="case/T")
        append(session, started("T"), envelope(1, on_behalf_of="p-9"), stream="case/T")
        session.commit()
        first, second = session.scalars(select(EventRow).order_by(EventRow.id)).all()
    assert first.actor is None and json.loads(first.body)["actor"] == {"system": "timer"}
    assert "request" not in json.loads(first.body)
    assert json.loads(second.body)["actor"]["on_behalf_of"] == "p-9"


def test_openings_lie_beside_the_event_and_open_it(trial: Engine) -> None:
    with Session(trial) as session:
        done = append(session, known(), envelope(), stream="person/p-0002")
        session.commit()
        body = json.loads(session.scalars(select(EventRow).filter_by(hash=done.hash)).one().body)
        openings = session.scalars(select(OpeningRow).order_by(OpeningRow.id)).all()
    assert [(o.path, o.subject, o.stream, o.seq) for o in openings] == [
        ("/names", "p-0002", "person/p-0002", 1),
        ("/login", "p-0002", "person/p-0002", 1),
    ]
    assert opens(body["facts"]["names"]["sealed"], openings[0].salt, openings[0].value)
    assert "Ерлан" in openings[0].value.decode() and "Ерлан" not in json.dumps(body)


def test_it_takes_three_statements_beside_the_rows_and_two_with_the_head_in_hand(
    trial: Engine,
) -> None:
    with Session(trial) as session:
        done = append(session, known(), envelope(), stream="person/p-0002")
        with statements(trial) as sent:
            done = append(session, known(), envelope(), stream="person/p-0002")
        assert [statement.split()[0] for statement in sent] == ["SELECT", "INSERT", "INSERT"]
        with statements(trial) as sent:
            append(
                session,
                known(),
                envelope(),
                stream="person/p-0002",
                expected_seq=done.seq + 1,
                prev=done.hash,
            )
        assert [statement.split()[0] for statement in sent] == ["INSERT", "INSERT"]
        session.commit()


def test_a_whole_act_takes_few_statements(trial: Engine) -> None:
    with Session(trial) as session:
        open_folder(session, "A")
        session.commit()
    with Session(trial) as session, statements(trial) as sent:
        folder = session.scalars(select(Folder)).one()
        write_sheet(session, folder, 1)
        session.commit()
    # Read the folder; head, sheet, event, opening, folder.
    assert [statement.split()[0] for statement in sent if not statement.startswith("BEGIN")] == [
        "SELECT", "SELECT", "INSERT", "INSERT", "INSERT", "UPDATE",
    ]  # fmt: skip


def test_facts_may_be_flushed_before_and_the_guarded_row_changed_before(trial: Engine) -> None:
    with Session(trial) as session:
        folder, _ = open_folder(session, "A")
        session.commit()
        early = Sheet(number=1, stream="case/A", seq=2)
        session.add(early)
        session.flush()
        session.refresh(folder)
        folder.status, folder.state, folder.version = "closed", b"2", 2
        late = Sheet(number=2)
        append(
            session,
            completed(),
            envelope(1),
            stream="case/A",
            rows=[early, late, folder],
            movement=movement(b"2"),
        )
        session.commit()
        assert (folder.status, folder.version, late.seq) == ("closed", 2, 2)


def test_a_number_that_is_taken_is_an_error(trial: Engine) -> None:
    with Session(trial) as session:
        folder, first = open_folder(session, "A")
        write_sheet(session, folder, 1)
        session.commit()
        with pytest.raises(IntegrityError):
            append(
                session,
                completed(),
                envelope(5),
                stream="case/A",
                expected_seq=2,
                prev=first.hash,
            )


def test_a_number_beyond_the_next_is_refused_by_the_database(trial: Engine) -> None:
    with Session(trial) as session:
        _, first = open_folder(session, "A")
        with pytest.raises(IntegrityError, match="not the next"):
            append(
                session, completed(), envelope(5), stream="case/A", expected_seq=3, prev=first.hash
            )


@pytest.mark.parametrize(("expected_seq", "prev"), [(2, None), (1, b"0" * 32)])
def test_number_and_hash_go_together(trial: Engine, expected_seq: int, prev: bytes | None) -> None:
    with Session(trial) as session, pytest.raises(ValueError, match="needs the hash"):
        append(session, known(), envelope(), stream="s", expected_seq=expected_seq, prev=prev)


def test_a_stale_copy_of_a_guarded_row_cannot_be_written(trial: Engine) -> None:
    with Session(trial) as session:
        folder, _ = open_folder(session, "A")
        session.commit()
        write_sheet(session, folder, 1)
        session.commit()
    with Session(trial) as session:
        stale = session.get_one(Folder, 1)
        # As if it had been read before the other's act.
        set_committed_value(stale, "version", 1)
        stale.status, stale.version = "closed", 2
        with pytest.raises((StaleDataError, IntegrityError)):
            session.flush()


def test_a_body_has_at_most_65535_bytes(trial: Engine) -> None:
    with Session(trial) as session:
        done = append(session, started("x" * 60_000), envelope(), stream="s")
        [row] = session.scalars(select(EventRow).filter_by(hash=done.hash))
        assert len(row.body) < 65_536
        with pytest.raises(BodyTooLarge):
            append(session, started("Қ" * 40_000), envelope(), stream="s")


def test_clocks_may_differ_a_little_and_never_run_back_on_a_stream(trial: Engine) -> None:
    with Session(trial) as session:
        append(session, known(), envelope(), stream="s")
        late = envelope(0, recorded_at=NOON - timedelta(seconds=4))
        append(session, known(), late, stream="s")
        session.commit()
        assert head(session, "s").recorded_at == NOON
        late = envelope(0, recorded_at=NOON - timedelta(seconds=6))
        with pytest.raises(ClockRanBack):
            append(session, known(), late, stream="s")


def test_rows_belong_to_their_event(trial: Engine) -> None:
    with Session(trial) as session:
        folder, _ = open_folder(session, "A")
        session.commit()
        for row, message in [
            (Sheet(number=1, stream="case/B", seq=2), "case/B was handed"),
            (Sheet(number=1, stream="case/A", seq=1), "fact of event 1"),
        ]:
            with pytest.raises(RowMismatch, match=message):
                append(session, completed(), envelope(1), stream="case/A", rows=[row])
        folder.version = 7
        with pytest.raises(RowMismatch, match="cannot become 2"):
            append(session, completed(), envelope(1), stream="case/A", rows=[folder])


def test_a_changed_guarded_row_is_not_left_out(trial: Engine) -> None:
    with Session(trial) as session:
        folder, _ = open_folder(session, "A")
        session.commit()
        folder.status = "closed"
        with pytest.raises(RowMismatch, match="not handed over"):
            append(session, completed(), envelope(1), stream="case/A")


def test_the_saved_state_is_the_one_that_is_recorded(trial: Engine) -> None:
    with Session(trial) as session:
        folder, _ = open_folder(session, "A")
        folder.state = b"other"
        with pytest.raises(RowMismatch, match="state_sha256"):
            append(
                session,
                completed(),
                envelope(1),
                stream="case/A",
                rows=[folder],
                movement=movement(b"2"),
            )


def test_a_decimal_has_no_more_digits_than_its_column(trial: Engine) -> None:
    with Session(trial) as session, pytest.raises(RowMismatch, match="more digits"):
        sheet = Sheet(number=1, score=Decimal("1.005"))
        append(session, completed(), envelope(), stream="s", rows=[sheet])


def test_an_outcome_is_that_of_the_kind(trial: Engine) -> None:
    refused = ActRefused(code="late", attempted="task.completed", paragraph="57")
    with Session(trial) as session:
        with pytest.raises(ValueError, match="outcome"):
            append(session, refused, envelope(), stream="s")
        with pytest.raises(ValueError, match="outcome"):
            append(session, known(), envelope(outcome="refused"), stream="s")
        append(session, refused, envelope(outcome="refused"), stream="s")
        session.commit()
        assert session.scalars(select(EventRow.outcome)).all() == ["refused"]


def test_nothing_stays_of_an_act_that_is_rolled_back(trial: Engine) -> None:
    play(trial)
    with Session(trial) as session:
        folder = session.scalars(select(Folder).where(Folder.title == "A")).one()
        before = head(session, "case/A")
        write_sheet(session, folder, 9, 9)
        session.rollback()
        assert head(session, "case/A") == before
        assert session.scalar(select(func.count()).select_from(Sheet)) == 3
