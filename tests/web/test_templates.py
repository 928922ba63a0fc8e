"""The macros over the real forms of the release: every field can be answered, nothing is inline."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import jinja2
import pytest
from lxml import html
from werkzeug.datastructures import MultiDict

from app.domain.calendar import Calendar, calendar_days_after, working_days_after
from app.domain.days import DayMark
from app.engine.forms import Field, Form, read_form
from app.web import forms
from tests.web.stand_ins import TABLES

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "app/web/templates"
FORMS = sorted(ROOT.glob("bpmn/*/forms/*.json"))

# Types whose control is one line, a text or a date: what the macro falls back to.
LINES = frozenset({"text", "longtext", "date", "number", "integer", "yes"})
CHOICES: Mapping[str, Any] = {
    "people": [
        {"value": "p-0001", "label": "Әсел Нұрланова", "passed": "0 із"},
        {
            "value": "p-0002",
            "label": "Дәурен Жүнісов",
            "excluded": True,
            "reason": "балл қойған",
            "paragraph": "59",
            "event": 4118,
        },
    ],
    "body": [{"value": "akm", "label": {"kk": "Ақмола", "ru": "Акмола", "en": "Akmola"}}],
    "documents": [{"value": "e-1", "label": "a.pdf", "source": "4.6", "size": 10}],
    "points": [{"value": "1.1", "label": "Көрсеткіш", "theirs": "10.5"}],
    "votes": [{"value": "1.1", "label": "Көрсеткіш"}],
    "corrections": [{"value": "1.1", "label": "Көрсеткіш", "old_value": "1", "old_points": "2"}],
    "indicators": {"blank": 2},
    "choice": [{"value": "1", "label": "1"}],
    "choices": [{"value": "1", "label": "1"}],
}
SENT_AS = {
    "indicators": "{}-0-code",
    "votes": "{}-1.1",
    "corrections": "{}-1.1-points",
    "report": "{}-1.1-fact",
    "scores": "{}-1.1-fact",
    "missing": "{}-1-akm",
    "secrecy": "{}-1-akm",
}
UPLOADS = {"url": "/attach", "limit": 10, "accept": ".pdf", "sources": []}


def short(day: date, style: str = "short") -> str:
    return f"{style} {day.isoformat()}"


@pytest.fixture(scope="module")
def pages() -> jinja2.Environment:
    """The templates with plain stand-ins for what the application offers them."""
    env = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        extensions=["jinja2.ext.i18n"],
    )
    env.install_gettext_callables(
        lambda text: text, lambda one, many, n: one if n == 1 else many, newstyle=True
    )
    env.globals.update(
        url_for=lambda endpoint, **values: f"/{endpoint}/{values.get('filename', '')}",
        csrf_token=lambda: "token",
        assets_version=None,
    )
    env.filters.update(
        local_date=short,
        local_time=str,
        decimal=lambda value: str(value).replace(".", ","),
        file_size=str,
        name=lambda names: names["kk"],
    )
    return env


def options(form: Form) -> dict[str, Any]:
    def of(field: Field) -> Any:
        if field.type in TABLES:
            return TABLES[field.type](field.name)
        return CHOICES["people" if field.type == "person" else field.type]

    return {
        field.name: of(field)
        for field in form.fields
        if not field.options
        and ("people" if field.type == "person" else field.type) in {*CHOICES, *TABLES}
    }


def drawn(pages: jinja2.Environment, form: Form, **given: Any) -> Any:
    macros = pages.get_template("macros/form.html").module
    made = macros.form(
        form, "/send", given.get("values", {}), given.get("errors", {}), options(form), UPLOADS
    )
    return html.fromstring(f"<main>{made}</main>")


def form_of(path: Path) -> Form:
    return read_form(f"{path.parents[1].name}/{path.stem}", path.read_bytes())


def every(path: Path) -> str:
    return f"{path.parents[1].name}/{path.stem}"


@pytest.mark.parametrize("path", FORMS, ids=every)
def test_every_field_of_every_form_can_be_answered(pages: jinja2.Environment, path: Path) -> None:
    form = form_of(path)
    page = drawn(pages, form)
    sent = {element.get("name") for element in page.xpath("//*[@name]")}
    for field in form.fields:
        assert SENT_AS.get(field.type, "{}").format(field.name) in sent, field.name


@pytest.mark.parametrize("path", FORMS, ids=every)
def test_every_type_has_its_macro_and_is_read_back(pages: jinja2.Environment, path: Path) -> None:
    """What stands in a field's place on the page comes back as the answer to that field."""
    form = form_of(path)
    page = drawn(pages, form)
    posted: MultiDict[str, str] = MultiDict()
    for field in form.fields:
        kind = "people" if field.type == "person" else field.type
        known = kind in {*LINES, *CHOICES, *TABLES}
        assert known, f"no macro and no stand-in for the type {field.type}"
        inside = page.xpath(f"//*[@data-field='{field.name}']")[0]
        sent = inside.xpath(".//*[@name][not(self::button)][not(@type='file')]")
        for control in (one for one in sent if not one.xpath("ancestor::template")):
            posted.add(control.get("name"), control.get("value") or "1")
    answers = forms.read(form, posted)
    assert set(answers) == {field.name for field in form.fields}
    for field in form.fields:
        if field.type in TABLES:
            [[key, row]] = answers[field.name].items()
            assert key in ("1.1", "1/akm")
            assert not isinstance(row, dict) or row["values"]["fact"]


