"""Roles are called what the legal release in force calls them, in each language."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from app.demo import accounts
from app.domain.calendar import local_day
from app.engine.release import read_files
from app.services import releases
from config.settings import ROOT
from tests.journeys.plot import Stage
from tests.web.browser import Browser, words

NEW = {"kk": "Сапа бақылаушысы", "ru": "Наблюдатель качества", "en": "Quality observer"}
RENAMED = {"kk": "Орындаушы қызметкер", "ru": "Исполнитель дела", "en": "Officer in charge"}
OLD = {"kk": "Жауапты орындаушы", "ru": "Ответственный исполнитель", "en": "Case officer"}


def adopt(stage: Stage, folder: Path, days: int) -> None:
    """Adopt a release with a role renamed and one more, in force so many days from now."""
    files = read_files(ROOT / "bpmn")
    roles = files["roles.toml"].decode()
    for language, name in RENAMED.items():
        roles = roles.replace(f'{language} = "{OLD[language]}"', f'{language} = "{name}"')
    roles += "\n[quality_observer]\n" + "".join(f'{k} = "{name}"\n' for k, name in NEW.items())
    files["roles.toml"] = roles.encode()
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    releases.adopt_folder(
        folder=folder,
        effective_from=local_day(stage.play.now) + timedelta(days=days),
        actor=accounts.SYSTEM,
        now=stage.play.now,
    )


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_the_names_are_those_of_the_release_in_force(
    untouched: Stage, tmp_path: Path, language: str
) -> None:
    browser = Browser(untouched.app, "admin")
    browser.get(f"/language/{language}?next=/people")
    person = f"/people/{untouched.play.code('mne.officer1')}"
    adopt(untouched, tmp_path, days=1)
    for path in ("/people", person):
        assert OLD[language] in words(browser.get(path)), path
    untouched.app.extensions["bagalau"].clock.at += timedelta(days=1)
    for path in ("/people", person, "/account", "/help"):
        page = words(browser.get(path))
        assert OLD[language] not in page, path
    assert RENAMED[language] in words(browser.get("/people"))
    # A role that the program knows nothing of can be given.
    assert NEW[language] in words(browser.get(person))
    given = {"role": "quality_observer", "organisation": "mne", "starts_on": "2018-01-11"}
    assert browser.post(f"{person}/roles", **given).status_code == 302
    assert f"{NEW[language]} " in words(browser.get(person))
