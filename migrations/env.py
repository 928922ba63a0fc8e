"""Migrations run on a connection that the caller hands in, or on the application's engine."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

import app.models.cases
import app.models.evaluation
import app.models.facts
import app.models.overall
import app.models.people
import app.models.registers
import app.models.trail  # noqa: F401 - the import registers the tables
from app.db import Base


def run(connection: Connection) -> None:
    """Run the migrations in the transaction of `connection`."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


connection = context.config.attributes.get("connection")
if connection is not None:
    run(connection)
else:
    from flask import current_app

    with current_app.extensions["migrate"].db.engine.begin() as opened:
        run(opened)
