"""Facts of a year's evaluation: methodologies, reports, re-checks, scores of the parts.

Every row names its event and stays as it is; a change is a new row. Numbers are decimal
text, as they were given or as the methodology rounds them; free text lies in the openings.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, UtcDateTime, reference
from app.models.trail import Fact


class Methodology(Fact, Base):
    """An approved methodology of a block for one reporting year (¶ 17); block 0: the overall.

    `content` is its canonical JSON (RFC 8785) and `sha256` the hex digest of that; `number`
    counts the versions for the year and block; `example` marks one that is no office's.
    """

    __tablename__ = "methodology"

    case_id: Mapped[int | None] = mapped_column(reference("case_file.id"), index=True)
    year: Mapped[int]
    block: Mapped[int]
    number: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary)
    sha256: Mapped[str] = mapped_column(String(64))
    example: Mapped[bool]
    order_number: Mapped[str] = mapped_column(String(100))
    order_date: Mapped[date] = mapped_column(Date)
    approved_by: Mapped[str] = mapped_column(String(40))
    approved_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (UniqueConstraint("year", "block", "number"),)


class Report(Fact, Base):
    """One version of a body's report information for a block (¶ 40).

    `days_late` counts calendar days after the term of ¶ 7(1), 0 in time; `missing` counts the
    figures asked for that were left open.
    """

    __tablename__ = "report"

    case_id: Mapped[int] = mapped_column(reference("case_file.id"), index=True)
    number: Mapped[int]
    year: Mapped[int]
    block: Mapped[int]
    evaluated_body: Mapped[str] = mapped_column(String(40))
    methodology_id: Mapped[int] = mapped_column(reference("methodology.id"), index=True)
    author: Mapped[str] = mapped_column(String(40))
    submitted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    days_late: Mapped[int]
    missing: Mapped[int]

    __table_args__ = (UniqueConstraint("case_id", "number"),)


class ReportItem(Fact, Base):
    """A reported figure: the value of one variable of one indicator; None says: no data."""

    __tablename__ = "report_item"

    report_id: Mapped[int] = mapped_column(reference("report.id"), index=True)
    indicator: Mapped[str] = mapped_column(String(40))
    variable: Mapped[str] = mapped_column(String(40))
    value: Mapped[str | None] = mapped_column(String(40))

    __table_args__ = (UniqueConstraint("report_id", "indicator", "variable"),)


class ReportEvidence(Fact, Base):
    """A document that confirms what was reported on an indicator (¶ 9(3))."""

    __tablename__ = "report_evidence"

    report_id: Mapped[int] = mapped_column(reference("report.id"), index=True)
    indicator: Mapped[str] = mapped_column(String(40))
    document_id: Mapped[int] = mapped_column(reference("document.id"), index=True)


class ReportMark(Fact, Base):
    """What happened to a report.

    `mark`: overdue (the term ran out without one), certified, sent_back (by the body's own
    head), incomplete (returned by the authority), accepted.
    """

    __tablename__ = "report_mark"

    case_id: Mapped[int] = mapped_column(reference("case_file.id"), index=True)
    report_id: Mapped[int | None] = mapped_column(reference("report.id"), index=True)
    mark: Mapped[str] = mapped_column(String(12))
    person: Mapped[str | None] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Risk(Fact, Base):
    """Why a report was or was not chosen for a re-check (¶ 41–42): the inputs of the table."""

    __tablename__ = "risk"

    case_id: Mapped[int] = mapped_column(reference("case_file.id"), index=True)
    report_id: Mapped[int] = mapped_column(reference("report.id"), index=True)
    days_late: Mapped[int]
    missing: Mapped[int]
    returned: Mapped[int]
    # The greatest change of a figure against the year before, in per cent; None: no figures.
    change: Mapped[int | None]
    chosen: Mapped[bool]


class Recheck(Fact, Base):
    """The act of a re-check of reported data (¶ 41); `result`: confirmed or deviations."""

    __tablename__ = "recheck"

    case_id: Mapped[int] = mapped_column(reference("case_file.id"), index=True)
    report_id: Mapped[int] = mapped_column(reference("report.id"), index=True)
    act_number: Mapped[str] = mapped_column(String(100))
    act_date: Mapped[date] = mapped_column(Date)
    result: Mapped[str] = mapped_column(String(12))
    person: Mapped[str] = mapped_column(String(40))


class PartScore(Fact, Base):
    """One version of the scores of a part by its evaluator (¶ 23–25, 28, 30–31, 35–37)."""

    __tablename__ = "part_score"

    case_id: Mapped[int] = mapped_column(reference("case_file.id"), index=True)
    part: Mapped[str] = mapped_column(String(40))
    number: Mapped[int]
    authority: Mapped[str] = mapped_column(String(40))
    methodology_id: Mapped[int] = mapped_column(reference("methodology.id"), index=True)
    report_id: Mapped[int] = mapped_column(reference("report.id"), index=True)
    author: Mapped[str] = mapped_column(String(40))
    points: Mapped[str] = mapped_column(String(40))
    max: Mapped[str] = mapped_column(String(40))
    scored_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (UniqueConstraint("case_id", "part", "number"),)


class IndicatorScore(Fact, Base):
    """The score of one indicator.

    `status`: counted, not_counted (no statistics yet), not_applicable; only a counted one has
    `result` (of the formula) and `points`, and neither of the others is zero. `source` is the
    subparagraph of ¶ 4.
    """

    __tablename__ = "indicator_score"

    part_score_id: Mapped[int] = mapped_column(reference("part_score.id"), index=True)
    position: Mapped[int]
    indicator: Mapped[str] = mapped_column(String(40))
    status: Mapped[str] = mapped_column(String(16))
    result: Mapped[str | None] = mapped_column(String(40))
    points: Mapped[str | None] = mapped_column(String(40))
    max: Mapped[str | None] = mapped_column(String(40))
    source: Mapped[str | None] = mapped_column(String(4))

    __table_args__ = (UniqueConstraint("part_score_id", "indicator"),)


class ScoreInput(Fact, Base):
    """A figure that a score was computed of: as reported, and as accepted by the evaluator."""

    __tablename__ = "score_input"

    score_id: Mapped[int] = mapped_column(reference("indicator_score.id"), index=True)
    variable: Mapped[str] = mapped_column(String(40))
    reported: Mapped[str | None] = mapped_column(String(40))
    accepted: Mapped[str] = mapped_column(String(40))

    __table_args__ = (UniqueConstraint("score_id", "variable"),)


class ScoreEvidence(Fact, Base):
    """A document that a score rests on (¶ 9(3)): the body's own, or one of the evaluator's."""

    __tablename__ = "score_evidence"

    score_id: Mapped[int] = mapped_column(reference("indicator_score.id"), index=True)
    document_id: Mapped[int] = mapped_column(reference("document.id"), index=True)


class PartMark(Fact, Base):
    """What the head of the evaluator said of a part's scores: approved or returned."""

    __tablename__ = "part_mark"

    case_id: Mapped[int] = mapped_column(reference("case_file.id"), index=True)
    part_score_id: Mapped[int] = mapped_column(reference("part_score.id"), index=True)
    mark: Mapped[str] = mapped_column(String(12))
    person: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class ConclusionPart(Fact, Base):
    """The approved scores of a part that a version of a conclusion puts together (¶ 32, 38)."""

    __tablename__ = "conclusion_part"

    conclusion_id: Mapped[int] = mapped_column(reference("conclusion.id"), index=True)
    part_score_id: Mapped[int] = mapped_column(reference("part_score.id"), index=True)


class Uncounted(Fact, Base):
    """An indicator that a version of a conclusion names without points, and why.

    `status`: not_counted or not_applicable. Its points are no zero: the weights of the others
    are raised, as the methodology says.
    """

    __tablename__ = "uncounted"

    conclusion_id: Mapped[int] = mapped_column(reference("conclusion.id"), index=True)
    code: Mapped[str] = mapped_column(String(40))
    status: Mapped[str] = mapped_column(String(16))

    __table_args__ = (UniqueConstraint("conclusion_id", "code"),)
