"""¶ 9(2), 20, 32, 38: who may score a part, and when a block may be concluded."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from app.domain.refusals import FieldError, Invalid, NotAllowed
from app.domain.rules.evaluators import GENERAL_PARAGRAPH, missing_part


def checker(authority: str, evaluated_body: str, parts: Mapping[str, Mapping[str, str]]) -> str:
    """¶ 9(2), 41: who takes in and re-checks a body's report: the authority that concludes.

    A body that concludes on itself does not check itself: there it is the evaluator to whom
    the decree gives a part by an exception (¶ 30-31, 36-37), else the one of the first part.
    That is a reading. `parts` are those of the evaluation by code, each with `authority` and
    `paragraph`.
    """
    if authority != evaluated_body:
        return authority
    general = set(GENERAL_PARAGRAPH.values())
    ordered = [parts[code] for code in sorted(parts)]
    moved = [part for part in ordered if part["paragraph"] not in general]
    return (moved or ordered)[0]["authority"]


def require_other_body(authority: str, evaluated_body: str) -> None:
    """¶ 9(2): no body evaluates itself.

    Raises:
        NotAllowed: `conflict.own_body`.
    """
    if authority == evaluated_body:
        raise NotAllowed("conflict.own_body", paragraph="9(2)")


def require_other_approver(author: str, approver: str) -> None:
    """¶ 9(2): scores are approved by somebody else than who gave them (a reading).

    Raises:
        NotAllowed: `score.same_person`.
    """
    if author == approver:
        raise NotAllowed("score.same_person", paragraph="9(2)")


def require_scores(asked: Collection[object]) -> None:
    """¶ 20: a part of which an indicator applies to the body is not left without any score.

    Raises:
        Invalid: `form.invalid`.
    """
    if asked:
        raise Invalid("form.invalid", fields=(FieldError("scores", "form.required"),))


def require_explanation(uncounted: Collection[str], explanation: str) -> None:
    """¶ 20: who leaves an indicator out of the score says why.

    `uncounted` are the codes of the indicators that apply to the body by the methodology and
    were given no points.

    Raises:
        Invalid: `score.unexplained`, with the first of them.
    """
    if uncounted and not explanation.strip():
        params = (("indicator", min(uncounted)),)
        fields = (FieldError("explanation", "score.unexplained", params),)
        raise Invalid("score.unexplained", paragraph="20", fields=fields, indicator=params[0][1])


def require_every_part(block: int, parts: Collection[str], approved: Collection[str]) -> None:
    """¶ 32, 38: no conclusion on a block before the scores of each of its parts are approved.

    Raises:
        Invalid: see `evaluators.missing_part`.
    """
    for part in sorted(set(parts) - set(approved)):
        raise missing_part(block, part)
