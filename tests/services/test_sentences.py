from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path
from string import Formatter

import pytest

from app.domain.refusals import Invalid, NotAllowed, Refusal
from app.services import sentences
from app.services.sentences import FOLDER, LANGUAGES, codes, paragraph, say, word

APP = FOLDER.parent
RAISING = {"Refusal", *(kind.__name__ for kind in Refusal.__subclasses__())}


def table(code: str, name: str = "refusals.toml") -> dict[str, str]:
    found = tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))
    for step in code.split("."):
        found = found[step]
    return found


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("code", sorted(codes()))
def test_every_code_has_three_languages_with_the_same_placeholders(code: str) -> None:
    found = table(code)
    assert set(found) <= {*LANGUAGES, "paragraph"}
    assert all(found[language].strip() for language in LANGUAGES)
    assert placeholders(found["kk"]) == placeholders(found["ru"]) == placeholders(found["en"])
    assert found.get("paragraph", "-").strip()


@pytest.mark.parametrize("code", sorted(codes()))
def test_every_sentence_is_a_sentence_in_its_own_script(code: str) -> None:
    found = table(code)
    for language in LANGUAGES:
        text = found[language]
        assert text.endswith(".") and text == text.strip() and "  " not in text
        assert text[0] in "{«" or text[0].isupper()
    assert not re.search(r"[а-яё]", found["en"], re.I)
    # A sentence in Kazakh has a letter that Russian has not.
    assert re.search(r"[әғқңөұүһі]", found["kk"], re.I)
    assert not re.search(r"[әғқңөұүһі]", found["ru"], re.I)


def test_people_are_spoken_to_politely() -> None:
    for code in codes():
        kazakh, russian = table(code)["kk"], table(code)["ru"]
        assert not re.search(r"\b(сіз|сізге|сіздің|сізді|сен|саған)\b", kazakh), code
        assert not re.search(r"\b(ваш\w*|вы|вас|вам|ты|тебе)\b", russian), code


def test_the_sentences_of_the_decree_cite_it() -> None:
    for code in ("schedule.term_missing", "objection.no_documents", "evaluation.eservices"):
        norm = paragraph(code)
        assert norm is not None
        for language in LANGUAGES:
            assert norm in say(code, language)


def raised() -> set[tuple[str, str]]:
    """Every code that the application names in a refusal or an error of a field, with its file."""
    found = set()
    for path in APP.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                continue
            place = {"FieldError": 1, "Notice": 0}.get(node.func.id, 0)
            if node.func.id not in {*RAISING, "FieldError", "Notice"} or len(node.args) <= place:
                continue
            argument = node.args[place]
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                found.add((argument.value, path.relative_to(APP).as_posix()))
    return found


def test_every_refusal_in_the_code_has_a_sentence() -> None:
    found = raised()
    assert ("schedule.term_missing", "domain/rules/schedule.py") in found
    missing = sorted(f"{file}: {code}" for code, file in found if code not in codes())
    assert not missing


def test_a_missing_code_is_an_error() -> None:
    with pytest.raises(KeyError):
        say("no.such_code", "kk")
    with pytest.raises(KeyError):
        paragraph("no.such_code")


def test_a_refusal_brings_its_values_and_its_paragraph() -> None:
    refusal = NotAllowed("conclusion.not_yours", paragraph="38", body="mic")
    text = say(refusal, "en", body="Ministry of Information")
    assert text.endswith("made by Ministry of Information (¶ 38 of the System).")
    assert paragraph(refusal) == "38"
    assert paragraph("objection.decided") == "60"
    assert paragraph("task.gone") is None


@pytest.mark.parametrize(
    ("language", "shown"), [("kk", "10.05.2017"), ("ru", "10.05.2017"), ("en", "10 May 2017")]
)
def test_dates_are_written_for_people(language: str, shown: str) -> None:
    assert shown in say("objection.late", language, date="2017-05-10")
    instant = say("objection.late", language, date="2017-05-10T17:30:00.000000Z")
    assert f"{shown}, 23:30" in instant


def test_codes_become_words() -> None:
    refusal = Invalid("schedule.term_missing", paragraph="7", term="7(3)")
    assert "шағымдану рәсімдерінен кейінгі" in say(refusal, "kk")
    assert "(¶ 7(3))" in say(refusal, "en")
    blocks = say("block.not_evaluated", "en", body="The Ministry", block="2 3")
    assert "Interaction of state bodies with citizens, Organisational development" in blocks
    assert word("role", "working_body", "ru") == "рабочий орган Комиссии"
    assert word("role", "nobody", "ru") is None


def test_a_value_that_looks_like_a_date_and_is_none_stays() -> None:
    assert "2017-99-99" in say("calendar.bad_day", "en", day="2017-99-99")
    assert "2017-05-10T10:00" in say("calendar.bad_day", "en", day="2017-05-10T10:00")


def test_a_refusal_is_shown_even_without_its_values() -> None:
    assert "…" in say("objection.late", "kk")


def test_an_unknown_language_is_kazakh() -> None:
    assert say("task.gone", "fr") == say("task.gone", "kk")


def test_the_words_are_complete() -> None:
    words = sentences._words()
    kinds = {key.split("/")[0] for key in words}
    assert kinds == {"term", "role", "block", "part", "section", "missing", "ground"}
    for found in words.values():
        assert found.kk and found.ru and found.en and found.paragraph is None


def test_the_file_lies_where_the_code_looks() -> None:
    assert Path(sentences.FOLDER) == APP / "translations"
