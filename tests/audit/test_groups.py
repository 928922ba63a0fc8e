"""Many facts of one act: claimed together, and every one of them under the verifier's eyes."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app.audit.groups import named
from app.audit.log import append
from app.audit.recheck import PAGE
from app.audit.rows import MANY
from tests.audit.attacker import body_of, check, only, said, tamper
from tests.audit.trial import Folder, Sheet, completed, envelope, movement, open_folder

COUNT = MANY + 5


def write_many(session: Session, folder: Folder, first: int, count: int) -> None:
    """Move a case by an act with so many sheets."""
    sheets = [Sheet(number=first + n, text=f"парақ {n}") for n in range(count)]
    folder.state = f"{folder.title} {folder.version + 1}".encode()
    append(
        session,
        completed(),
        envelope(folder.version),
        stream=folder.stream,
        rows=[*sheets, folder],
        movement=movement(folder.state),
        case_id=folder.id,
    )


@pytest.fixture
def many(trial: Engine, trail: str) -> str:
    """The URL of a trail whose event case/A #2 wrote the sheets 1 to 25, and #3 one more."""
    with Session(trial) as session:
        folder, _ = open_folder(session, "A")
        session.commit()
        write_many(session, folder, 1, COUNT)
        session.commit()
        write_many(session, folder, 100, 1)
        session.commit()
    trial.dispose()
    return trail


def test_they_stand_on_the_event_as_one(many: str) -> None:
    rows = json.loads(body_of(many, "case/A", 2))["rows"]
    assert rows.keys() == {f"sheet/1*{COUNT}", "folder/1"}
    assert check(many).ok


def test_one_less_than_many_stand_each_for_itself(trial: Engine, trail: str) -> None:
    with Session(trial) as session:
        folder, _ = open_folder(session, "A")
        write_many(session, folder, 1, MANY - 1)
        session.commit()
    assert len(json.loads(body_of(trail, "case/A", 2))["rows"]) == MANY
    assert check(trail).ok


@pytest.mark.parametrize("row", [1, 2, COUNT])
def test_one_that_was_changed(many: str, row: int) -> None:
    tamper(many, f"UPDATE sheet SET text = 'other' WHERE id = {row}")
    words = f"sheet/1*{COUNT} are not as their event recorded them"
    only(check(many), "case/A #2", words)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("DELETE FROM sheet WHERE id = 1", "Event case/A #2 wrote sheet/1: it is not there"),
        ("DELETE FROM sheet WHERE id = 7", f"there are {COUNT - 1} of {COUNT}"),
        (f"DELETE FROM sheet WHERE id = {COUNT}", f"there are {COUNT - 1} of {COUNT}"),
        (f"DELETE FROM sheet WHERE id <= {COUNT}", "wrote sheet/1: it is not there"),
        ("UPDATE sheet SET seq = 3 WHERE id = 7", "sheet/7 (case/A #3): its event knows nothing"),
        ("UPDATE sheet SET id = 700 WHERE id = 7", "are not as their event recorded them"),
        (f"UPDATE sheet SET seq = 2 WHERE id = {COUNT + 1}", f"there are 1 of {COUNT}, the last"),
    ],
)
def test_one_taken_away_added_or_moved(many: str, change: str, words: str) -> None:
    tamper(many, change)
    report = check(many)
    assert words in said(report)
    assert all(problem.event in ("case/A #2", "case/A #3") for problem in report.problems)


def test_groups_longer_than_a_page_and_mixed_with_others(trial: Engine, trail: str) -> None:
    """Two acts at once take their numbers from one sequence, each some of them."""
    with Session(trial) as session:
        first, _ = open_folder(session, "A")
        second, _ = open_folder(session, "B")
        write_many(session, first, 1, PAGE + 50)
        for start in (1000, 2000):
            sheets = [Sheet(number=start + n, stream="case/B", seq=2) for n in range(MANY)]
            session.add_all(sheets)
            session.flush()
            session.add_all(
                [Sheet(number=start + 500 + n, stream="case/A", seq=3) for n in range(2)]
            )
            session.flush()
        of_first = session.query(Sheet).filter_by(stream="case/A", seq=3).all()
        of_second = session.query(Sheet).filter_by(stream="case/B", seq=2).all()
        append(session, completed(), envelope(3), stream="case/B", rows=[*of_second, second])
        append(session, completed(), envelope(3), stream="case/A", rows=[*of_first, first])
        session.commit()
    trial.dispose()
    assert check(trail).ok
    tamper(trail, f"UPDATE sheet SET number = 9999 WHERE number = {PAGE + 50}")
    only(check(trail), "case/A #2", "are not as their event recorded them")


@pytest.mark.parametrize(
    "claim", ["sheet/0", "sheet/1*", "sheet/1*0", "sheet*3", "a/b/1", "é/1", ""]
)
def test_names_that_are_none(claim: str) -> None:
    assert named(claim) is None
