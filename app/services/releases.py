"""Legal releases: adopted from a folder, kept immutable, compiled once per process."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path

import zstandard
from sqlalchemy import Connection, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.audit import events, log
from app.db import reading, transaction
from app.domain.actors import Actor, SystemActor
from app.engine import release as engine_release
from app.engine.forms import Form
from app.engine.release import Release
from app.models import cases as tables
from app.services.envelopes import envelope

_compiled: dict[str, Release] = {}


def load(session: Session, release_hash: str) -> Release:
    """The compiled release with this hash."""
    if release_hash not in _compiled:
        _compiled[release_hash] = stored(session, release_hash)
    return _compiled[release_hash]


def stored(session: Session, release_hash: str) -> Release:
    """The release that lies under this hash now, whatever this process has read before.

    Its files may give another hash: that is for the reader to find.

    Raises:
        NoResultFound: there is none.
        ReleaseError, ZstdError, ValueError: its files are not those of a release.
    """
    query = select(tables.Release.files).where(tables.Release.hash == release_hash)
    return engine_release.compile_release(_unpack(session.scalars(query).one()))


def whole(connection: Connection, release_hash: object) -> Release | None:
    """The release that lies under this hash, None where it is not there or not that one."""
    try:
        with Session(connection) as session:
            found = stored(session, str(release_hash))
    except (engine_release.ReleaseError, SQLAlchemyError, zstandard.ZstdError, ValueError):
        return None
    return found if found.hash == release_hash else None


def form(key: str, day: date | None) -> Form | None:
    """A form by its key, `commission/vote`; None where there is no such form.

    It is looked for in the releases that this process has read already, the newest first, and
    then in the one in force on `day`. Without a day the database is not asked, for a page that
    must say that there is none.
    """
    for read in reversed(list(_compiled.values())):
        if key in read.forms:
            return read.forms[key]
    if day is None:
        return None
    with reading() as session:
        return in_force(session, day).forms.get(key)


def in_force(session: Session, day: date) -> Release:
    """The release that new cases of `day` are pinned to.

    Raises:
        NoResultFound: no release has been adopted.
    """
    found = session.scalars(
        select(tables.Release.hash)
        .where(tables.Release.effective_from <= day)
        .order_by(tables.Release.number.desc())
        .limit(1)
    ).one()
    return load(session, found)


def adopt_folder(
    *, folder: Path, effective_from: date, actor: Actor | SystemActor, now: datetime
) -> str:
    """Adopt the folder's files as the next release; the same files are adopted once.

    Returns the release's hash.

    Raises:
        ReleaseError: the files do not compile; nothing is adopted.
    """
    files = engine_release.read_files(folder)
    compiled = engine_release.compile_release(files)
    with transaction() as session:
        known = session.scalar(
            select(tables.Release.id).where(tables.Release.hash == compiled.hash)
        )
        if known is None:
            write(session, files, compiled, effective_from=effective_from, actor=actor, now=now)
    return compiled.hash


def write(
    session: Session,
    files: Mapping[str, bytes],
    compiled: Release,
    *,
    effective_from: date,
    actor: Actor | SystemActor,
    now: datetime,
) -> None:
    """Write a release and its event in the caller's transaction."""
    number = 1 + (session.scalar(select(func.max(tables.Release.number))) or 0)
    stream = f"release/{compiled.hash[:16]}"
    row = tables.Release(
        stream=stream,
        seq=1,
        hash=compiled.hash,
        number=number,
        effective_from=effective_from,
        files=_pack(files),
    )
    session.add(row)
    session.flush()
    log.append(
        session,
        events.ReleaseAdopted(
            release=compiled.hash,
            number=number,
            effective_from=effective_from,
            files={name: hashlib.sha256(data).hexdigest() for name, data in files.items()},
        ),
        envelope(now=now, actor=actor, release=compiled.hash),
        stream=stream,
        rows=[row],
    )


def _pack(files: Mapping[str, bytes]) -> bytes:
    listing = {name: files[name].decode("utf-8") for name in sorted(files)}
    text = json.dumps(listing, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return zstandard.ZstdCompressor(level=10).compress(text.encode("utf-8"))


def _unpack(packed: bytes) -> dict[str, bytes]:
    listing = json.loads(zstandard.ZstdDecompressor().decompress(packed))
    return {name: text.encode("utf-8") for name, text in listing.items()}
