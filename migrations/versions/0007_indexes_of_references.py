"""Indexes of references: SQLite looks for the rows that refer to a new one, in every table.

Within an act the references wait for its end, and as long as one does, whatever is inserted is
looked for among those that may refer to it. Without an index that reads the whole table, so each
start of a case became dearer with every timer that waited.

Revision: 0007; follows: 0006; made on 2026-11-25 22:05:10.000000.
"""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

REFERENCES = """
    case_file.release commission.case_id conclusion.corrects conclusion_mark.conclusion_id
    conclusion_part.part_score_id decision.case_id message.from_case methodology.case_id
    objection.conclusion_id objection_document.document_id overall.methodology_id
    overall_mark.overall_id overall_result.conclusion_id part_mark.part_score_id
    part_score.methodology_id part_score.report_id recheck.report_id report.methodology_id
    report_evidence.document_id report_mark.report_id risk.report_id score_evidence.document_id
    timer.case_id wait.case_id
"""


def upgrade() -> None:
    """Index each reference that had none."""
    for place in REFERENCES.split():
        table, _, column = place.partition(".")
        op.create_index(f"ix_{table}_{column}", table, [column])


def downgrade() -> None:
    """Take the indexes away."""
    for place in REFERENCES.split():
        table, _, column = place.partition(".")
        op.drop_index(f"ix_{table}_{column}", table_name=table)
