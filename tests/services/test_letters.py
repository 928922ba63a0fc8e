"""Letters: made of the facts, in Kazakh and Russian, read by their sender and addressee."""

from __future__ import annotations

import pytest

from app.db import reading
from app.demo.appeal import Appeal
from app.domain.refusals import NotFound
from app.models.facts import Letter
from app.services import letters
from tests.journeys.plot import AKMOLA, CONCLUSION, Stage


def read(stage: Stage, login: str, kind: str, language: str = "kk", recipient: str = "") -> str:
    wanted = {"kind": kind, **({"recipient": recipient} if recipient else {})}
    row = stage.all(Letter, **wanted)[0]
    page = letters.letter(letter_id=row.id, actor=stage.actor(login), language=language)
    return page.html


@pytest.fixture
def decided(received: Stage) -> Stage:
    case = received.plot.object(AKMOLA)
    received.plot.form_commission(case)
    received.plot.vote(case, AKMOLA)
    received.plot.decide(case, AKMOLA)
    return received


def test_every_kind_reads_in_both_languages(decided: Stage) -> None:
    kinds = {row.kind for row in decided.all(Letter)}
    assert kinds == {"schedule/approved", "conclusion/conclusion", "objection/decision"}
    for kind in kinds:
        texts = {
            language: read(decided, "akmola.officer1", kind, language, "akmola")
            for language in ("kk", "ru", "en")
        }
        assert texts["kk"] != texts["ru"] and texts["en"] == texts["kk"]
        assert "{{" not in texts["kk"] and "None" not in texts["kk"]


def test_a_conclusion_tells_its_indicators_and_until_when_to_object(decided: Stage) -> None:
    text = read(decided, "akmola.officer1", "conclusion/conclusion", "ru")
    assert "36.5" in text or "36,5" in text
    assert "2 апреля 2018" in text


def test_what_somebody_typed_is_text_and_no_markup(stage: Stage) -> None:
    from tests.services.test_conclusion import HEAD, begun, entered

    case = begun(stage)
    entered(stage, case, findings='<script>alert("1")</script>{{ 7*7 }}')
    stage.play.do(HEAD, case, "sign", {"decision": "sign"})
    stage.plot.conclusions["akmola"] = case
    stage.plot.receive("akmola")
    text = read(stage, "akmola.officer1", "conclusion/conclusion")
    assert "<script>" not in text and "&lt;script&gt;" in text and "{{ 7*7 }}" in text


def test_a_closed_objection_is_told_to_both(received: Stage) -> None:
    case = received.plot.object(Appeal("akmola", "without_documents", ("1.1.2",), evidence=False))
    received.plot.close(case)
    for login, recipient in (("akmola.head", "akmola"), ("ap.working", "ap")):
        text = read(received, login, "objection/closed", "kk", recipient)
        assert "58" in text
    received.verified()


@pytest.mark.parametrize(
    ("login", "may"),
    [("akmola.officer2", True), ("mne.officer8", True), ("auditor", True), ("admin", False),
     ("aktobe.head", False), ("mof.officer1", False)],
)  # fmt: skip
def test_nobody_else_reads_a_letter(decided: Stage, login: str, may: bool) -> None:
    if may:
        assert read(decided, login, "objection/decision", recipient="akmola")
        return
    with pytest.raises(NotFound):
        read(decided, login, "objection/decision", recipient="akmola")


def test_the_list_of_letters_is_of_ones_own_organisations(decided: Stage) -> None:
    mine = letters.inbox(actor=decided.actor("akmola.officer1"))
    assert {row.recipient for row in mine} == {"akmola"}
    assert [row.kind for row in mine] == [
        "conclusion/conclusion", "objection/decision", "conclusion/conclusion",
        "schedule/approved",
    ]  # fmt: skip
    with reading() as session:
        case = decided.case(CONCLUSION)
        assert letters.letters_of(session, case, decided.actor("aktobe.head")) == ()
        shown = letters.letters_of(session, case, decided.actor("mne.head"))
    assert [row.kind for row in shown] == ["conclusion/conclusion"]
