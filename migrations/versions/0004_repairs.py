"""Repairs of acts that failed: what was proposed for an incident, by whom, and how it ended.

Revision: 0004; follows: 0003; made on 2026-11-25 21:20:00.000000.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

COUNTED = """
    UPDATE incident SET attempt = 1 + (
        SELECT count(*) FROM incident earlier
        WHERE earlier.case_id = incident.case_id AND earlier.act = incident.act
        AND earlier.opened_seq < incident.opened_seq
    )
"""


def upgrade() -> None:
    """Add to an incident its attempt, how it ended, and the repair that is proposed for it."""
    op.add_column(
        "incident", sa.Column("attempt", sa.Integer(), server_default="1", nullable=False)
    )
    op.add_column("incident", sa.Column("how", sa.String(length=8), nullable=True))
    op.add_column("incident", sa.Column("repair", sa.LargeBinary(), nullable=True))
    op.add_column("incident", sa.Column("proposed_seq", sa.Integer(), nullable=True))
    op.add_column("incident", sa.Column("proposed_by", sa.String(length=40), nullable=True))
    op.execute(COUNTED)
    op.execute("UPDATE incident SET how = 'retry' WHERE state = 'resolved'")


def downgrade() -> None:
    """Take the columns away."""
    for name in ("proposed_by", "proposed_seq", "repair", "how", "attempt"):
        op.drop_column("incident", name)
