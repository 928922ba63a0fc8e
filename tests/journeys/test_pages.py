"""Every page in every language, wide and narrow, light and dark; and the keys."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, FilePayload, expect

from tests.conftest import cloned
from tests.databases import Databases
from tests.journeys import looks, scenes
from tests.journeys.person import Person
from tests.journeys.plot import build_stage
from tests.journeys.scenes import Shown
from tests.journeys.site import Site

pytestmark = pytest.mark.journey

LANGUAGES = ("kk", "ru", "en")
# One byte more than is taken.
LARGE = 20 * 1024 * 1024 + 1


@dataclass(frozen=True, slots=True)
class Scene:
    """The site of this file and its pages."""

    site: Site
    pages: list[Shown]


@pytest.fixture(scope="module")
def scene(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    data = tmp_path_factory.mktemp("scene")
    for url in cloned(databases, "sqlite", build_stage):
        pages = scenes.build(url, data)
        with Site(url, data) as site:
            yield Scene(site, pages)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page(browser: Browser, scene: Scene, language: str) -> None:
    wrong: list[str] = []
    for login in sorted({shown.login for shown in scene.pages}):
        with Person(browser, scene.site, login) as reader:
            complaints = looks.watched(reader.page.context)
            reader.page.goto(f"/language/{language}?next=/help")
            for shown in scene.pages:
                if shown.login == login:
                    complaints.clear()
                    found = [*faults(reader, shown, language), *complaints]
                    wrong += [f"{shown.name} in {language}, {fault}" for fault in found]
    assert not wrong, "\n".join(wrong)


def faults(reader: Person, shown: Shown, language: str, *, status: int = 200) -> Iterator[str]:
    """What is wrong with a page that `reader` opens, as it is answered and as it looks."""
    page = reader.page
    page.set_viewport_size({"width": 1440, "height": 900})
    answer = page.goto(shown.path)
    assert answer is not None
    if answer.status != 200:
        yield f"status {answer.status}"
    if page.locator("html").get_attribute("lang") != language:
        yield "the page claims another language"
    if language != "en":
        yield from (f"in English: {text}" for text in looks.english(page, language))
    if "/cases/" in shown.path and shown.name.startswith("case"):
        expect(page.get_by_role("link", name="Powered by bpmn.io").first).to_be_visible()
    yield from looks.faults(page, thorough=language == "kk")


@pytest.fixture
def head(browser: Browser, scene: Scene) -> Iterator[Person]:
    with Person(browser, scene.site, "mne.head") as person:
        # The language is the person's own, and has been changed above.
        person.page.goto("/language/kk?next=/")
        yield person
    assert person.troubles == []


def test_the_dark_is_kept_and_the_system_s_wish_heard(head: Person) -> None:
    html = head.page.locator("html")
    head.page.emulate_media(color_scheme="dark")
    head.go("Істер")
    expect(html).to_have_attribute("data-theme", "dark")
    dark = head.page.get_by_role("button", name="Түнгі режим")
    expect(dark).to_have_attribute("aria-pressed", "true")
    dark.click()
    head.go("Хаттар")
    expect(html).to_have_attribute("data-theme", "normal")


def test_the_keyboard_reaches_the_content_and_the_claim(head: Person) -> None:
    press, page = head.page.keyboard.press, head.page
    page.goto("/")
    press("Tab")
    expect(page.get_by_role("link", name="Мазмұнға өту")).to_be_focused()
    expect(page.get_by_role("link", name="Мазмұнға өту")).to_be_in_viewport()
    press("Enter")
    expect(page.get_by_role("main")).to_be_focused()

    row = head.task("Комиссия құру")
    claim = row.get_by_role("button", name="Жұмысқа алу")
    for _ in range(60):
        press("Tab")
        if claim.evaluate("button => button === document.activeElement"):
            break
    expect(claim).to_be_focused()
    press("Enter")
    back = row.get_by_role("button", name="Кезекке қайтару")
    expect(back).to_be_focused()
    press("Enter")
    expect(claim).to_be_focused()


def test_the_keys_of_the_list(head: Person) -> None:
    press, page = head.page.keyboard.press, head.page
    head.go("Тапсырмалар")
    rows = page.get_by_role("row").filter(has=page.get_by_role("button", name="Жұмысқа алу"))
    tasks = [row.get_by_role("link").first for row in rows.all()]
    assert len(tasks) > 2
    for key, at in (("j", 0), ("j", 1), ("j", 2), ("k", 1)):
        press(key)
        expect(tasks[at]).to_be_focused()
    press("c")
    expect(page.get_by_role("button", name="Кезекке қайтару")).to_have_count(1)
    press("/")
    search = page.get_by_role("searchbox", name="Тізімнен іздеу")
    expect(search).to_be_focused()
    # What is typed into a field is text and no key.
    press("j")
    expect(search).to_have_value("j")
    search.fill("")
    page.get_by_role("main").focus()
    press("?")
    keys = page.get_by_role("dialog", name="Пернелер")
    expect(keys).to_be_visible()
    # Only keys that do something are promised.
    expect(keys.get_by_role("term")).to_have_text(["J", "K", "Enter", "C", "/", "Ctrl ↵", "?"])
    press("Escape")
    expect(keys).to_be_hidden()
    page.get_by_role("button", name="Кезекке қайтару").click()


def test_a_refused_page_can_be_read_in_another_language(head: Person) -> None:
    head.open_task("Қараусыз қалдыру туралы шешім")
    head.write("Шешімнің нөмірі", "7-ш")
    head.press("Шешімді тіркеу")
    expect(head.page.get_by_role("alert")).to_contain_text("Нысан қабылданбады.")
    head.page.get_by_role("link", name="Рус").click()
    expect(head.page.get_by_label("Номер решения")).to_have_value("7-ш")


def test_a_file_that_is_too_large_takes_nothing_away(browser: Browser, scene: Scene) -> None:
    task = next(shown for shown in scene.pages if shown.name == "object")
    with Person(browser, scene.site, task.login) as officer:
        page = officer.page
        page.goto("/language/kk?next=/help")
        page.goto(task.path)
        officer.write("Негіздеме", "Есептеу қатесі бар.")
        large = FilePayload(name="Үлкен.pdf", mimeType="application/pdf", buffer=b"0" * LARGE)
        page.set_input_files("input[type=file]", large)
        expect(page.get_by_role("alert")).to_contain_text("Үлкен.pdf")
        assert page.locator("input[type=file]").evaluate("input => input.files.length") == 0
        expect(page.get_by_label("Негіздеме")).to_have_value("Есептеу қатесі бар.")
        assert officer.troubles == []
