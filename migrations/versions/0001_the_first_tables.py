"""The first tables.

Revision: 0001; follows: ; made on 2026-11-25 10:25:37.091987.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.db import UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make every table of the first version."""
    op.create_table(
        "event",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("stream", sa.String(length=120), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("actor", sa.String(length=40), nullable=True),
        sa.Column("outcome", sa.String(length=8), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("outcome IN ('done', 'refused')", name=op.f("ck_event_outcome")),
        sa.CheckConstraint("id > 0", name=op.f("ck_event_id")),
        sa.CheckConstraint("length(body) BETWEEN 2 AND 65535", name=op.f("ck_event_body")),
        sa.CheckConstraint("length(hash) = 32", name=op.f("ck_event_hash")),
        sa.CheckConstraint("seq >= 1", name=op.f("ck_event_seq")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sa.UniqueConstraint("stream", "seq", name=op.f("uq_event_stream_seq")),
    )
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.create_index("ix_event_actor", ["actor"], unique=False)
        batch_op.create_index("ix_event_case_id", ["case_id"], unique=False)

    op.create_table(
        "sign_in_failure",
        sa.Column("login_sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("login_sha256", name=op.f("pk_sign_in_failure")),
    )
    op.create_table(
        "body",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("name_kk", sa.Text(), nullable=False),
        sa.Column("name_ru", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("short_kk", sa.Text(), nullable=False),
        sa.Column("short_ru", sa.Text(), nullable=False),
        sa.Column("short_en", sa.Text(), nullable=False),
        sa.Column("blocks", sa.String(length=12), nullable=False),
        sa.Column("scope_excluded", sa.Text(), nullable=False),
        sa.Column("directly_under_president", sa.Boolean(), nullable=False),
        sa.Column("time_zone", sa.String(length=40), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stream", sa.String(length=120), nullable=False),
        sa.CheckConstraint("id > 0", name=op.f("ck_body_id")),
        sa.ForeignKeyConstraint(
            ["stream", "seq"],
            ["event.stream", "event.seq"],
            name="fk_body_event",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_body")),
        info={"trail": "fact"},
    )
    with op.batch_alter_table("body", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_body_code"), ["code"], unique=False)

    op.create_table(
        "calendar_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("name_kk", sa.String(length=200), nullable=False),
        sa.Column("name_ru", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stream", sa.String(length=120), nullable=False),
        sa.CheckConstraint("id > 0", name=op.f("ck_calendar_day_id")),
        sa.ForeignKeyConstraint(
            ["stream", "seq"],
            ["event.stream", "event.seq"],
            name="fk_calendar_day_event",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_day")),
        info={"trail": "fact"},
    )
    with op.batch_alter_table("calendar_day", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_calendar_day_day"), ["day"], unique=False)

    op.create_table(
        "mandate",
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("holder", sa.String(length=40), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stream", sa.String(length=120), nullable=False),
        sa.CheckConstraint("id > 0", name=op.f("ck_mandate_id")),
        sa.ForeignKeyConstraint(
            ["stream", "seq"],
            ["event.stream", "event.seq"],
            name="fk_mandate_event",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mandate")),
        info={"trail": "fact"},
    )
    with op.batch_alter_table("mandate", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mandate_role"), ["role"], unique=False)

    op.create_table(
        "opening",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("stream", sa.String(length=120), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=True),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=True),
        sa.Column("salt", sa.LargeBinary(length=32), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("id > 0", name=op.f("ck_opening_id")),
        sa.CheckConstraint("length(salt) = 32", name=op.f("ck_opening_salt")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_opening_event_id_event")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening")),
        sa.UniqueConstraint("event_id", "path", name=op.f("uq_opening_event_id_path")),
    )
    with op.batch_alter_table("opening", schema=None) as batch_op:
        batch_op.create_index("ix_opening_stream", ["stream", "seq"], unique=False)
        batch_op.create_index("ix_opening_subject", ["subject"], unique=False)

    op.create_table(
        "part",
        sa.Column("block", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name_kk", sa.Text(), nullable=False),
        sa.Column("name_ru", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("general_evaluator", sa.String(length=40), nullable=False),
        sa.Column("consolidator", sa.String(length=40), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stream", sa.String(length=120), nullable=False),
        sa.CheckConstraint("id > 0", name=op.f("ck_part_id")),
        sa.ForeignKeyConstraint(
            ["stream", "seq"],
            ["event.stream", "event.seq"],
            name="fk_part_event",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_part")),
        info={"trail": "fact"},
    )
    op.create_table(
        "person",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("login", sa.String(length=80), nullable=False),
        sa.Column("name_kk", sa.String(length=200), nullable=False),
        sa.Column("name_ru", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("salt", sa.LargeBinary(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stream", sa.String(length=120), nullable=False),
        sa.CheckConstraint("id > 0", name=op.f("ck_person_id")),
        sa.ForeignKeyConstraint(
            ["stream", "version"],
            ["event.stream", "event.seq"],
            name="fk_person_event",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("code", name=op.f("uq_person_code")),
        sa.UniqueConstraint("login", name=op.f("uq_person_login")),
        info={"trail": "guarded"},
    )
    op.create_table(
        "register",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stream", sa.String(length=120), nullable=False),
        sa.CheckConstraint("id > 0", name=op.f("ck_register_id")),
        sa.ForeignKeyConstraint(
            ["stream", "version"],
            ["event.stream", "event.seq"],
            name="fk_register_event",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register")),
        sa.UniqueConstraint("name", name=op.f("uq_register_name")),
        info={"trail": "guarded"},
    )
    op.create_table(
        "release",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("files", sa.LargeBinary(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stream", sa.String(length=120), nullable=False),
        sa.CheckConstraint("id > 0", name=op.f("ck_release_id")),
        sa.ForeignKeyConstraint(
            ["stream", "seq"],
            ["event.stream", "event.seq"],
            name="fk_release_event",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release")),
        sa.UniqueConstraint("hash", name=op.f("uq_release_hash")),
        sa.UniqueConstraint("number", name=op.f("uq_release_number")),
        info={"trail": "fact"},
    )
    op.create_table(
        "setting",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stream", sa.String(length=120), nullable=False),
        sa.CheckConstraint("id > 0", name=op.f("ck_setting_id")),
        sa.ForeignKeyConstraint(
            ["stream", "seq"],
            ["event.stream", "event.seq"],
            name="fk_setting_event",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_setting")),
        info={"trail": "fact"},
    )
    with op.batch_alter_table("setting", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_setting_name"), ["name"], unique=False)

    op.create_table(
        "case_file",
        sa.Column("process", sa.String(length=64), nullable=False),
        sa.Column("release", sa.String(length=64), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("block", sa.Integer(), nullable=True),
        sa.Column("evaluated_body", sa.String(length=40), nullable=True),
        sa.Column("authority", sa.String(length=40), nullable=True),
        sa.Column("subject", sa.Integer(), nullable=True),
        sa.Column("opened_by_case", sa.Integer(), nullable=True),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stream", sa.String(length=120), nullable=False),
        sa.CheckConstraint("id > 0", name=op.f("ck_case_file_id")),
        sa.ForeignKeyConstraint(
            ["release"],
            ["release.hash"],
            name=op.f("fk_case_file_release_release"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["stream", "version"],
            ["event.stream", "event.seq"],
            name="fk_case_file_event",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_file")),
        sa.UniqueConstraint("number", name=op.f("uq_case_file_number")),
        info={"trail": "guarded"},
    )
    with op.batch_alter_table("case_file", schema=None) as batch_op:
        batch_op.create_index(
            "ix_case_file_about", ["process", "year", "block", "evaluated_body"], unique=False
        )

    op.create_table(
        "role_grant",
        sa.Column("person", sa.String(length=40), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("organisation", sa.String(length=40), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("acting", sa.Boolean(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stream", sa.String(length=120), nullable=False),
        sa.CheckConstraint("id > 0", name=op.f("ck_role_grant_id")),
        sa.ForeignKeyConstraint(
            ["person"],
            ["person.code"],
            name=op.f("fk_role_grant_person_person"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["stream", "seq"],
            ["event.stream", "event.seq"],
            name="fk_role_grant_event",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grant")),
        info={"trail": "fact"},
    )
    with op.batch_alter_table("role_grant", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_role_grant_person"), ["person"], unique=False)

    op.create_table(
        "sign_in",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("person", sa.String(length=40), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person"],
            ["person.code"],
            name=op.f("fk_sign_in_person_person"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_sign_in_token_sha256")),
    )
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_person"), ["person"], unique=False)

    op.create_table(
        "conclusion",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("block", sa.Integer(), nullable=False),
        sa.Column("evaluated_body", sa.String(length=40), nullable=False),
        sa.Column("authority", sa.String(length=40), nullable=False),
        sa.Column("author", sa.String(length=40), nullable=False),
        sa.Column("corrects", sa.Integer(), nullable=True),
        sa.Column("objection_id", sa.Integer(), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stream", sa.String(length=120), nullable=False),
        sa.CheckConstraint("id > 0", name=op.f("ck_conclusion_id")),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["case_file.id"],
            name=op.f("fk_conclusion_case_id_case_file"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["corrects"],
            ["conclusion.id"],
            name=op.f("fk_conclusion_corrects_conclusion"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["stream", "seq"],
            ["event.stream", "event.seq"],
            name="fk_conclusion_event",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conclusion")),
        sa.UniqueConstraint("case_id", "number", name=op.f("uq_conclusion_case_id_number")),
        info={"trail": "fact"},
    )
    with op.batch_alter_table("conclusion", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_conclusion_case_id"), ["case_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_conclusion_objection_id"), ["objection_id"], unique=False
        )

    op.create_table(
        "document",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("task_key", sa.String(length=200), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=4), nullable=False),
        sa.Column("person", sa.String(length=40), nullable=False),
        sa.Column("organisation", sa.String(length=40), nullable=False),
        sa.Column("attached_at", UtcDateTime(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stream", sa.String(length=120), nullable=False),
        sa.CheckConstraint("id > 0", name=op.f("ck_document_id")),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["case_file.id"],
            name=op.f("fk_document_case_id_case_file"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["stream", "seq"],
            ["event.stream", "event.seq"],
            name="fk_document_event",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
        info={"trail": "fact"},
    )
    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_document_case_id"), ["case_id"], unique=False)

    op.create_table(
        "incident",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=240), nullable=False),
        sa.Column("process", sa.String(length=64), nullable=False),
        sa.Column("element", sa.String(length=100), nullable=True),
        sa.Column("line", sa.Integer(), nullable=True),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("opened_seq", sa.Integer(), nullable=False),
        sa.Column("closed_seq", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["case_file.id"],
            name=op.f("fk_incident_case_id_case_file"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
    )
    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_incident_case_id"), ["case_id"], unique=False)
        batch_op.create_index(
            "uq_incident_open",
            ["case_id", "act"],
            unique=True,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )

    op.create_table(
        "letter",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("recipient", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.Integer(), nullable=True),
        sa.Column("sent_at", UtcDateTime(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stream", sa.String(length=120), nullable=False),
        sa.CheckConstraint("id > 0", name=op.f("ck_letter_id")),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["case_file.id"],
            name=op.f("fk_letter_case_id_case_file"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["stream", "seq"],
            ["event.stream", "event.seq"],
            name="fk_letter_event",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
        info={"trail": "fact"},
    )
    with op.batch_alter_table("letter", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_letter_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_letter_recipient"), ["recipient"], unique=False)

    op.create_table(
        "message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("from_case", sa.Integer(), nullable=False),
        sa.Column("from_seq", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("to_case", sa.Integer(), nullable=True),
        sa.Column("starts", sa.String(length=64), nullable=True),
        sa.Column("sent_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("delivered_at", UtcDateTime(), nullable=True),
        sa.Column("delivered_to", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["from_case"],
            ["case_file.id"],
            name=op.f("fk_message_from_case_case_file"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
    )
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.create_index(
            "ix_message_pending",
            ["to_case"],
            unique=False,
            sqlite_where=sa.text("state = 'pending'"),
            postgresql_where=sa.text("state = 'pending'"),
        )

    op.create_table(
        "party",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("organisation", sa.String(length=40), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stream", sa.String(length=120), nullable=False),
        sa.CheckConstraint("id > 0", name=op.f("ck_party_id")),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["case_file.id"],
            name=op.f("fk_party_case_id_case_file"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["stream", "seq"],
            ["event.stream", "event.seq"],
            name="fk_party_event",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_party")),
        info={"trail": "fact"},
    )
    with op.batch_alter_table("party", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_party_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_party_organisation"), ["organisation"], unique=False)

    op.create_table(
        "role_grant_end",
        sa.Column("grant_id", sa.Integer(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stream", sa.String(length=120), nullable=False),
        sa.CheckConstraint("id > 0", name=op.f("ck_role_grant_end_id")),
        sa.ForeignKeyConstraint(
            ["grant_id"],
            ["role_grant.id"],
            name=op.f("fk_role_grant_end_grant_id_role_grant"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["stream", "seq"],
            ["event.stream", "event.seq"],
            name="fk_role_grant_end_event",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grant_end")),
        sa.UniqueConstraint("grant_id", name=op.f("uq_role_grant_end_grant_id")),
        info={"trail": "fact"},
    )
    op.create_table(
        "schedule_draft",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("report_1", sa.Date(), nullable=False),
        sa.Column("report_2", sa.Date(), nullable=False),
        sa.Column("report_3", sa.Date(), nullable=False),
        sa.Column("conclusions", sa.Date(), nullable=False),
        sa.Column("after_appeals", sa.Date(), nullable=False),
        sa.Column("overall", sa.Date(), nullable=False),
        sa.Column("to_president", sa.Date(), nullable=False),
        sa.Column("author", sa.String(length=40), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stream", sa.String(length=120), nullable=False),
        sa.CheckConstraint("id > 0", name=op.f("ck_schedule_draft_id")),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["case_file.id"],
            name=op.f("fk_schedule_draft_case_id_case_file"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["stream", "seq"],
            ["event.stream", "event.seq"],
            name="fk_schedule_draft_event",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedule_draft")),
        info={"trail": "fact"},
    )
    with op.batch_alter_table("schedule_draft", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_schedule_draft_case_id"), ["case_id"], unique=False)

    op.create_table(
        "task",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("element", sa.String(length=100), nullable=False),
        sa.Column("process", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("organisation", sa.String(length=40), nullable=True),
        sa.Column("assignee", sa.String(length=40), nullable=True),
        sa.Column("form", sa.String(length=100), nullable=False),
        sa.Column("paragraphs", sa.String(length=60), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("opened_seq", sa.Integer(), nullable=False),
        sa.Column("claimed_by", sa.String(length=40), nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("completed_by", sa.String(length=40), nullable=True),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("closed_seq", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["case_file.id"],
            name=op.f("fk_task_case_id_case_file"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
    )
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.create_index("ix_task_case_closed", ["case_id", "closed_seq"], unique=False)
        batch_op.create_index(
            "ix_task_queue",
            ["organisation", "role"],
            unique=False,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.create_index(
            "uq_task_open",
            ["case_id", "key"],
            unique=True,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )

    op.create_table(
        "timer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("element", sa.String(length=100), nullable=False),
        sa.Column("process", sa.String(length=64), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("expression", sa.Text(), nullable=False),
        sa.Column("opened_seq", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("closed_seq", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["case_file.id"],
            name=op.f("fk_timer_case_id_case_file"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timer")),
    )
    with op.batch_alter_table("timer", schema=None) as batch_op:
        batch_op.create_index(
            "ix_timer_due",
            ["due_at"],
            unique=False,
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        )
        batch_op.create_index(
            "uq_timer_waiting",
            ["case_id", "key"],
            unique=True,
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        )

    op.create_table(
        "wait",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("element", sa.String(length=100), nullable=False),
        sa.Column("process", sa.String(length=64), nullable=False),
        sa.Column("message", sa.String(length=100), nullable=False),
        sa.Column("opened_seq", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("closed_seq", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["case_file.id"],
            name=op.f("fk_wait_case_id_case_file"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wait")),
    )
    with op.batch_alter_table("wait", schema=None) as batch_op:
        batch_op.create_index(
            "uq_wait_waiting",
            ["case_id", "key"],
            unique=True,
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        )

    op.create_table(
        "conclusion_indicator",
        sa.Column("conclusion_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.String(length=40), nullable=False),
        sa.Column("points", sa.String(length=40), nullable=False),
        sa.Column("max", sa.String(length=40), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stream", sa.String(length=120), nullable=False),
        sa.CheckConstraint("id > 0", name=op.f("ck_conclusion_indicator_id")),
        sa.ForeignKeyConstraint(
            ["conclusion_id"],
            ["conclusion.id"],
            name=op.f("fk_conclusion_indicator_conclusion_id_conclusion"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["stream", "seq"],
            ["event.stream", "event.seq"],
            name="fk_conclusion_indicator_event",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conclusion_indicator")),
        sa.UniqueConstraint(
            "conclusion_id", "code", name=op.f("uq_conclusion_indicator_conclusion_id_code")
        ),
        info={"trail": "fact"},
    )
    with op.batch_alter_table("conclusion_indicator", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_conclusion_indicator_conclusion_id"), ["conclusion_id"], unique=False
        )

    op.create_table(
        "conclusion_mark",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("conclusion_id", sa.Integer(), nullable=False),
        sa.Column("mark", sa.String(length=12), nullable=False),
        sa.Column("person", sa.String(length=40), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stream", sa.String(length=120), nullable=False),
        sa.CheckConstraint("id > 0", name=op.f("ck_conclusion_mark_id")),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["case_file.id"],
            name=op.f("fk_conclusion_mark_case_id_case_file"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["conclusion_id"],
            ["conclusion.id"],
            name=op.f("fk_conclusion_mark_conclusion_id_conclusion"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["stream", "seq"],
            ["event.stream", "event.seq"],
            name="fk_conclusion_mark_event",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conclusion_mark")),
        info={"trail": "fact"},
    )
    with op.batch_alter_table("conclusion_mark", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_conclusion_mark_case_id"), ["case_id"], unique=False)

    op.create_table(
        "draft",
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("person", sa.String(length=40), nullable=False),
        sa.Column("answers", sa.LargeBinary(), nullable=False),
        sa.Column("saved_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["task_id"],
            ["task.id"],
            name=op.f("fk_draft_task_id_task"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("task_id", "person", name=op.f("pk_draft")),
    )
    op.create_table(
        "objection",
        sa.Column("conclusion_case", sa.Integer(), nullable=False),
        sa.Column("conclusion_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("block", sa.Integer(), nullable=False),
        sa.Column("evaluated_body", sa.String(length=40), nullable=False),
        sa.Column("authority", sa.String(length=40), nullable=False),
        sa.Column("filed_by", sa.String(length=40), nullable=False),
        sa.Column("filed_at", UtcDateTime(), nullable=False),
        sa.Column("window_ended_at", UtcDateTime(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stream", sa.String(length=120), nullable=False),
        sa.CheckConstraint("id > 0", name=op.f("ck_objection_id")),
        sa.ForeignKeyConstraint(
            ["conclusion_case"],
            ["case_file.id"],
            name=op.f("fk_objection_conclusion_case_case_file"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["conclusion_id"],
            ["conclusion.id"],
            name=op.f("fk_objection_conclusion_id_conclusion"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["stream", "seq"],
            ["event.stream", "event.seq"],
            name="fk_objection_event",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection")),
        info={"trail": "fact"},
    )
    with op.batch_alter_table("objection", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_objection_conclusion_case"), ["conclusion_case"], unique=False
        )

    op.create_table(
        "schedule_order",
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("order_number", sa.String(length=40), nullable=False),
        sa.Column("order_date", sa.Date(), nullable=False),
        sa.Column("approved_by", sa.String(length=40), nullable=False),
        sa.Column("approved_at", UtcDateTime(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stream", sa.String(length=120), nullable=False),
        sa.CheckConstraint("id > 0", name=op.f("ck_schedule_order_id")),
        sa.ForeignKeyConstraint(
            ["draft_id"],
            ["schedule_draft.id"],
            name=op.f("fk_schedule_order_draft_id_schedule_draft"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["stream", "seq"],
            ["event.stream", "event.seq"],
            name="fk_schedule_order_event",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedule_order")),
        sa.UniqueConstraint("draft_id", name=op.f("uq_schedule_order_draft_id")),
        sa.UniqueConstraint("year", "number", name=op.f("uq_schedule_order_year_number")),
        info={"trail": "fact"},
    )
    op.create_table(
        "commission",
        sa.Column("objection_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("order_number", sa.String(length=40), nullable=False),
        sa.Column("order_date", sa.Date(), nullable=False),
        sa.Column("chair", sa.String(length=40), nullable=False),
        sa.Column("formed_by", sa.String(length=40), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stream", sa.String(length=120), nullable=False),
        sa.CheckConstraint("id > 0", name=op.f("ck_commission_id")),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["case_file.id"],
            name=op.f("fk_commission_case_id_case_file"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["objection_id"],
            ["objection.id"],
            name=op.f("fk_commission_objection_id_objection"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["stream", "seq"],
            ["event.stream", "event.seq"],
            name="fk_commission_event",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commission")),
        info={"trail": "fact"},
    )
    with op.batch_alter_table("commission", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_commission_objection_id"), ["objection_id"], unique=False
        )

    op.create_table(
        "decision",
        sa.Column("objection_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("dated", sa.Date(), nullable=False),
        sa.Column("decided_by", sa.String(length=40), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stream", sa.String(length=120), nullable=False),
        sa.CheckConstraint("id > 0", name=op.f("ck_decision_id")),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["case_file.id"],
            name=op.f("fk_decision_case_id_case_file"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["objection_id"],
            ["objection.id"],
            name=op.f("fk_decision_objection_id_objection"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["stream", "seq"],
            ["event.stream", "event.seq"],
            name="fk_decision_event",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
        sa.UniqueConstraint("objection_id", name=op.f("uq_decision_objection_id")),
        info={"trail": "fact"},
    )
    op.create_table(
        "objection_document",
        sa.Column("objection_id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stream", sa.String(length=120), nullable=False),
        sa.CheckConstraint("id > 0", name=op.f("ck_objection_document_id")),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["document.id"],
            name=op.f("fk_objection_document_document_id_document"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["objection_id"],
            ["objection.id"],
            name=op.f("fk_objection_document_objection_id_objection"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["stream", "seq"],
            ["event.stream", "event.seq"],
            name="fk_objection_document_event",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection_document")),
        info={"trail": "fact"},
    )
    with op.batch_alter_table("objection_document", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_objection_document_objection_id"), ["objection_id"], unique=False
        )

    op.create_table(
        "objection_point",
        sa.Column("objection_id", sa.Integer(), nullable=False),
        sa.Column("indicator", sa.String(length=40), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stream", sa.String(length=120), nullable=False),
        sa.CheckConstraint("id > 0", name=op.f("ck_objection_point_id")),
        sa.ForeignKeyConstraint(
            ["objection_id"],
            ["objection.id"],
            name=op.f("fk_objection_point_objection_id_objection"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["stream", "seq"],
            ["event.stream", "event.seq"],
            name="fk_objection_point_event",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection_point")),
        info={"trail": "fact"},
    )
    with op.batch_alter_table("objection_point", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_objection_point_objection_id"), ["objection_id"], unique=False
        )

    op.create_table(
        "ballot",
        sa.Column("commission_id", sa.Integer(), nullable=False),
        sa.Column("member", sa.String(length=40), nullable=False),
        sa.Column("indicator", sa.String(length=40), nullable=False),
        sa.Column("vote", sa.String(length=10), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stream", sa.String(length=120), nullable=False),
        sa.CheckConstraint("id > 0", name=op.f("ck_ballot_id")),
        sa.ForeignKeyConstraint(
            ["commission_id"],
            ["commission.id"],
            name=op.f("fk_ballot_commission_id_commission"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["stream", "seq"],
            ["event.stream", "event.seq"],
            name="fk_ballot_event",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ballot")),
        sa.UniqueConstraint(
            "commission_id",
            "member",
            "indicator",
            name=op.f("uq_ballot_commission_id_member_indicator"),
        ),
        info={"trail": "fact"},
    )
    with op.batch_alter_table("ballot", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_ballot_commission_id"), ["commission_id"], unique=False
        )

    op.create_table(
        "commission_member",
        sa.Column("commission_id", sa.Integer(), nullable=False),
        sa.Column("person", sa.String(length=40), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stream", sa.String(length=120), nullable=False),
        sa.CheckConstraint("id > 0", name=op.f("ck_commission_member_id")),
        sa.ForeignKeyConstraint(
            ["commission_id"],
            ["commission.id"],
            name=op.f("fk_commission_member_commission_id_commission"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["stream", "seq"],
            ["event.stream", "event.seq"],
            name="fk_commission_member_event",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commission_member")),
        sa.UniqueConstraint(
            "commission_id", "person", name=op.f("uq_commission_member_commission_id_person")
        ),
        info={"trail": "fact"},
    )
    with op.batch_alter_table("commission_member", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_commission_member_commission_id"), ["commission_id"], unique=False
        )

    op.create_table(
        "decision_point",
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("indicator", sa.String(length=40), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stream", sa.String(length=120), nullable=False),
        sa.CheckConstraint("id > 0", name=op.f("ck_decision_point_id")),
        sa.ForeignKeyConstraint(
            ["decision_id"],
            ["decision.id"],
            name=op.f("fk_decision_point_decision_id_decision"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["stream", "seq"],
            ["event.stream", "event.seq"],
            name="fk_decision_point_event",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision_point")),
        info={"trail": "fact"},
    )
    with op.batch_alter_table("decision_point", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_decision_point_decision_id"), ["decision_id"], unique=False
        )

    op.create_table(
        "minutes",
        sa.Column("commission_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("signed_by", sa.String(length=40), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stream", sa.String(length=120), nullable=False),
        sa.CheckConstraint("id > 0", name=op.f("ck_minutes_id")),
        sa.ForeignKeyConstraint(
            ["commission_id"],
            ["commission.id"],
            name=op.f("fk_minutes_commission_id_commission"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["stream", "seq"],
            ["event.stream", "event.seq"],
            name="fk_minutes_event",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_minutes")),
        sa.UniqueConstraint("commission_id", name=op.f("uq_minutes_commission_id")),
        info={"trail": "fact"},
    )


def downgrade() -> None:
    """Refused: a trail that was written cannot lose its tables."""
    raise NotImplementedError("restore the backup made before the upgrade")