@pytest.mark.parametrize("path", FORMS, ids=every)
def test_a_form_has_no_inline_style_or_script_and_no_id_twice(
    pages: jinja2.Environment, path: Path
) -> None:
    page = drawn(pages, form_of(path))
    assert not page.xpath("//@style | //script | //@*[starts-with(name(), 'on')]")
    ids = Counter(page.xpath("//*[not(ancestor::template)]/@id"))
    assert [one for one, times in ids.items() if times > 1] == []


@pytest.mark.parametrize("path", FORMS, ids=every)
def test_every_error_is_told_beside_its_field_and_linked_from_the_top(
    pages: jinja2.Environment, path: Path
) -> None:
    form = form_of(path)
    errors = {field.name: f"{field.name} is wrong" for field in form.fields}
    page = drawn(pages, form, errors=errors)
    targets = [link.get("href")[1:] for link in page.xpath("//*[@data-errors]//a")]
    assert targets == [f"f-{name}" for name in errors]
    for name, words in errors.items():
        assert page.xpath(f"//*[@id='f-{name}']"), name
        told = page.xpath(f"//*[@id='f-{name}-e']")
        assert len(told) == 1
        assert words in told[0].text_content()
        assert page.xpath(f"//*[contains(@aria-describedby, 'f-{name}-e')]"), name


def test_a_cell_of_a_row_carries_its_own_error(pages: jinja2.Environment) -> None:
    form = form_of(ROOT / "bpmn/conclusion/forms/enter.json")
    rows = [{"code": "1", "name": "A", "value": "1.5", "points": "x", "max": "10"}]
    page = drawn(
        pages, form, values={"indicators": rows}, errors={"indicators.0.points": "not a number"}
    )
    (cell,) = page.xpath("//*[@id='f-indicators-0-points']")
    assert cell.get("value") == "x"
    assert cell.get("aria-invalid") == "true"
    (link,) = page.xpath("//*[@data-errors]//a")
    assert link.get("href") == "#f-indicators-0-points"
    assert "(row 1): not a number" in link.text_content()
    assert page.xpath("//*[@id='f-indicators-0-value']/@value") == ["1,5"]


def test_an_excluded_person_is_shown_with_the_reason_and_cannot_be_sent(
    pages: jinja2.Environment,
) -> None:
    page = drawn(pages, form_of(ROOT / "bpmn/commission/forms/form.json"))
    assert page.xpath("//input[@name='members']/@value") == ["p-0001"]
    (barred,) = page.xpath("//*[@data-field='members']//li[@class='barred']")
    assert barred.xpath(".//input/@disabled") and not barred.xpath(".//input/@name")
    assert re.search(r"балл қойған.*59.*4118", barred.text_content(), re.DOTALL)


def test_a_condition_is_data_for_the_script(pages: jinja2.Environment) -> None:
    page = drawn(pages, form_of(ROOT / "bpmn/conclusion/forms/sign.json"))
    (field,) = page.xpath("//*[@data-field='reasons']")
    assert (field.get("data-when"), field.get("data-in")) == ("decision", '["return"]')


def test_enter_in_a_field_does_not_press_attach(pages: jinja2.Environment) -> None:
    page = drawn(pages, form_of(ROOT / "bpmn/conclusion/forms/enter.json"))
    assert page.xpath("//form//button")[0].get("formaction") is None


def cells(pages: jinja2.Environment, term: Any) -> list[tuple[str, str]]:
    made = pages.get_template("macros/time.html").module.calendar(term, "term")
    strip: Any = html.fromstring(str(made))
    items = strip.xpath("//li")
    return [(item.get("class") or "", item.text_content()) for item in items]


def test_the_strip_says_of_every_day_why_it_counts_or_not(pages: jinja2.Environment) -> None:
    days = {
        date(2017, 1, 1): DayMark("holiday", "Жаңа жыл", "", "", ""),
        date(2017, 3, 18): DayMark("working_day", "", "", "", ""),
        date(2017, 3, 20): DayMark("day_off", "", "", "", ""),
        date(2017, 3, 21): DayMark("holiday", "Наурыз", "", "", ""),
        date(2017, 12, 31): DayMark("ordinary", "", "", "", ""),
    }
    strip = cells(pages, working_days_after(Calendar(1, days), date(2017, 3, 17), 2))
    assert [look for look, _ in strip] == ["got", "used", "off", "off", "off", "end"]
    for (_, text), words in zip(
        strip, ["received", "1 · working", "–", "day off", "Наурыз", "2 · 24:00"], strict=True
    ):
        assert words in text


def test_a_term_that_rolled_ends_on_the_day_it_rolled_to(pages: jinja2.Environment) -> None:
    plain = Calendar(1, {})
    strip = cells(pages, calendar_days_after(plain, date(2017, 3, 17), 15))
    assert strip[-1][0] == "end"
    assert "moved · 24:00" in strip[-1][1]
    assert strip[-2][0] == "off"
    assert "15" in strip[-3][1]


@pytest.mark.parametrize(
    ("left", "look", "words"),
    [
        (8, "due", "8 working days"),
        (2, "due soon", "2 working days"),
        (0, "due soon now", "today"),
        (-1, "due over", "late by 1 working day"),
    ],
)
def test_a_deadline_says_how_many_days_are_left(
    pages: jinja2.Environment, left: int, look: str, words: str
) -> None:
    made = pages.get_template("macros/chips.html").module.due(date(2017, 3, 31), left)
    chip: Any = html.fromstring(str(made))
    assert chip.get("class") == look
    assert chip.text_content().endswith(f"short 2017-03-31 · {words}")


def test_no_template_writes_style_or_script_inline() -> None:
    for file in TEMPLATES.rglob("*.html"):
        text = file.read_text()
        assert not re.search(r"\sstyle=|<style|<script(?![^>]*\ssrc=)|\son[a-z]+=|hx-on", text), (
            file.name
        )
