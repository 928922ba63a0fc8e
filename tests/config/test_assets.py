"""The build of the assets: what it reads, when it skips, what it says when it cannot."""

from __future__ import annotations

from pathlib import Path

import pytest

from config import assets


@pytest.fixture
def web(tmp_path: Path) -> Path:
    """A small `app/web` with every kind of input."""
    for name, text in {
        "assets/package.json": "{}",
        "assets/package-lock.json": "{}",
        "assets/build.mjs": "",
        "assets/src/app.css": "a{}",
        "templates/macros/chips.html": "icon('key')",
        "templates/base.html": "",
        "static/built/app.css": "a{}",
        "assets/node_modules/left/index.js": "",
    }.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return tmp_path


def stamp(web: Path) -> None:
    (web / "assets/node_modules/.stamp").write_text(assets.digest(web, assets.package_files(web)))
    (web / "static/built/.stamp").write_text(assets.digest(web, assets.source_files(web)))


def test_templates_are_inputs_and_built_files_are_not(web: Path) -> None:
    read = {file.relative_to(web).as_posix() for file in assets.source_files(web)}
    assert {"templates/macros/chips.html", "assets/src/app.css", "assets/build.mjs"} <= read
    assert not any(name.startswith(("static/", "assets/node_modules")) for name in read)


@pytest.mark.parametrize("changed", ["assets/src/app.css", "templates/base.html"])
def test_a_change_of_an_input_changes_the_stamp(web: Path, changed: str) -> None:
    before = assets.digest(web, assets.source_files(web))
    (web / changed).write_text("b{}")
    assert assets.digest(web, assets.source_files(web)) != before


def test_a_renamed_file_changes_the_stamp(web: Path) -> None:
    before = assets.digest(web, assets.source_files(web))
    (web / "assets/src/app.css").rename(web / "assets/src/bpp.css")
    assert assets.digest(web, assets.source_files(web)) != before


def test_nothing_is_run_when_nothing_changed(
    web: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    stamp(web)
    monkeypatch.setattr(assets, "run", lambda *_: pytest.fail("a step was run"))
    assets.build(web)
    assert capsys.readouterr().out.splitlines() == ["packages: up to date", "assets: up to date"]


def test_a_failing_step_leaves_no_stamp_and_says_which(web: Path) -> None:
    stamp(web)
    (web / "assets/build.mjs").write_text("process.exit(3)")
    with pytest.raises(assets.BuildError, match="assets: status 3"):
        assets.build(web)
    assert (web / "static/built/.stamp").read_text() != assets.digest(web, assets.source_files(web))


def test_the_version_is_a_part_of_the_stamp(web: Path) -> None:
    assert assets.version(web) is None
    stamp(web)
    assert assets.version(web) == assets.digest(web, assets.source_files(web))[:12]


def test_the_lock_names_no_registry() -> None:
    lock = (assets.WEB / "assets/package-lock.json").read_text()
    assert '"integrity"' in lock
    assert '"resolved"' not in lock
