"""Fifty connections hand in one task at the same moment: one wins, the others lose nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.models.cases import CaseFile
from app.models.facts import Objection
from tests.cli.conftest import cloned_operator
from tests.cli.console import Operator
from tests.cli.objecting import build_objecting, count, form, looking, settled
from tests.cli.visitors import Visitor, at_once
from tests.conftest import KINDS
from tests.databases import Databases
from tests.journeys.plot import CONCLUSION

SENT = 50
TOLD = {
    "kk": "Бұл тапсырма орындалып қойған, оны қайта орындауға болмайды.",
    "ru": "Эта задача уже исполнена, исполнить ее повторно нельзя.",
}
PEOPLE = (("akmola.officer1", "kk"), ("akmola.officer2", "ru"))


@pytest.fixture(params=KINDS)
def objecting(
    request: pytest.FixtureRequest, databases: Databases, tmp_path: Path
) -> Iterator[Operator]:
    """Two web processes on PostgreSQL, one on SQLite, may serve this; nobody has objected."""
    yield from cloned_operator(databases, request.param, build_objecting, tmp_path)


def test_of_fifty_who_hand_in_one_task_one_wins_and_nobody_loses_a_word(
    objecting: Operator,
) -> None:
    with looking(objecting) as stage:
        task = stage.task(CONCLUSION, "object")
    with objecting.serving("--workers", "2") as server:
        visitors = [Visitor(server.port, login, language) for login, language in PEOPLE]
        for visitor in visitors:
            assert visitor.get(f"/tasks/{task}").status == 200
        answers = at_once(
            [
                (visitors[n % 2], f"/tasks/{task}/complete", form(f"Негіздеме № {n};"))
                for n in range(SENT)
            ]
        )
        assert Counter(answer.status for answer in answers) == {302: 1, 409: SENT - 1}
        for n, answer in enumerate(answers):
            if answer.status == 409:
                assert TOLD[PEOPLE[n % 2][1]] in answer.page, answer.page
                assert f"Негіздеме № {n};" in answer.page
                assert "Traceback" not in answer.page
        # The case goes on: whoever lost may hand in what they typed at the next task.
        with looking(objecting) as stage:
            another = stage.task(CONCLUSION, "object")
            assert another != task
        for visitor in visitors:
            again = visitor.post(f"/tasks/{another}/complete", form("Тағы да."))
            assert again.status == (302 if visitor is visitors[0] else 409)
        server.stop()
        assert "Traceback" not in server.told()
    with looking(objecting) as stage:
        assert len(stage.all(Objection)) == 2
        assert count("act.refused") == SENT - 1 + 1
        settled(stage)
        assert len(stage.all(CaseFile, process="objection")) == 2
