"""Backup and restore of a whole installation: the database first, then its evidence.

Evidence is put into its store before the row that names it is committed, and is never changed
or removed. So whatever the copied database names is in the store when the copy is there; the
other way round a document of the meantime would be missing. `manifest.json` is written last:
a backup without one was cut off.

Keys are not copied: with the key of the cookies in it, whoever finds a backup could sign in.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from app.db import db
from app.documents.store import BlobDamaged, BlobMissing, BlobStore, FolderStore
from app.services.backup_database import CannotCopy, Figures, copy_in, copy_out, figures
from config.settings import Settings

__all__ = ["Backup", "CannotCopy", "Restored", "backup", "restore"]

MANIFEST = "manifest.json"
FORMAT = 1
LARGEST = 2**40
"""Bytes of one file of evidence: its limit was held when it was uploaded."""


@dataclass(frozen=True, slots=True)
class Backup:
    """A finished backup, as its manifest tells it.

    `events` and `trail` are those of `app.services.backup_database.Figures`; `evidence` counts
    the files of evidence, `lost` names those that the store does not have whole.
    """

    format: int
    made_at: str
    database: str
    sha256: str
    revision: str
    events: int
    trail: str
    evidence: int
    lost: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Restored:
    """What was brought back.

    `brought` counts the files of evidence, `lost` names those that are nowhere; `same` says
    whether the events are those of the manifest.
    """

    manifest: Backup
    same: bool
    brought: int
    lost: tuple[str, ...]


def backup(
    *, settings: Settings, store: BlobStore, folder: Path, evidence: Path | None, now: datetime
) -> Backup:
    """Copy the installation into `folder`, which is new, and its evidence into `evidence`.

    Acts go on meanwhile. A folder of evidence may serve any number of backups: what is there
    is not copied again. With None no evidence is copied: a bucket may have copies of its own.

    Raises:
        CannotCopy: the folder has something in it, or the database cannot be copied.
        StoreAway: the store of evidence does not answer.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise CannotCopy(f"{folder} has something in it already: give each backup a new folder.")
    file, found = copy_out(settings, folder)
    lost = () if evidence is None else _copied(store, FolderStore(evidence), found.evidence)[1]
    made = Backup(
        format=FORMAT,
        made_at=now.isoformat(),
        database=file.name,
        sha256=_sha256(file),
        revision=found.revision,
        events=found.events,
        trail=found.trail,
        evidence=len(found.evidence),
        lost=lost,
    )
    _write(folder / MANIFEST, json.dumps(asdict(made), indent=2) + "\n")
    return made


def restore(*, settings: Settings, store: BlobStore, folder: Path, evidence: Path) -> Restored:
    """Bring a backup back into an installation that has no database yet.

    Evidence that the store has already stays, and every file is hashed on its way.

    Raises:
        CannotCopy: it is no finished backup, it was changed, it is of the other kind of
            database, or there is a database already. Nothing is written then.
        StoreAway: the store of evidence does not answer.
    """
    manifest = _manifest(folder)
    file = folder / manifest.database
    if not file.is_file() or _sha256(file) != manifest.sha256:
        raise CannotCopy(f"{file} is not what {folder / MANIFEST} tells: the backup was changed.")
    if (settings.sqlite_file is None) != (manifest.database == "bagalau.dump"):
        raise CannotCopy(
            f"{manifest.database} is of another kind of database than this installation has: "
            "look at BAGALAU_DATABASE_URL."
        )
    copy_in(settings, file)
    found = _figures()
    brought, lost = _copied(FolderStore(evidence), store, found.evidence)
    same = (found.events, found.trail) == (manifest.events, manifest.trail)
    return Restored(manifest, same, brought, lost)


def _copied(
    source: BlobStore, target: BlobStore, contents: tuple[str, ...]
) -> tuple[int, tuple[str, ...]]:
    """Copy files that the target does not have: how many, and which are nowhere whole."""
    copied, lost = 0, list[str]()
    for sha256 in contents:
        if _whole(target, sha256):
            continue
        try:
            with source.open(sha256, verify=True) as file:
                target.put(file, LARGEST)
        except (BlobMissing, BlobDamaged):
            lost.append(sha256)
        else:
            copied += 1
    return copied, tuple(lost)


def _whole(store: BlobStore, sha256: str) -> bool:
    try:
        store.open(sha256, verify=True).close()
    except (BlobMissing, BlobDamaged):
        return False
    return True


def _figures() -> Figures:
    with db.engine.connect() as connection:
        return figures(connection)


def _manifest(folder: Path) -> Backup:
    try:
        told = json.loads((folder / MANIFEST).read_text("utf-8"))
        found = Backup(**{**told, "lost": tuple(told["lost"])})
    except FileNotFoundError:
        raise CannotCopy(f"{folder} is no whole backup: it has no {MANIFEST}.") from None
    except (ValueError, TypeError, KeyError):
        raise CannotCopy(f"{folder / MANIFEST} cannot be read.") from None
    if found.format != FORMAT or Path(found.database).name != found.database:
        raise CannotCopy(f"{folder / MANIFEST} is of another version of Bagalau.")
    return found


def _sha256(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _write(path: Path, content: str) -> None:
    with path.open("x", encoding="utf-8") as file:
        os.fchmod(file.fileno(), 0o600)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
