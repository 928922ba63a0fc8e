"""The evidence store in a folder: what the file system allows and a bucket has not."""

from __future__ import annotations

import hashlib
import io
import os
import stat
from pathlib import Path

import pytest

from app.documents.store import BlobDamaged, BlobMissing, FolderStore
from app.domain.refusals import Invalid, TooLarge

LIMIT = 3 * 1024 * 1024


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "evidence")


def put(store: FolderStore, content: bytes) -> str:
    return store.put(io.BytesIO(content), LIMIT).sha256


def path_of(tmp_path: Path, sha256: str) -> Path:
    return tmp_path / "evidence" / sha256[:2] / sha256[2:]


def test_a_file_lies_under_its_hash_and_cannot_be_written(
    store: FolderStore, tmp_path: Path
) -> None:
    path = path_of(tmp_path, put(store, b"content"))
    assert path.read_bytes() == b"content"
    assert stat.S_IMODE(path.stat().st_mode) == 0o440


def test_the_same_content_is_one_file(store: FolderStore, tmp_path: Path) -> None:
    first = put(store, b"twice")
    inode = path_of(tmp_path, first).stat().st_ino
    assert put(store, b"twice") == first
    assert path_of(tmp_path, first).stat().st_ino == inode


def test_too_large_and_empty_leave_nothing(store: FolderStore, tmp_path: Path) -> None:
    with pytest.raises(TooLarge) as large:
        store.put(io.BytesIO(b"x" * (LIMIT + 1)), LIMIT)
    assert (large.value.code, large.value.params) == ("file.too_large", {"max": 3})
    with pytest.raises(Invalid, match="file.empty"):
        store.put(io.BytesIO(b""), LIMIT)
    assert list((tmp_path / "evidence").iterdir()) == []
    assert store.put(io.BytesIO(b"x" * LIMIT), LIMIT).size == LIMIT


def test_a_missing_file_and_a_forged_hash(store: FolderStore, tmp_path: Path) -> None:
    put(store, b"something")
    (tmp_path / "secret").write_bytes(b"secret")
    for forged in ("0" * 64, "../../secret", "ab/../../secret", "", "A" * 64, "0" * 63 + "\n"):
        with pytest.raises(BlobMissing):
            store.open(forged)
        assert not store.exists(forged)


def test_a_link_in_place_of_a_file_is_refused(store: FolderStore, tmp_path: Path) -> None:
    sha256 = put(store, b"original")
    path = path_of(tmp_path, sha256)
    elsewhere = tmp_path / "elsewhere"
    # Even one to the right content: what lies elsewhere can change.
    elsewhere.write_bytes(b"original")
    path.unlink()
    path.symlink_to(elsewhere)
    with pytest.raises(BlobDamaged):
        store.open(sha256, verify=True)
    assert not store.exists(sha256)
    with pytest.raises(BlobDamaged):
        put(store, b"original")
    assert path.is_symlink()


def test_a_link_in_place_of_a_folder_is_refused(store: FolderStore, tmp_path: Path) -> None:
    sha256 = hashlib.sha256(b"original").hexdigest()
    outside = tmp_path / "outside"
    outside.mkdir()
    (tmp_path / "evidence").mkdir()
    (tmp_path / "evidence" / sha256[:2]).symlink_to(outside)
    with pytest.raises(BlobDamaged):
        put(store, b"original")
    assert list(outside.iterdir()) == []
    (outside / sha256[2:]).write_bytes(b"original")
    with pytest.raises(BlobDamaged):
        store.open(sha256)


def test_a_folder_or_pipe_in_place_of_a_file_is_refused(store: FolderStore, tmp_path: Path) -> None:
    for make in (Path.mkdir, os.mkfifo):
        path = path_of(tmp_path, put(store, b"original"))
        path.unlink()
        make(path)
        with pytest.raises(BlobDamaged):
            store.open(hashlib.sha256(b"original").hexdigest())
        path.rmdir() if path.is_dir() else path.unlink()


def test_a_file_system_without_links(
    store: FolderStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_link(*_args: object, **_kw: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_link)
    sha256 = put(store, b"content")
    assert put(store, b"content") == sha256
    assert [p.name for p in (tmp_path / "evidence").rglob("*")] == [sha256[:2], sha256[2:]]
