"""What was typed into a lost form stands on the page of its error, named as the form named it."""

from __future__ import annotations

import re

from flask import g
from werkzeug.datastructures import MultiDict

from app.engine.forms import Field
from app.services import releases
from app.web import kept
from config.settings import ROOT
from tests.journeys.plot import CONCLUSION, Stage
from tests.web.browser import Browser, words

FORMS = sorted(
    f"{path.parents[1].name}/{path.stem}" for path in (ROOT / "bpmn").glob("*/forms/*.json")
)
# What a page sends for a field of a type, and what is to be read of it; what is chosen reads
# as its label.
ANSWERED = {
    "yes": ({"": "yes"}, "Иә"),
    "body": ({"": "akmola"}, "Ақмола облысының әкімдігі"),
    "documents": ({"": "7", "-origin": "Мұрағат", "-source": "6"}, "Мұрағат"),
    "indicators": ({"-0-code": "1.1", "-0-name": "А", "-0-value": "2"}, "1.1\tА\t2\t\t"),
    "votes": ({"-1.1": "for"}, "1.1: Жақтап"),
    "corrections": ({"-1.1-value": "2.5", "-1.1-points": "3"}, "1.1\t2,5\t3"),
    "report": ({"-1.1-fact": "2,5", "-1.1-plan-none": "yes"}, "1.1: fact = 2,5; plan = —"),
    "scores": ({"-1.1-status": "counted", "-1.1-fact": "3"}, "1.1: fact = 3; counted"),
    "missing": ({"-1-akmola": "other"}, "1/akmola: other"),
    "secrecy": ({"-0-akmola": "official"}, "0/akmola: official"),
}


def answered(field: Field) -> tuple[dict[str, str], str]:
    if field.options:
        return {"": field.options[-1].value}, field.options[-1].label["kk"]
    return ANSWERED.get(field.type, ({"": "Мәтін"}, "Мәтін"))


def test_every_form_is_kept_under_its_own_labels(received: Stage) -> None:
    Browser(received.app, "mne.officer2").get("/cases")
    assert len(FORMS) > 10
    for key in FORMS:
        form = releases.form(key, None)
        assert form is not None
        sent, told = {"kept_form": key, "csrf_token": "t", "next": "/"}, []
        for field in form.fields:
            parts, text = answered(field)
            sent |= {f"{field.name}{part}": value for part, value in parts.items()}
            label = "Құжаттың шығу тегі" if field.type == "documents" else field.label["kk"]
            told.append((label, text))
        with received.app.test_request_context():
            g.language = "kk"
            found = kept.kept(MultiDict(sent))
        assert [(entry["label"], entry["text"]) for entry in found] == told, key


def test_passwords_and_tokens_are_never_shown_again(received: Stage) -> None:
    sent = {"csrf_token": "t", "password": "secret", "new_password": "s", "basis": "№ 1", "x": " "}
    with received.app.test_request_context():
        g.language = "ru"
        found = kept.kept(MultiDict(sent))
    assert [(entry["label"], entry["text"]) for entry in found] == [
        ("Основание (номер и дата акта)", "№ 1")
    ]


def test_a_page_without_a_database_names_the_fields_of_forms_it_knows(received: Stage) -> None:
    Browser(received.app, "mne.officer2").get("/cases")
    with received.app.test_request_context():
        g.language, g.bare = "kk", True
        sent = MultiDict({"kept_form": "objection/close", "decision_date": "2018-04-04"})
        assert [entry["label"] for entry in kept.kept(sent)] == ["Шешімнің күні"]


def test_a_form_of_an_expired_session_reads_as_it_was_filled_in(received: Stage) -> None:
    login = "akmola.officer1"
    task = received.task(CONCLUSION, "object")
    page = Browser(received.app, login).get(f"/tasks/{task}").get_data(as_text=True)
    [key] = re.findall(r'name="kept_form" value="([^"]+)"', page)
    stranger = Browser(received.app)
    stranger.get("/sign-in")
    answer = stranger.post(
        f"/tasks/{task}/complete", {"kept_form": key, "points": "1.1.1", "grounds": "Дәлел"}
    )
    assert answer.status_code == 401
    said = words(answer)
    assert "Келіспейтін көрсеткіштер" in said
    assert "Негіздеме" in said
    assert not re.search(r"<label[^>]*>(points|grounds|kept_form)<", answer.get_data(as_text=True))
