"""¶ 9, 11, 48-53: the overall evaluation, its submission, and its publication."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from app.domain.refusals import Conflict, FieldError, Invalid, NotAllowed
from app.domain.rules.schedule import require_order_date

GROUNDS = ("state_secret", "official", "other")
"""Why a result is withheld from publication (¶ 9(5), 53)."""

# A result is named by its block (0: the overall one) and its body.
Key = tuple[int, str]


def require_every_conclusion(opened: Collection[Key], settled: Collection[Key]) -> None:
    """¶ 11: the overall evaluation rests on every conclusion, or on why one is not there.

    `settled` are the evaluations with a final conclusion or a recorded reason.

    Raises:
        Conflict: `overall.conclusions_missing`.
    """
    if left := set(opened) - set(settled):
        raise Conflict("overall.conclusions_missing", paragraph="11", count=len(left))


def require_other_signer(author: str | None, signer: str) -> None:
    """¶ 9(2): the overall results are signed by somebody else than who drafted them (a reading).

    Raises:
        NotAllowed: `overall.same_person`.
    """
    if author == signer:
        raise NotAllowed("overall.same_person", paragraph="9(2)")


def require_signed(signed: bool) -> None:
    """¶ 11, 49: only results that the first head has signed are submitted.

    Raises:
        Conflict: `overall.not_signed`.
    """
    if not signed:
        raise Conflict("overall.not_signed", paragraph="49")


def require_notices(evaluated: Collection[str], notified: Collection[str]) -> None:
    """¶ 49: who submits the results notifies every evaluated body at the same time.

    Raises:
        Invalid: `overall.notice_missing`.
    """
    if left := set(evaluated) - set(notified):
        raise Invalid("overall.notice_missing", paragraph="49", count=len(left))


def require_submitted(submitted: bool) -> None:
    """¶ 49, 51: the President gets results only after the Commission has got them.

    Raises:
        Conflict: `results.before_commission`.
    """
    if not submitted:
        raise Conflict("results.before_commission", paragraph="51")


def require_paper(number: str, dated: date, *, field: str, today: date, since: date) -> None:
    """¶ 51, 53, point 2 of the Decree: a paper has a number and a date that is possible.

    `since` is the day before which it cannot have been written: that of what it is about.

    Raises:
        Invalid: `order.date_in_future`; `decree.before_in_force`; `paper.too_early`;
            `form.required`, no number.
    """
    if not number.strip():
        raise Invalid("form.invalid", fields=(FieldError(field, "form.required"),))
    require_order_date(dated, today, field)
    if dated < since:
        params = (("date", since.isoformat()),)
        fields = (FieldError(field, "paper.too_early", params),)
        raise Invalid("paper.too_early", fields=fields, date=since.isoformat())


def require_check(checked: bool) -> None:
    """¶ 9(5), 53: nobody agrees to a publication that has not been checked for secrets.

    Raises:
        Conflict: `publication.not_checked`.
    """
    if not checked:
        raise Conflict("publication.not_checked", paragraph="53")


def require_checked_by_another(checker: str | None, consenting: str) -> None:
    """¶ 53: who agrees to the publication is not who made the check for secrets (a reading).

    Raises:
        NotAllowed: `publication.same_person`.
    """
    if checker == consenting:
        raise NotAllowed("publication.same_person", paragraph="53")


def withheld(results: Collection[Key], chosen: Mapping[Key, str]) -> dict[Key, str]:
    """¶ 9(5), 53: what is kept from publication, and on what ground.

    The overall result of a body is a known mean of its results by block: beside the others
    it would give away the one that is withheld, so it is withheld with it, on its ground. By
    the same sum it cannot be withheld alone.

    Raises:
        Invalid: `form.not_a_choice`, a result that is not there; `publication.worked_out`,
            an overall result whose blocks are all open.
    """
    if set(chosen) - set(results):
        fields = (FieldError("secrecy", "form.not_a_choice"),)
        raise Invalid("form.invalid", fields=fields)
    blocks = {body for block, body in chosen if block}
    alone = sorted(body for block, body in chosen if not block and body not in blocks)
    if alone:
        raise _worked_out(alone)
    found = dict(chosen)
    for block, body in sorted(chosen):
        if block and (0, body) in results:
            found.setdefault((0, body), chosen[block, body])
    return found


def require_publishable(
    results: Collection[Key], checked: Collection[Key], *, consented: bool
) -> None:
    """¶ 9(5), 53: nothing is published without the consent, or without a check of every result.

    Raises:
        Conflict: `publication.no_consent`; `publication.not_checked`.
    """
    require_check(not set(results) - set(checked))
    if not consented:
        raise Conflict("publication.no_consent", paragraph="53")


def _worked_out(bodies: Sequence[str]) -> Invalid:
    """The refusal, told at the row of each of these bodies' overall results."""
    code = "publication.worked_out"
    fields = tuple(FieldError(f"secrecy-0-{body}", code, (("body", body),)) for body in bodies)
    return Invalid(code, paragraph="53", fields=fields, body=bodies[0])
