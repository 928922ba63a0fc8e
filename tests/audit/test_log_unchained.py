from __future__ import annotations

import json

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.audit.events import DocumentViewed, SessionOpened
from app.audit.log import append, append_unchained
from app.models.trail import EventRow
from tests.audit.trial import (
    envelope,
    known,
)


def test_an_access_stream_has_no_chain(trial: Engine) -> None:
    with Session(trial) as session:
        for number in (1, 2):
            viewed = DocumentViewed(document=number, sha256="0" * 64)
            done = append_unchained(session, viewed, envelope(), stream="access/2017", case_id=7)
            assert done.seq == 0
        opened = SessionOpened(session=1, person="p-0001", method="password")
        append_unchained(session, opened, envelope(), stream="access/2017")
        session.commit()
        rows = session.scalars(select(EventRow)).all()
        assert [row.seq for row in rows] == [None] * 3
        assert all(json.loads(row.body).keys().isdisjoint({"seq", "prev"}) for row in rows)
        with pytest.raises(IntegrityError, match="chained or is not"):
            append(session, known(), envelope(), stream="access/2017")
