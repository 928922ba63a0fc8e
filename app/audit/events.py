"""Every kind of event, with exactly its facts.

Names of people and text that somebody typed are `Sealed`; everything else is a code, a
number, a date or a choice and stands in clear. A field that is None is left out.
"""

# long: the catalogue of kinds, which is read as one page and grows by whole kinds

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from app.audit.kinds import KINDS, Change, Event, Value
from app.audit.sealed import Sealed

__all__ = ["KINDS", "Change", "Event", "Sealed", "Value"]


@dataclass(frozen=True)
class CaseStarted(Event, kind="case.started"):
    """A case began: by a person's start form or by a message of another case.

    `data` is the workflow data that it began with; `answers` those of the start form;
    `message`, `from_case` and `from_seq` name what was sent to start it. `repair` is as in
    `task.completed`; its incident is one of the sending case.
    """

    process: str
    number: str
    data: Mapping[str, Value]
    form: str | None = None
    answers: Mapping[str, Value] | None = None
    message: str | None = None
    from_case: int | None = None
    from_seq: int | None = None
    repair: Mapping[str, Value] | None = None


@dataclass(frozen=True)
class TaskCompleted(Event, kind="task.completed"):
    """A person handed in a task's form; decisive answers in clear, the others `Sealed`.

    `repair` stands there only where a failed act was done again with a repair that two people
    agreed on: `skip` names the elements that were not executed, each with the result that was
    stored for it; `data` the fields that were given a value; `incident_seq` the event that
    opened the incident.
    """

    key: str
    element: str
    process: str
    form: str
    answers: Mapping[str, Value]
    repair: Mapping[str, Value] | None = None


@dataclass(frozen=True)
class TaskClaimed(Event, kind="task.claimed"):
    """A person took a task from the queue; nobody else can complete it until released."""

    key: str
    element: str


@dataclass(frozen=True)
class TaskReleased(Event, kind="task.released"):
    """A task went back to the queue; `person` is who had it."""

    key: str
    element: str
    person: str


@dataclass(frozen=True)
class TimerFired(Event, kind="timer.fired"):
    """A date that a case waited for had come; `due` is the date that it was armed with.

    `repair` is as in `task.completed`.
    """

    key: str
    element: str
    process: str
    due: datetime
    repair: Mapping[str, Value] | None = None


@dataclass(frozen=True)
class MessageDelivered(Event, kind="message.delivered"):
    """A case took in a message it waited for; `from_case` and `from_seq` name the sending act.

    `repair` is as in `task.completed`.
    """

    message: str
    payload: Value
    from_case: int | None = None
    from_seq: int | None = None
    repair: Mapping[str, Value] | None = None


@dataclass(frozen=True)
class MessageUnclaimed(Event, kind="message.unclaimed"):
    """A message came to a case that had ended, and was left there.

    `from_case` and `from_seq` name the act that sent it.
    """

    message: str
    payload: Value
    from_case: int
    from_seq: int


@dataclass(frozen=True)
class CaseRedated(Event, kind="case.redated"):
    """The dates of an open case were worked out again by the schedule of a later order (¶ 8).

    `order` is the row of the order and `order_number` its number; `message`, `from_case` and
    `from_seq` name the approval that caused it. Which dates moved, the event's effects say.
    """

    message: str
    from_case: int
    from_seq: int
    order: int
    order_number: str


@dataclass(frozen=True)
class CaseCalendarRedated(Event, kind="case.calendar_redated"):
    """The dates of an open case were worked out again by a changed calendar.

    `day` was changed from what it was to what it is, by the act `basis`; `confirmed_seq` is
    the event of the register `calendar` that put the change in force, `calendar` the version
    by which the days were counted. Which dates moved, the event's effects say.
    """

    confirmed_seq: int
    calendar: int
    day: date
    change: Change
    basis: str


@dataclass(frozen=True)
class CaseIncident(Event, kind="case.incident"):
    """An act of a case failed and was undone; `act` says which, `code` and `line` why and where.

    `detail` is the text of the error: sealed, since it may quote an answer.
    """

    act: str
    process: str
    code: str
    element: str | None = None
    line: int | None = None
    detail: Sealed | None = None


