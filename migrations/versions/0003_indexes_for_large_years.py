"""Indexes for large years: the rows of an event, and the messages that a case has sent.

Revision: 0003; follows: 0002; made on 2026-11-25 17:22:10.000000.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

PENDING = sa.text("state = 'pending'")
FACTS = """
    ballot body calendar_day commission commission_member conclusion conclusion_indicator
    conclusion_mark conclusion_part decision decision_point document indicator_score letter
    mandate methodology minutes missing_conclusion objection objection_document objection_point
    overall overall_mark overall_result part part_mark part_score party recheck release report
    report_evidence report_item report_mark risk role_grant role_grant_end schedule_draft
    schedule_order score_evidence score_input secrecy_check setting uncounted
"""
GUARDED = "case_file person register"


def upgrade() -> None:
    """Index what SQLite looks for at every event, and the messages to be delivered by sender."""
    for name in FACTS.split():
        op.create_index(f"ix_{name}_event", name, ["stream", "seq"])
    for name in GUARDED.split():
        op.create_index(f"ix_{name}_event", name, ["stream"])
    op.create_index(
        "ix_message_sender",
        "message",
        ["from_case"],
        sqlite_where=PENDING,
        postgresql_where=PENDING,
    )


def downgrade() -> None:
    """Take the indexes away."""
    op.drop_index("ix_message_sender", table_name="message")
    for name in (*FACTS.split(), *GUARDED.split()):
        op.drop_index(f"ix_{name}_event", table_name=name)
