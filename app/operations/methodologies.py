"""Reading the methodologies in force (¶ 17): for every operation and page that scores.

A methodology never changes under its hash, so a parsed one is kept in memory by it.
"""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, bindparam, select
from sqlalchemy.orm import Session, defer

from app.db import connection_of
from app.domain import methodology as domain
from app.domain.refusals import Invalid
from app.models.evaluation import Methodology
from app.operations.context import Context

MOST_KEPT = 64
_kept: dict[str, domain.Methodology] = {}
_numbered: WeakKeyDictionary[Engine, dict[int, domain.Methodology]] = WeakKeyDictionary()
# Made once: building a statement costs more than running it.
_WITHOUT_CONTENT = defer(Methodology.content)
_IN_FORCE = (
    select(Methodology)
    .where(Methodology.year == bindparam("year"), Methodology.block == bindparam("block"))
    .order_by(Methodology.number.desc())
    .limit(1)
    .options(_WITHOUT_CONTENT)
)
_IN_FORCE_THEN = _IN_FORCE.where(Methodology.approved_at <= bindparam("now"))


def hashed(content: bytes) -> str:
    """The hash under which a content is known: SHA-256, hex."""
    return sha256(content).hexdigest()


def parsed(content: bytes) -> domain.Methodology:
    """The methodology of this JSON, read once for each content.

    Raises:
        Invalid: what `domain.read` refuses.
    """
    return _known(hashed(content), content)


def of_row(row: Methodology) -> domain.Methodology:
    """The methodology of a row; its content is loaded only where it is not known yet.

    Raises:
        Invalid: `methodology.damaged`, the content is not what its hash says.
    """
    known = _kept.get(row.sha256)
    if known is not None:
        return known
    if hashed(row.content) != row.sha256:
        raise Invalid("methodology.damaged", year=row.year, block=row.block)
    return _known(row.sha256, row.content)


def in_force(
    session: Session, year: int, block: int, now: datetime | None = None
) -> tuple[Methodology, domain.Methodology]:
    """¶ 17: the newest approved methodology of a block (0: overall) for a year, at `now`.

    What was begun by an earlier version stays with it: whoever needs that one asks `by_id`.

    Raises:
        Invalid: `methodology.none`, ¶ 17.
    """
    asked = {"year": year, "block": block, "now": now}
    row = session.scalars(_IN_FORCE if now is None else _IN_FORCE_THEN, asked).one_or_none()
    if row is None:
        raise Invalid("methodology.none", paragraph="17", year=year, block=block)
    return row, of_row(row)


def overall_approved(context: Context, /, *, year: int) -> bool:
    """¶ 11, 17: whether the year has a methodology of the overall evaluation (block 0)."""
    found = select(Methodology.id).where(Methodology.year == year, Methodology.block == 0)
    return context.session.scalar(found.limit(1)) is not None


def by_id(session: Session, methodology_id: int) -> tuple[Methodology, domain.Methodology]:
    """The methodology of an id: the one that a report or a score names.

    Raises:
        Invalid: `methodology.unknown`.
    """
    row = session.get(Methodology, methodology_id, options=[_WITHOUT_CONTENT])
    if row is None:
        raise Invalid("methodology.unknown", id=methodology_id)
    return row, of_row(row)


def content_of(session: Session, methodology_id: int) -> domain.Methodology:
    """What the methodology of an id says; the row, which never changes, is read only once.

    Raises:
        Invalid: `methodology.unknown`.
    """
    known = _numbered.setdefault(connection_of(session).engine, {})
    if methodology_id not in known:
        if len(known) >= MOST_KEPT:
            known.clear()
        known[methodology_id] = by_id(session, methodology_id)[1]
    return known[methodology_id]


def _known(key: str, content: bytes) -> domain.Methodology:
    found = _kept.get(key)
    if found is None:
        found = _kept[key] = domain.read(content)
        while len(_kept) > MOST_KEPT:
            _kept.pop(next(iter(_kept)), None)
    return found
