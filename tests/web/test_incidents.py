"""The pages of errors: who sees them, what they say in words, and what two people do there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.models.cases import Incident
from app.services import sentences
from app.web.incident_words import CODES
from config.settings import ROOT
from tests.journeys.plot import Stage
from tests.services import faulty
from tests.services.faulty import FIRST, OFFICER, SECOND, Fault
from tests.web.browser import Browser, words

# The code of an error stands as a literal where it is raised.
RAISED = re.compile(
    r'(?:failure\(\s*[\w.]+,|ExpressionError\(|EngineError\([\w.]+, [\w."]+, \w+,)\s*"([a-z_]+)"'
)


@pytest.fixture
def fault(untouched: Stage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Fault:
    return faulty.made(untouched, monkeypatch, tmp_path / "release")


def test_every_code_of_an_error_has_a_sentence() -> None:
    sources = [*(ROOT / "app" / "engine").glob("*.py"), *(ROOT / "app" / "services").glob("*.py")]
    raised = {code for path in sources for code in RAISED.findall(path.read_text("utf-8"))}
    assert {"operation_failed", "zero_division", "not_a_case", "parallel_conflict"} <= raised
    assert sorted(raised - CODES.keys()) == []


def test_the_list_is_for_those_who_see_errors_and_counts_the_open_ones(fault: Fault) -> None:
    fault.failing("late")
    for login, status in ((FIRST, 200), ("auditor", 200), ("owner", 200), (OFFICER, 403)):
        browser = Browser(fault.stage.app, login)
        answer = browser.get("/incidents")
        assert answer.status_code == status, login
        listed = 'href="/incidents">' in browser.get("/inbox").get_data(as_text=True)
        assert listed == (status == 200), login
    page = words(Browser(fault.stage.app, FIRST).get("/incidents"))
    assert "Қателер 1" in page and "Жүйенің операциясы орындалмады." in page
    assert "«pause» мерзімі" in page and "operation_failed" not in page
    closed = words(Browser(fault.stage.app, FIRST).get("/incidents?state=closed"))
    assert "Жабылған қате жоқ" in closed


@pytest.mark.parametrize(
    ("language", "what", "act"),
    [
        ("kk", "Жүйенің операциясы орындалмады.", "«pause» мерзімі"),
        ("ru", "Операция системы не выполнилась.", "срок «pause»"),
        ("en", "An operation of the system failed.", "the date “pause”"),
    ],
)
def test_an_error_is_told_in_words_with_the_technical_detail_folded(
    fault: Fault, language: str, what: str, act: str
) -> None:
    fault.failing("late")
    browser = Browser(fault.stage.app, "auditor")
    browser.get(f"/language/{language}?next=/")
    answer = browser.get(f"/incidents/{fault.incident.id}")
    page = answer.get_data(as_text=True)
    assert what in words(answer) and act in words(answer) and "¶ 57" in words(answer)
    folded = page.split("<details")[-1]
    assert "operation_failed" in folded and "the printer is on fire" in folded
    assert "operation_failed" not in page.split("<details")[0]
    # Auditors read.
    assert f'action="/incidents/{fault.incident.id}/' not in page
    assert browser.post(f"/incidents/{fault.incident.id}/retry").status_code == 403


def test_to_try_again_tells_what_became_of_it(fault: Fault) -> None:
    fault.failing("late")
    browser, first = Browser(fault.stage.app, FIRST), fault.incident.id
    answer = browser.post(f"/incidents/{first}/retry")
    assert answer.status_code == 302
    again = browser.get(answer.headers["Location"])
    assert fault.incident.id != first and "Әрекет тағы орындалмай" in words(again)
    fault.broken = False
    answer = browser.post(f"/incidents/{fault.incident.id}/retry")
    assert "Әрекет қайталанып, орындалды." in words(browser.get(answer.headers["Location"]))
    # Pressed once more, there is nothing to do.
    stale = browser.post(f"/incidents/{first}/retry")
    assert stale.status_code == 409 and sentences.say("incident.closed", "kk") in words(stale)
    assert browser.post("/incidents/999999/retry").status_code == 404


def test_one_proposes_and_another_approves(fault: Fault) -> None:
    case = fault.failing("late")
    path, one = f"/incidents/{fault.incident.id}", Browser(fault.stage.app, FIRST)
    one.get(path)
    wrong = one.post(f"{path}/propose", {"data-number": "four", "reason": "Себебі бар."})
    assert wrong.status_code == 422 and sentences.say("repair.not_json", "kk") in words(wrong)
    assert 'value="four"' in wrong.get_data(as_text=True)
    empty = one.post(f"{path}/propose", {"skip": "yes", "reason": " "})
    assert sentences.say("repair.reason_missing", "kk") in words(empty)
    given = {"skip": "yes", "result": '{"number": 7}', "data-number": "4", "reason": "Себебі бар."}
    assert one.post(f"{path}/propose", given).status_code == 302
    own = one.get(path)
    assert "Себебі бар." in words(own) and f'action="{path}/approve"' not in own.get_data(True)
    seq = str(fault.incident.proposed_seq)
    refused = one.post(f"{path}/approve", proposed=seq)
    assert refused.status_code == 403
    other = Browser(fault.stage.app, SECOND)
    seen = words(other.get(path))
    assert "the number 1 4" in seen and '{"number": 7}' in seen and "Себебі бар." in seen
    done = other.post(f"{path}/approve", proposed=seq)
    assert done.status_code == 302
    page = words(other.get(done.headers["Location"]))
    assert "Әрекет қайталанып, орындалды." in page and "қадам өткізіп жіберілді" in page
    told = words(Browser(fault.stage.app, OFFICER).get(f"/cases/{case}"))
    assert "Орындалмады: job" in told and "Түзетілді: the number 1 → 4" in told


def test_a_proposal_is_rejected_with_a_reason_or_withdrawn(fault: Fault) -> None:
    fault.failing("late")
    row = fault.propose(skip=True)
    path, other = f"/incidents/{row.id}", Browser(fault.stage.app, SECOND)
    other.get(path)
    seq = str(row.proposed_seq)
    assert other.post(f"{path}/reject", proposed=seq, reason="").status_code == 422
    assert other.post(f"{path}/reject", proposed=seq, reason="Құжат жоқ.").status_code == 302
    assert "Құжат жоқ." in words(other.get(path)) and fault.incident.proposed_seq is None
    row = fault.propose(skip=True)
    one = Browser(fault.stage.app, FIRST)
    one.get(path)
    assert one.post(f"{path}/withdraw", proposed=str(row.proposed_seq)).status_code == 302
    assert [r.state for r in fault.stage.all(Incident)] == ["open"]
    assert fault.incident.proposed_seq is None


def test_the_page_of_the_case_names_the_error_and_leads_to_it(fault: Fault) -> None:
    case = fault.failing("late")
    officer = words(Browser(fault.stage.app, OFFICER).get(f"/cases/{case}"))
    assert "Жүйенің операциясы орындалмады." in officer and "Қатені ашу" not in officer
    auditor = Browser(fault.stage.app, "auditor").get(f"/cases/{case}")
    assert f'href="/incidents/{fault.incident.id}"' in auditor.get_data(as_text=True)
    sender = fault.start("teller", target=str(case))
    told = words(Browser(fault.stage.app, "auditor").get(f"/cases/{sender}"))
    assert "бері күтіп тұр" in told and fault.stage.case(case).number in told