@dataclass(frozen=True)
class CaseIncidentResolved(Event, kind="case.incident_resolved"):
    """Somebody let the failed act be tried again as it is; `opened_seq` is the incident's event."""

    act: str
    opened_seq: int
    how: str
    reason: Sealed | None = None


@dataclass(frozen=True)
class RepairProposed(Event, kind="incident.repair_proposed"):
    """Somebody proposed with what the failed act is to be tried again; somebody else decides.

    `opened_seq` is the event of the incident; `skip` names the element that is not executed,
    with the result that is stored for it; `data` the fields that are given a value, with the
    value that the case has now.
    """

    act: str
    opened_seq: int
    skip: Mapping[str, Value]
    data: Mapping[str, Change]
    reason: Sealed


@dataclass(frozen=True)
class RepairApproved(Event, kind="incident.repair_approved"):
    """Another person agreed: the next attempt of the act is done with the repair.

    `proposed_seq` is the event of the proposal, `proposed_by` whose it was; the incident ends.
    """

    act: str
    opened_seq: int
    proposed_seq: int
    proposed_by: str


@dataclass(frozen=True)
class RepairRejected(Event, kind="incident.repair_rejected"):
    """Another person did not agree with a proposal; the incident stays open."""

    act: str
    opened_seq: int
    proposed_seq: int
    proposed_by: str
    reason: Sealed


@dataclass(frozen=True)
class RepairWithdrawn(Event, kind="incident.repair_withdrawn"):
    """Who had proposed a repair took it back; the incident stays open."""

    act: str
    opened_seq: int
    proposed_seq: int


@dataclass(frozen=True)
class ActRefused(Event, kind="act.refused", refused=True):
    """The rules did not allow an act; written in a transaction of its own.

    `code` names the refusal and `paragraph` its norm; `attempted` is the kind of the act,
    `target` what it was meant for (the key of a task, the code of a person).
    """

    code: str
    attempted: str
    paragraph: str | None = None
    target: str | None = None


@dataclass(frozen=True)
class DocumentAttached(Event, kind="document.attached"):
    """A file was attached to a case, known by its content; `size` in bytes.

    `source` is the kind of source by ¶ 4; the file's name and its origin by ¶ 9(4) are
    sealed.
    """

    document: int
    sha256: str
    size: int
    media_type: str
    source: str
    name: Sealed
    origin: Sealed | None = None
    task_key: str | None = None


@dataclass(frozen=True)
class DocumentViewed(Event, kind="document.viewed"):
    """A person asked for a document; committed before the first byte leaves."""

    document: int
    sha256: str


@dataclass(frozen=True)
class PersonCreated(Event, kind="person.created"):
    """A person became known to the system; `names` by language, and the login, are sealed."""

    person: str
    language: str
    names: Sealed
    login: Sealed


@dataclass(frozen=True)
class PersonChanged(Event, kind="person.changed"):
    """Something about a person changed: each field with old and new, text sealed.

    A new password is the field `password` with neither old nor new.
    """

    person: str
    changes: Mapping[str, Change]


@dataclass(frozen=True)
class RoleGranted(Event, kind="role.granted"):
    """A person was given a role in an organisation from a day on, until one if known."""

    grant: int
    person: str
    role: str
    organisation: str
    starts_on: date
    ends_on: date | None = None
    acting: bool = False
    basis: Sealed | None = None


@dataclass(frozen=True)
class RoleEnded(Event, kind="role.ended"):
    """A role that was granted ended; `ends_on` is its last day."""

    grant: int
    person: str
    role: str
    organisation: str
    ends_on: date
    basis: Sealed | None = None


@dataclass(frozen=True)
class SessionOpened(Event, kind="session.opened"):
    """A person signed in; `session` is the number of the session, `method` how."""

    session: int
    person: str
    method: str
    address: Sealed | None = None


