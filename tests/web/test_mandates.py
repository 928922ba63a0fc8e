"""Which body holds which role: read by all who are signed in, changed by administrators."""

from __future__ import annotations

import pytest

from tests.journeys.plot import Stage
from tests.web.browser import Browser, words

OFFICER, ADMIN = "akmola.officer1", "admin"
CHANGE = {
    "role": "civil_service",
    "holder": "moj",
    "starts_on": "2018-06-01",
    "basis": "Жарлық № 15, 2018 жылғы 27 наурыз",
}


def test_everybody_signed_in_reads_who_holds_which_role(received: Stage) -> None:
    assert Browser(received.app).get("/mandates").location == "/sign-in?next=/mandates"
    browser = Browser(received.app, OFFICER)
    answer = browser.get("/mandates")
    page = words(answer)
    for told in ("¶ 10(1)", "¶ 10(8)", "¶ 12", "Комиссияның жұмыс органы", "2017 жылғы 1 қаңтар"):
        assert told in page
    assert "Ұлттық экономика министрлігі" in page
    assert 'action="/mandates"' not in answer.get_data(as_text=True)
    assert "Ашық істер" not in page


def test_the_page_is_linked_for_those_who_need_it(received: Stage) -> None:
    link = 'href="/mandates"'
    assert link in Browser(received.app, ADMIN).get("/inbox").get_data(as_text=True)
    browser = Browser(received.app, OFFICER)
    assert link not in browser.get("/inbox").get_data(as_text=True)
    assert link in browser.get("/help").get_data(as_text=True)
    assert link not in Browser(received.app).get("/help").get_data(as_text=True)


def test_only_an_administrator_changes_a_mandate(received: Stage) -> None:
    for login in (OFFICER, "mne.head", "auditor", "owner"):
        assert Browser(received.app, login).post("/mandates", CHANGE).status_code == 403
    browser = Browser(received.app, ADMIN)
    assert browser.post("/mandates", CHANGE).location == "/mandates"
    page = words(browser.get("/mandates"))
    assert "Өзгеріс жазылды" in page
    assert "Жарлық № 15" in page
    assert "2018 жылғы 31 мамыр" in page
    assert "жоспарда" in page
    received.verified()


def test_the_form_says_which_open_cases_stay_as_they_are(received: Stage) -> None:
    page = words(Browser(received.app, ADMIN).get("/mandates"))
    assert "Бағалауға уәкілетті органы өзгермейтін ашық істер" in page
    assert "Блок қорытындысы 1" in page


@pytest.mark.parametrize(
    ("given", "field", "sentence"),
    [
        ({"role": "internal_audit"}, "role", "пунктом 10 Системы не предусмотрена"),
        ({"holder": "atlantis"}, "holder", "Такого органа в реестре нет: atlantis"),
        ({"holder": ""}, "holder", "Обязательное поле не заполнено"),
        ({"basis": "  "}, "basis", "без основания не закрепляется"),
        ({"starts_on": "2017-01-01"}, "starts_on", "начал ее исполнять 01.01.2017"),
        ({"starts_on": "завтра"}, "starts_on", "Дата записана неверно"),
        ({"starts_on": ""}, "starts_on", "Обязательное поле не заполнено"),
        ({"role": "working_body", "basis": "Решение"}, "basis", "(пункт 12 Системы)"),
    ],
)
def test_a_refusal_is_in_the_readers_language_and_keeps_what_was_typed(
    received: Stage, given: dict[str, str], field: str, sentence: str
) -> None:
    browser = Browser(received.app, ADMIN)
    browser.get("/language/ru")
    typed = {**CHANGE, **given}
    answer = browser.post("/mandates", typed)
    assert answer.status_code == 422
    # In the note above the form, where it is not only repeated, and at the field.
    assert 1 <= words(answer).count(sentence) <= 2
    page = answer.get_data(as_text=True)
    assert f'id="f-{field}-e"' in page
    kept = {name: value for name, value in typed.items() if name not in given}
    for name, value in kept.items():
        option = f'<option value="{value}" selected>'
        assert option in page or f'value="{value}"' in page.split(f'id="f-{name}"')[1][:200]
    assert received.events("mandate.changed") == []


def test_a_decision_with_number_and_date_makes_a_working_body(received: Stage) -> None:
    browser = Browser(received.app, ADMIN)
    browser.get("/language/en")
    given = {"role": "working_body", "basis": "Decision No. 7 of 5 March 2018"}
    assert browser.post("/mandates", {**CHANGE, **given}).status_code == 302
    page = words(browser.get("/mandates"))
    assert "planned" in page
    assert "Decision No. 7 of 5 March 2018" in page
