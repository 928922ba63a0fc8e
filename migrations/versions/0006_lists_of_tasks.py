"""Lists of tasks: what a task is about stands on it, and each lane is a range of an index.

Due timers and pending messages, too, are read in their order from an index.

Revision: 0006; follows: 0005; made on 2026-11-25 21:45:10.000000.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ABOUT = {"year": sa.Integer(), "block": sa.Integer(), "evaluated_body": sa.String(40)}
WAITING = sa.text("state = 'waiting'")
PENDING = sa.text("state = 'pending'")
IN_LANE = "assignee IS NULL"
INDEXES = {
    "ix_task_lane": (IN_LANE, ["organisation", "role", "due_at", "id"]),
    "ix_task_lane_body": (IN_LANE, ["organisation", "role", "evaluated_body", "due_at", "id"]),
    "ix_task_assignee": ("assignee IS NOT NULL", ["assignee", "due_at", "id"]),
    "ix_task_claimed": ("claimed_by IS NOT NULL", ["claimed_by", "due_at", "id"]),
}


def upgrade() -> None:
    """Write on every task what its case is about, and index the open ones lane by lane."""
    for name, kind in ABOUT.items():
        op.add_column("task", sa.Column(name, kind, nullable=True))
    op.execute(
        "UPDATE task SET (year, block, evaluated_body) = (SELECT c.year, c.block,"
        " c.evaluated_body FROM case_file c WHERE c.id = task.case_id)"
    )
    op.drop_index("ix_task_queue", table_name="task")
    for name, (only, columns) in INDEXES.items():
        which = sa.text(f"state = 'open' AND {only}")
        op.create_index(name, "task", columns, sqlite_where=which, postgresql_where=which)
    _timers(["due_at", "key", "id"])
    op.create_index(
        "ix_message_oldest", "message", ["id"], sqlite_where=PENDING, postgresql_where=PENDING
    )


def _timers(columns: list[str]) -> None:
    op.drop_index("ix_timer_due", table_name="timer")
    op.create_index(
        "ix_timer_due", "timer", columns, sqlite_where=WAITING, postgresql_where=WAITING
    )


def downgrade() -> None:
    """Take the columns and the indexes away."""
    op.drop_index("ix_message_oldest", table_name="message")
    _timers(["due_at"])
    for name in INDEXES:
        op.drop_index(name, table_name="task")
    which = sa.text("state = 'open'")
    op.create_index(
        "ix_task_queue",
        "task",
        ["organisation", "role"],
        sqlite_where=which,
        postgresql_where=which,
    )
    for name in ABOUT:
        op.drop_column("task", name)
