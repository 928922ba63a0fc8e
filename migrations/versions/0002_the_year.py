"""The tables of a whole year: methodologies, reports, scores, overall results.

Revision: 0002; follows: 0001; made on 2026-11-25 13:36:35.487252.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.db import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables of a whole year."""
    op.create_table(
        "methodology",
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("block", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("example", sa.Boolean(), nullable=False),
        sa.Column("order_number", sa.String(length=100), nullable=False),
        sa.Column("order_date", sa.Date(), nullable=False),
        sa.Column("approved_by", sa.String(length=40), nullable=False),
        sa.Column("approved_at", UtcDateTime(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stream", sa.String(length=120), nullable=False),
        sa.CheckConstraint("id > 0", name=op.f("ck_methodology_id")),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["case_file.id"],
            name=op.f("fk_methodology_case_id_case_file"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["stream", "seq"],
            ["event.stream", "event.seq"],
            name="fk_methodology_event",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_methodology")),
        sa.UniqueConstraint(
            "year", "block", "number", name=op.f("uq_methodology_year_block_number")
        ),
        info={"trail": "fact"},
    )
    op.create_table(
        "missing_conclusion",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("block", sa.Integer(), nullable=False),
        sa.Column("evaluated_body", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stream", sa.String(length=120), nullable=False),
        sa.CheckConstraint("id > 0", name=op.f("ck_missing_conclusion_id")),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["case_file.id"],
            name=op.f("fk_missing_conclusion_case_id_case_file"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["stream", "seq"],
            ["event.stream", "event.seq"],
            name="fk_missing_conclusion_event",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_missing_conclusion")),
        sa.UniqueConstraint(
            "case_id",
            "block",
            "evaluated_body",
            name=op.f("uq_missing_conclusion_case_id_block_evaluated_body"),
        ),
        info={"trail": "fact"},
    )
    with op.batch_alter_table("missing_conclusion", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_missing_conclusion_case_id"), ["case_id"], unique=False
        )

    op.create_table(
        "overall",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("methodology_id", sa.Integer(), nullable=False),
        sa.Column("author", sa.String(length=40), nullable=False),
        sa.Column("drafted_at", UtcDateTime(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stream", sa.String(length=120), nullable=False),
        sa.CheckConstraint("id > 0", name=op.f("ck_overall_id")),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["case_file.id"],
            name=op.f("fk_overall_case_id_case_file"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["methodology_id"],
            ["methodology.id"],
            name=op.f("fk_overall_methodology_id_methodology"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["stream", "seq"],
            ["event.stream", "event.seq"],
            name="fk_overall_event",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_overall")),
        sa.UniqueConstraint("year", "number", name=op.f("uq_overall_year_number")),
        info={"trail": "fact"},
    )
    with op.batch_alter_table("overall", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_overall_case_id"), ["case_id"], unique=False)

    op.create_table(
        "report",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("block", sa.Integer(), nullable=False),
        sa.Column("evaluated_body", sa.String(length=40), nullable=False),
        sa.Column("methodology_id", sa.Integer(), nullable=False),
        sa.Column("author", sa.String(length=40), nullable=False),
        sa.Column("submitted_at", UtcDateTime(), nullable=False),
        sa.Column("days_late", sa.Integer(), nullable=False),
        sa.Column("missing", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stream", sa.String(length=120), nullable=False),
        sa.CheckConstraint("id > 0", name=op.f("ck_report_id")),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["case_file.id"],
            name=op.f("fk_report_case_id_case_file"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["methodology_id"],
            ["methodology.id"],
            name=op.f("fk_report_methodology_id_methodology"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["stream", "seq"],
            ["event.stream", "event.seq"],
            name="fk_report_event",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sa.UniqueConstraint("case_id", "number", name=op.f("uq_report_case_id_number")),
        info={"trail": "fact"},
    )
    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_report_case_id"), ["case_id"], unique=False)

    op.create_table(
        "uncounted",
        sa.Column("conclusion_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stream", sa.String(length=120), nullable=False),
        sa.CheckConstraint("id > 0", name=op.f("ck_uncounted_id")),
        sa.ForeignKeyConstraint(
            ["conclusion_id"],
            ["conclusion.id"],
            name=op.f("fk_uncounted_conclusion_id_conclusion"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["stream", "seq"],
            ["event.stream", "event.seq"],
            name="fk_uncounted_event",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uncounted")),
        sa.UniqueConstraint("conclusion_id", "code", name=op.f("uq_uncounted_conclusion_id_code")),
        info={"trail": "fact"},
    )
    with op.batch_alter_table("uncounted", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_uncounted_conclusion_id"), ["conclusion_id"], unique=False
        )

    op.create_table(
        "overall_mark",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("overall_id", sa.Integer(), nullable=False),
        sa.Column("mark", sa.String(length=12), nullable=False),
        sa.Column("number", sa.String(length=100), nullable=True),
        sa.Column("dated", sa.Date(), nullable=True),
        sa.Column("person", sa.String(length=40), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stream", sa.String(length=120), nullable=False),
        sa.CheckConstraint("id > 0", name=op.f("ck_overall_mark_id")),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["case_file.id"],
            name=op.f("fk_overall_mark_case_id_case_file"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["overall_id"],
            ["overall.id"],
            name=op.f("fk_overall_mark_overall_id_overall"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["stream", "seq"],
            ["event.stream", "event.seq"],
            name="fk_overall_mark_event",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_overall_mark")),
        info={"trail": "fact"},
    )
    with op.batch_alter_table("overall_mark", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_overall_mark_case_id"), ["case_id"], unique=False)

    op.create_table(
        "overall_result",
        sa.Column("overall_id", sa.Integer(), nullable=False),
        sa.Column("evaluated_body", sa.String(length=40), nullable=False),
        sa.Column("block", sa.Integer(), nullable=False),
        sa.Column("points", sa.String(length=40), nullable=True),
        sa.Column("max", sa.String(length=40), nullable=True),
        sa.Column("conclusion_id", sa.Integer(), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stream", sa.String(length=120), nullable=False),
        sa.CheckConstraint("id > 0", name=op.f("ck_overall_result_id")),
        sa.ForeignKeyConstraint(
            ["conclusion_id"],
            ["conclusion.id"],
            name=op.f("fk_overall_result_conclusion_id_conclusion"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["overall_id"],
            ["overall.id"],
            name=op.f("fk_overall_result_overall_id_overall"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["stream", "seq"],
            ["event.stream", "event.seq"],
            name="fk_overall_result_event",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_overall_result")),
        sa.UniqueConstraint(
            "overall_id",
            "evaluated_body",
            "block",
            name=op.f("uq_overall_result_overall_id_evaluated_body_block"),
        ),
        info={"trail": "fact"},
    )
    with op.batch_alter_table("overall_result", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_overall_result_overall_id"), ["overall_id"], unique=False
        )

    op.create_table(
        "part_score",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("authority", sa.String(length=40), nullable=False),
        sa.Column("methodology_id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("author", sa.String(length=40), nullable=False),
        sa.Column("points", sa.String(length=40), nullable=False),
        sa.Column("max", sa.String(length=40), nullable=False),
        sa.Column("scored_at", UtcDateTime(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stream", sa.String(length=120), nullable=False),
        sa.CheckConstraint("id > 0", name=op.f("ck_part_score_id")),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["case_file.id"],
            name=op.f("fk_part_score_case_id_case_file"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["methodology_id"],
            ["methodology.id"],
            name=op.f("fk_part_score_methodology_id_methodology"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["report.id"],
            name=op.f("fk_part_score_report_id_report"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["stream", "seq"],
            ["event.stream", "event.seq"],
            name="fk_part_score_event",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_part_score")),
        sa.UniqueConstraint(
            "case_id", "part", "number", name=op.f("uq_part_score_case_id_part_number")
        ),
        info={"trail": "fact"},
    )
    with op.batch_alter_table("part_score", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_part_score_case_id"), ["case_id"], unique=False)

    op.create_table(
        "recheck",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("act_number", sa.String(length=100), nullable=False),
        sa.Column("act_date", sa.Date(), nullable=False),
        sa.Column("result", sa.String(length=12), nullable=False),
        sa.Column("person", sa.String(length=40), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stream", sa.String(length=120), nullable=False),
        sa.CheckConstraint("id > 0", name=op.f("ck_recheck_id")),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["case_file.id"],
            name=op.f("fk_recheck_case_id_case_file"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["report.id"],
            name=op.f("fk_recheck_report_id_report"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["stream", "seq"],
            ["event.stream", "event.seq"],
            name="fk_recheck_event",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recheck")),
        info={"trail": "fact"},
    )
    with op.batch_alter_table("recheck", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recheck_case_id"), ["case_id"], unique=False)

    op.create_table(
        "report_evidence",
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("indicator", sa.String(length=40), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stream", sa.String(length=120), nullable=False),
        sa.CheckConstraint("id > 0", name=op.f("ck_report_evidence_id")),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["document.id"],
            name=op.f("fk_report_evidence_document_id_document"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["report.id"],
            name=op.f("fk_report_evidence_report_id_report"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["stream", "seq"],
            ["event.stream", "event.seq"],
            name="fk_report_evidence_event",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_evidence")),
        info={"trail": "fact"},
    )
    with op.batch_alter_table("report_evidence", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_report_evidence_report_id"), ["report_id"], unique=False
        )

    op.create_table(
        "report_item",
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("indicator", sa.String(length=40), nullable=False),
        sa.Column("variable", sa.String(length=40), nullable=False),
        sa.Column("value", sa.String(length=40), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stream", sa.String(length=120), nullable=False),
        sa.CheckConstraint("id > 0", name=op.f("ck_report_item_id")),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["report.id"],
            name=op.f("fk_report_item_report_id_report"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["stream", "seq"],
            ["event.stream", "event.seq"],
            name="fk_report_item_event",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_item")),
        sa.UniqueConstraint(
            "report_id",
            "indicator",
            "variable",
            name=op.f("uq_report_item_report_id_indicator_variable"),
        ),
        info={"trail": "fact"},
    )
    with op.batch_alter_table("report_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_report_item_report_id"), ["report_id"], unique=False)

    op.create_table(
        "report_mark",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=True),
        sa.Column("mark", sa.String(length=12), nullable=False),
        sa.Column("person", sa.String(length=40), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stream", sa.String(length=120), nullable=False),
        sa.CheckConstraint("id > 0", name=op.f("ck_report_mark_id")),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["case_file.id"],
            name=op.f("fk_report_mark_case_id_case_file"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["report.id"],
            name=op.f("fk_report_mark_report_id_report"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["stream", "seq"],
            ["event.stream", "event.seq"],
            name="fk_report_mark_event",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_mark")),
        info={"trail": "fact"},
    )
    with op.batch_alter_table("report_mark", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_report_mark_case_id"), ["case_id"], unique=False)

    op.create_table(
        "risk",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("days_late", sa.Integer(), nullable=False),
        sa.Column("missing", sa.Integer(), nullable=False),
        sa.Column("returned", sa.Integer(), nullable=False),
        sa.Column("change", sa.Integer(), nullable=True),
        sa.Column("chosen", sa.Boolean(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stream", sa.String(length=120), nullable=False),
        sa.CheckConstraint("id > 0", name=op.f("ck_risk_id")),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["case_file.id"],
            name=op.f("fk_risk_case_id_case_file"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["report.id"],
            name=op.f("fk_risk_report_id_report"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["stream", "seq"],
            ["event.stream", "event.seq"],
            name="fk_risk_event",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_risk")),
        info={"trail": "fact"},
    )
    with op.batch_alter_table("risk", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_risk_case_id"), ["case_id"], unique=False)

    op.create_table(
        "secrecy_check",
        sa.Column("overall_id", sa.Integer(), nullable=False),
        sa.Column("evaluated_body", sa.String(length=40), nullable=False),
        sa.Column("block", sa.Integer(), nullable=False),
        sa.Column("withheld", sa.Boolean(), nullable=False),
        sa.Column("ground", sa.String(length=16), nullable=True),
        sa.Column("person", sa.String(length=40), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stream", sa.String(length=120), nullable=False),
        sa.CheckConstraint("id > 0", name=op.f("ck_secrecy_check_id")),
        sa.ForeignKeyConstraint(
            ["overall_id"],
            ["overall.id"],
            name=op.f("fk_secrecy_check_overall_id_overall"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["stream", "seq"],
            ["event.stream", "event.seq"],
            name="fk_secrecy_check_event",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_secrecy_check")),
        info={"trail": "fact"},
    )
    with op.batch_alter_table("secrecy_check", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_secrecy_check_overall_id"), ["overall_id"], unique=False
        )

    op.create_table(
        "conclusion_part",
        sa.Column("conclusion_id", sa.Integer(), nullable=False),
        sa.Column("part_score_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stream", sa.String(length=120), nullable=False),
        sa.CheckConstraint("id > 0", name=op.f("ck_conclusion_part_id")),
        sa.ForeignKeyConstraint(
            ["conclusion_id"],
            ["conclusion.id"],
            name=op.f("fk_conclusion_part_conclusion_id_conclusion"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["part_score_id"],
            ["part_score.id"],
            name=op.f("fk_conclusion_part_part_score_id_part_score"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["stream", "seq"],
            ["event.stream", "event.seq"],
            name="fk_conclusion_part_event",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conclusion_part")),
        info={"trail": "fact"},
    )
    with op.batch_alter_table("conclusion_part", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_conclusion_part_conclusion_id"), ["conclusion_id"], unique=False
        )

    op.create_table(
        "indicator_score",
        sa.Column("part_score_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("indicator", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("result", sa.String(length=40), nullable=True),
        sa.Column("points", sa.String(length=40), nullable=True),
        sa.Column("max", sa.String(length=40), nullable=True),
        sa.Column("source", sa.String(length=4), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stream", sa.String(length=120), nullable=False),
        sa.CheckConstraint("id > 0", name=op.f("ck_indicator_score_id")),
        sa.ForeignKeyConstraint(
            ["part_score_id"],
            ["part_score.id"],
            name=op.f("fk_indicator_score_part_score_id_part_score"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["stream", "seq"],
            ["event.stream", "event.seq"],
            name="fk_indicator_score_event",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator_score")),
        sa.UniqueConstraint(
            "part_score_id", "indicator", name=op.f("uq_indicator_score_part_score_id_indicator")
        ),
        info={"trail": "fact"},
    )
    with op.batch_alter_table("indicator_score", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_indicator_score_part_score_id"), ["part_score_id"], unique=False
        )

    op.create_table(
        "part_mark",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("part_score_id", sa.Integer(), nullable=False),
        sa.Column("mark", sa.String(length=12), nullable=False),
        sa.Column("person", sa.String(length=40), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stream", sa.String(length=120), nullable=False),
        sa.CheckConstraint("id > 0", name=op.f("ck_part_mark_id")),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["case_file.id"],
            name=op.f("fk_part_mark_case_id_case_file"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["part_score_id"],
            ["part_score.id"],
            name=op.f("fk_part_mark_part_score_id_part_score"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["stream", "seq"],
            ["event.stream", "event.seq"],
            name="fk_part_mark_event",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_part_mark")),
        info={"trail": "fact"},
    )
    with op.batch_alter_table("part_mark", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_part_mark_case_id"), ["case_id"], unique=False)

    op.create_table(
        "score_evidence",
        sa.Column("score_id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stream", sa.String(length=120), nullable=False),
        sa.CheckConstraint("id > 0", name=op.f("ck_score_evidence_id")),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["document.id"],
            name=op.f("fk_score_evidence_document_id_document"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["score_id"],
            ["indicator_score.id"],
            name=op.f("fk_score_evidence_score_id_indicator_score"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["stream", "seq"],
            ["event.stream", "event.seq"],
            name="fk_score_evidence_event",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_evidence")),
        info={"trail": "fact"},
    )
    with op.batch_alter_table("score_evidence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_score_evidence_score_id"), ["score_id"], unique=False)

    op.create_table(
        "score_input",
        sa.Column("score_id", sa.Integer(), nullable=False),
        sa.Column("variable", sa.String(length=40), nullable=False),
        sa.Column("reported", sa.String(length=40), nullable=True),
        sa.Column("accepted", sa.String(length=40), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stream", sa.String(length=120), nullable=False),
        sa.CheckConstraint("id > 0", name=op.f("ck_score_input_id")),
        sa.ForeignKeyConstraint(
            ["score_id"],
            ["indicator_score.id"],
            name=op.f("fk_score_input_score_id_indicator_score"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["stream", "seq"],
            ["event.stream", "event.seq"],
            name="fk_score_input_event",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_input")),
        sa.UniqueConstraint("score_id", "variable", name=op.f("uq_score_input_score_id_variable")),
        info={"trail": "fact"},
    )
    with op.batch_alter_table("score_input", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_score_input_score_id"), ["score_id"], unique=False)


def downgrade() -> None:
    """Refused: a trail that was written cannot lose its tables."""
    raise NotImplementedError("restore the backup made before the upgrade")
