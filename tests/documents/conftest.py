"""Two evidence stores with the same promises: a folder, and a storage that speaks S3."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.documents.store import BlobStore, FolderStore
from app.documents.store_s3 import S3Store
from tests.documents.storage import Storage, client
from tests.documents.storage import bucket as new_bucket


@dataclass(frozen=True)
class Place:
    """A store, and what somebody can do behind its back.

    `kept` tells the name of each thing that lies there, and `change` gives one another content.
    """

    store: BlobStore
    kept: Callable[[], list[str]]
    change: Callable[[str, bytes], None]
    remove: Callable[[str], None]


@pytest.fixture
def endpoint(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of a storage with nothing in it."""
    return storage.emptied(monkeypatch)


@pytest.fixture(params=["folder", "s3"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """A store of each kind, with nothing in it."""
    if request.param == "folder":
        return in_folder(tmp_path / "evidence")
    return in_bucket(request.getfixturevalue("endpoint"))


def in_folder(root: Path) -> Place:
    def change(name: str, content: bytes) -> None:
        (root / name).chmod(0o640)
        (root / name).write_bytes(content)

    return Place(
        FolderStore(root),
        # What is just coming in is not kept yet.
        lambda: sorted(p.relative_to(root).as_posix() for p in root.glob("??/*")),
        change,
        lambda name: (root / name).unlink(),
    )


def in_bucket(endpoint: str) -> Place:
    bucket, there = new_bucket(endpoint), client(endpoint)

    def kept() -> list[str]:
        listed = there.list_objects_v2(Bucket=bucket.name).get("Contents", [])
        keys = [item["Key"] for item in listed]
        assert all(key.startswith(bucket.prefix) for key in keys)
        return sorted(key.removeprefix(bucket.prefix) for key in keys)

    return Place(
        S3Store(bucket),
        kept,
        lambda name, content: there.put_object(
            Bucket=bucket.name, Key=bucket.prefix + name, Body=content
        ),
        lambda name: there.delete_object(Bucket=bucket.name, Key=bucket.prefix + name),
    )
