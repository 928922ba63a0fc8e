"""Changes of the calendar by two people, and the cases that they concern.

Revision: 0005; follows: 0004; made on 2026-11-25 21:45:00.000000.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from app.db import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TABLES = ("calendar_redating", "calendar_concern", "calendar_decision", "calendar_proposal")


def upgrade() -> None:
    """Add proposals, decisions, the cases concerned and their re-dating: facts, all of them."""
    _fact(
        "calendar_proposal",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("name_kk", sa.String(length=200), nullable=False),
        sa.Column("name_ru", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.String(length=40), nullable=False),
        sa.Column("proposed_at", UtcDateTime(), nullable=False),
    )
    _fact(
        "calendar_decision",
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("decided_by", sa.String(length=40), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=False),
        _reference("calendar_decision", "proposal_id", "calendar_proposal"),
        sa.UniqueConstraint("proposal_id", name=op.f("uq_calendar_decision_proposal_id")),
    )
    _fact(
        "calendar_concern",
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        _reference("calendar_concern", "proposal_id", "calendar_proposal"),
        _reference("calendar_concern", "case_id", "case_file"),
        sa.UniqueConstraint(
            "proposal_id", "case_id", name=op.f("uq_calendar_concern_proposal_id_case_id")
        ),
    )
    _fact(
        "calendar_redating",
        sa.Column("concern_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        _reference("calendar_redating", "concern_id", "calendar_concern"),
        _reference("calendar_redating", "case_id", "case_file"),
        sa.UniqueConstraint("concern_id", name=op.f("uq_calendar_redating_concern_id")),
    )
    # SQLite looks for what refers to a case at every act (0007).
    for name in ("calendar_concern", "calendar_redating"):
        op.create_index(f"ix_{name}_case_id", name, ["case_id"])


def downgrade() -> None:
    """Take the tables away."""
    for name in TABLES:
        op.drop_table(name)


def _fact(name: str, *parts: Any) -> None:
    op.create_table(
        name,
        *parts,
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stream", sa.String(length=120), nullable=False),
        sa.CheckConstraint("id > 0", name=op.f(f"ck_{name}_id")),
        sa.ForeignKeyConstraint(
            ["stream", "seq"],
            ["event.stream", "event.seq"],
            name=f"fk_{name}_event",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        info={"trail": "fact"},
    )
    op.create_index(f"ix_{name}_event", name, ["stream", "seq"])


def _reference(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column],
        [f"{target}.id"],
        name=op.f(f"fk_{table}_{column}_{target}"),
        initially="DEFERRED",
        deferrable=True,
    )
