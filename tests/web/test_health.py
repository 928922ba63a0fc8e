"""The sign of life, and a store of documents that is away."""

from __future__ import annotations

import dataclasses
import io
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from app import create_app
from app.db import transaction
from app.documents import store_s3
from app.documents.store_s3 import S3Store
from app.models.facts import Document
from app.services import installation
from config.settings import ROOT, Bucket, Settings
from tests.cli.console import free_port
from tests.journeys.plot import AKMOLA, CONCLUSION, Stage
from tests.web.browser import Browser, words


def test_a_server_that_can_serve_says_so_in_few_words(received: Stage) -> None:
    answer = Browser(received.app).get("/health")
    assert answer.status_code == 200
    assert answer.json == {"status": "ok", "reason": None, "schema": "current", "release": True}
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers


def test_a_database_that_is_away_is_told_without_its_address(tmp_path: Path) -> None:
    url = f"postgresql+psycopg://somebody:secret@127.0.0.1:{free_port()}/bagalau"
    answer = _asked(create_app(Settings(data=tmp_path, database_url=url)))
    assert (answer["status"], answer["schema"]) == ("unavailable", None)
    assert "database" in answer["reason"].lower()
    assert not any(secret in str(answer) for secret in ("somebody", "secret", "127.0.0.1"))


def test_a_database_that_was_not_migrated_is_told(received: Stage) -> None:
    before = installation.known(ROOT / "migrations")[1]
    with transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = :one"), {"one": before})
    answer = _asked(received.app)
    assert answer["schema"] == "older"
    assert "bagalau migrate" in answer["reason"]


def _asked(app: Flask) -> dict[str, str]:
    answer = Browser(app).get("/health")
    assert answer.status_code == 503
    told: dict[str, str] = answer.json or {}
    return told


def test_a_store_that_is_away_costs_one_act_and_no_page(
    received: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    received.plot.object(AKMOLA)
    document = received.all(Document)[0].id
    monkeypatch.setattr(store_s3, "ATTEMPTS", 1)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION"):
        monkeypatch.setenv(name, "us-east-1")
    there = received.app.extensions["bagalau"]
    away = S3Store(Bucket("evidence", "", f"http://127.0.0.1:{free_port()}"))
    received.app.extensions["bagalau"] = dataclasses.replace(there, store=away)
    browser = Browser(received.app, "akmola.officer1")
    answer = browser.get(f"/documents/{document}")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "Құжаттар қоймасы жауап бермейді" in words(answer)
    assert "127.0.0.1" not in answer.get_data(as_text=True)
    assert browser.get("/cases").status_code == 200
    assert browser.get("/health").status_code == 200


def test_an_upload_while_the_store_is_away_leaves_nothing(
    received: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_s3, "ATTEMPTS", 1)
    away = S3Store(Bucket("evidence", "", f"http://127.0.0.1:{free_port()}"))
    there = received.app.extensions["bagalau"]
    received.app.extensions["bagalau"] = dataclasses.replace(there, store=away)
    task, before = received.task(CONCLUSION, "object"), len(received.all(Document))
    browser = Browser(received.app, "akmola.officer1")
    browser.get(f"/tasks/{task}")
    answer = browser.post(
        f"/tasks/{task}/documents",
        {
            "attach": "documents",
            "documents-file": (io.BytesIO("дәлел".encode()), "дәлел.txt"),
            "documents-source": "1",
            "documents-origin": "Бюро",
        },
    )
    assert answer.status_code == 503, words(answer)
    assert len(received.all(Document)) == before