@dataclass(frozen=True)
class SessionClosed(Event, kind="session.closed"):
    """A session ended: `how` is signed_out, expired or revoked."""

    session: int
    person: str
    how: str


@dataclass(frozen=True)
class SessionRefused(Event, kind="session.refused", refused=True):
    """Sign-ins that failed within one window of time, counted together.

    `person` where the login is somebody's; the login as typed is sealed.
    """

    code: str
    count: int
    since: datetime
    until: datetime
    login: Sealed
    person: str | None = None


@dataclass(frozen=True)
class RegisterCreated(Event, kind="register.created"):
    """A register (calendar, bodies, …) came into being with its first entries, by key.

    `entries` is left out where it would not fit; the rows that the event claims hold them.
    """

    register: str
    count: int
    entries: Mapping[str, Value] | None = None


@dataclass(frozen=True)
class RegisterChanged(Event, kind="register.changed"):
    """Entries of a register changed: each by its key, with old and new, and the act behind it."""

    register: str
    entries: Mapping[str, Change]
    basis: str | None = None


@dataclass(frozen=True)
class ChangeProposed(Event, kind="register.change_proposed"):
    """Somebody proposed a change of a register that moves terms of open cases.

    `entries` and `basis` are as in `register.changed`; `cases` and `terms` are how many cases
    and terms it would have moved at that moment.
    """

    register: str
    entries: Mapping[str, Change]
    basis: str
    cases: int
    terms: int


@dataclass(frozen=True)
class ChangeConfirmed(Event, kind="register.change_confirmed"):
    """Another person confirmed a proposed change: it is in force from this event on.

    `proposed_seq` is the event of the proposal and `proposed_by` whose it was. `cases` have
    their dates worked out again, each by an act of its own (`case.calendar_redated`); `terms`
    are how many that moves at this moment.
    """

    register: str
    entries: Mapping[str, Change]
    basis: str
    proposed_seq: int
    proposed_by: str
    cases: int
    terms: int


@dataclass(frozen=True)
class ChangeRejected(Event, kind="register.change_rejected"):
    """Another person did not agree with a proposed change of a register."""

    register: str
    proposed_seq: int
    proposed_by: str
    reason: Sealed


@dataclass(frozen=True)
class ChangeWithdrawn(Event, kind="register.change_withdrawn"):
    """Who had proposed a change of a register took it back."""

    register: str
    proposed_seq: int


@dataclass(frozen=True)
class ReleaseAdopted(Event, kind="release.adopted"):
    """A legal release came in: its hash, first day, and the SHA-256 of each file by path."""

    release: str
    number: int
    effective_from: date
    files: Mapping[str, str]
    previous: str | None = None
    reason: Sealed | None = None


@dataclass(frozen=True)
class MandateChanged(Event, kind="mandate.changed"):
    """A role of ¶ 10 or ¶ 12 came to be held by another organisation, by `basis`."""

    role: str
    holder: Change
    starts_on: date
    basis: str
    ends_on: date | None = None


@dataclass(frozen=True)
class InstallationCreated(Event, kind="installation.created"):
    """This installation was set up; `demo` says that its clock may be set.

    `origin` is the name that its checkpoints bear.
    """

    name: str
    origin: str
    demo: bool


@dataclass(frozen=True)
class SettingChanged(Event, kind="setting.changed"):
    """A setting of the installation changed, with the source it rests on."""

    setting: str
    value: Change
    source: str | None = None


@dataclass(frozen=True)
class TrailVerified(Event, kind="trail.verified"):
    """The whole trail was checked: how many events and streams, and how many problems."""

    events: int
    streams: int
    problems: int
    guards: str


@dataclass(frozen=True)
class ObjectionFiledLate(Event, kind="objection.filed_late"):
    """An evaluated body sent an objection after the window of ¶ 57; it was registered.

    Within the window an objection is the answer to a task; after it there is none, and
    this event on the conclusion's case stands in its place. `sent` is the message that
    starts the objection's own case, in the form that the body's `sent` has where a diagram
    sends it.
    """

    objection: int
    answers: Mapping[str, Value]
    sent: Value | None = None
