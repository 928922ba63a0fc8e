"""A whole appeal whose evidence lies in a bucket: attached, read, verified, backed up, restored."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from app import create_app
from app.audit.report import Problem
from app.db import db
from app.demo import appeal
from app.documents.store_s3 import S3Store
from app.services import backup, verification
from app.services.clock import FixedClock
from config.settings import Settings
from tests.conftest import cloned
from tests.databases import Databases
from tests.documents.storage import NAME, Storage, bucket, client
from tests.journeys.plot import START, Stage, build_stage, quiet


@pytest.fixture
def endpoint(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> str:
    return storage.emptied(monkeypatch)


@pytest.fixture
def in_bucket(databases: Databases, tmp_path: Path, endpoint: str) -> Iterator[Flask]:
    place = bucket(endpoint)
    for url in cloned(databases, "sqlite", build_stage):
        app = create_app(
            Settings(data=tmp_path / "data", database_url=url, bucket=place), FixedClock(START)
        )
        with app.app_context():
            yield app
            db.session.remove()
            db.engine.dispose()


def test_an_appeal_with_its_evidence_in_a_bucket(
    in_bucket: Flask, endpoint: str, tmp_path: Path
) -> None:
    stage = Stage(in_bucket)
    appeal.play(store=stage.store, say=quiet)
    stage.verified()
    there = in_bucket.extensions["bagalau"].settings
    assert not there.evidence.exists()
    keys = [item["Key"] for item in client(endpoint).list_objects_v2(Bucket=NAME)["Contents"]]
    assert len(keys) == 1 and keys[0].startswith("evidence/")
    made = backup.backup(
        settings=there,
        store=stage.store,
        folder=tmp_path / "backup",
        evidence=tmp_path / "backup" / "evidence",
        now=datetime.now(UTC),
    )
    assert (made.evidence, made.lost) == (1, ())
    # Somebody with every right in the storage changes it: the verifier tells of which document.
    client(endpoint).put_object(Bucket=NAME, Key=keys[0], Body=b"another content")
    found = verification.verify_trail(store=stage.store)
    assert [p for p in found.problems if _of_evidence(p)]
    back = _restored_into_an_empty_bucket(there, keys[0], endpoint, tmp_path)
    assert (back.same, back.brought, back.lost) == (True, 1, ())


def _of_evidence(problem: Problem) -> bool:
    return "Evidence of document" in problem.problem and "another content" in problem.problem


def _restored_into_an_empty_bucket(
    like: Settings, key: str, endpoint: str, tmp_path: Path
) -> backup.Restored:
    assert like.bucket is not None
    client(endpoint).delete_object(Bucket=NAME, Key=key)
    data = tmp_path / "elsewhere"
    to = Settings(data=data, database_url=f"sqlite:///{data}/bagalau.db", bucket=like.bucket)
    app = create_app(to)
    with app.app_context():
        found = backup.restore(
            settings=to,
            store=S3Store(like.bucket),
            folder=tmp_path / "backup",
            evidence=tmp_path / "backup" / "evidence",
        )
        assert verification.verify_trail(store=S3Store(like.bucket)).ok
        db.session.remove()
        db.engine.dispose()
    return found
