"""What is given to operators fits the program: units, containers, settings, commands."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from app.cli import cli

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "docs" / "deploy"
UNITS = sorted(DEPLOY.glob("*.service"))
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
PROGRAM = "/srv/bagalau/.venv/bin/bagalau"
SETTINGS = set(
    re.findall(r'"((?:BAGALAU_[A-Z_]+)|PORT)"', (ROOT / "config" / "settings.py").read_text())
)
HARDENED = (
    "NoNewPrivileges=yes", "ProtectSystem=strict", "ProtectHome=yes", "PrivateTmp=yes",
    "PrivateDevices=yes", "CapabilityBoundingSet=", "SystemCallFilter=@system-service",
    "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6", "User=bagalau", "UMask=0077",
)  # fmt: skip


def calls(words: list[str]) -> None:
    """Expect a command of ours with options that it has."""
    command: click.Command = cli
    for word in words:
        if word.startswith("--"):
            assert word in {o for p in command.params for o in p.opts}, words
        elif isinstance(command, click.Group):
            found = command.get_command(click.Context(command), word)
            assert found is not None, words
            command = found


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_a_unit_calls_what_is_there_with_few_rights(unit: Path) -> None:
    lines = unit.read_text("utf-8").splitlines()
    called = [line.partition(PROGRAM)[2].split() for line in lines if "ExecStart=" in line]
    assert called and all(called)
    for words in called:
        calls([word.strip("'") for word in words])
    assert [wanted for wanted in HARDENED if wanted not in lines] == []


@pytest.mark.parametrize("name", ["bagalau-web.service", "bagalau-worker@.service"])
def test_what_serves_is_started_again_and_given_time_to_end(name: str) -> None:
    lines = (DEPLOY / name).read_text("utf-8").splitlines()
    assert "Restart=always" in lines and "KillMode=mixed" in lines
    [given] = [line for line in lines if line.startswith("TimeoutStopSec=")]
    # Gunicorn gives requests 20 seconds, which must be over before systemd kills.
    assert int(given.partition("=")[2]) > 20


def test_systemd_understands_the_units(tmp_path: Path) -> None:
    """Where systemd is; elsewhere the two tests above have to do."""
    if shutil.which("systemd-analyze") is None:
        return
    # It looks whether the program is there, which it is here under another name.
    here = str(Path(sys.executable).with_name("bagalau"))
    for path in (*UNITS, *DEPLOY.glob("*.timer")):
        (tmp_path / path.name).write_text(path.read_text("utf-8").replace(PROGRAM, here))
    names = [path.name.replace("@.", "@1.") for path in tmp_path.iterdir()]
    done = subprocess.run(
        ["systemd-analyze", "verify", *(f"./{name}" for name in names)],
        cwd=tmp_path,
        env={"SYSTEMD_UNIT_PATH": f"{tmp_path}:", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    told = [line for line in done.stderr.splitlines() if "bagalau" in line]
    assert (done.returncode, told) == (0, [])


def test_the_containers_call_what_is_there_with_settings_that_are_read() -> None:
    services = COMPOSE["services"]
    assert {"database", "web", "worker", "gateway"} <= services.keys()
    for name in ("web", "worker"):
        calls([str(word) for word in services[name]["command"]])
        assert services[name]["deploy"]["replicas"] == 2
        assert services[name]["image"] == "bagalau:local"
    for service in services.values():
        given = {n for n in service.get("environment", {}) if n.startswith(("BAGALAU", "PORT"))}
        assert given <= SETTINGS
    for written in re.findall(r"bagalau ((?:migrate|database)[^|\n]*)", str(services["grants"])):
        calls(written.replace("\\n", " ").split()[:4])


def test_no_secret_is_written_down() -> None:
    """Every password comes from outside, and its absence is told."""
    text = (DEPLOY / "compose.yaml").read_text("utf-8")
    found = re.findall(r"(?:PASSWORD|_KEY): *(\S+)|bagalau_\w+:([^@\s]+)@", text)
    assert found
    assert all(value.startswith("${") for pair in found for value in pair if value)


def test_the_image_is_made_of_what_is_there() -> None:
    text = (DEPLOY / "Dockerfile").read_text("utf-8")
    for path in re.findall(r"config[./][\w/.]+", text):
        named = path if "/" in path else f"{path.replace('.', '/')}.py"
        assert (ROOT / named).exists(), path
    assert "USER bagalau" in text and "--require-hashes" in text


def test_the_manual_names_every_file_beside_it() -> None:
    manual = (ROOT / "docs" / "operate.md").read_text("utf-8")
    for path in DEPLOY.iterdir():
        named = path.name in manual or f"*{path.suffix}" in manual or path.name == "gateway.conf"
        assert named, path.name


def test_the_manual_knows_every_setting_of_many_machines() -> None:
    manual = (ROOT / "docs" / "operate.md").read_text("utf-8")
    alone = {"PORT", "BAGALAU_HOST", "BAGALAU_DATA"}
    assert [name for name in sorted(SETTINGS - alone) if name not in manual] == []
