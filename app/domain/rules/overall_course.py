"""The course of the overall evaluation, from the conclusions to the publication (¶ 11, 48–53)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

STEPS: Mapping[str, tuple[str, ...]] = {
    "conclusions": ("7(3)", "11"),
    "computed": ("11",),
    "drafted": ("11", "48"),
    "signed": ("9(2)", "11"),
    "submitted": ("7(4)", "49"),
    "concluded": ("12", "51"),
    "presented": ("7(5)", "51"),
    "instructed": ("52",),
    "checked": ("9(5)", "53"),
    "consented": ("53",),
    "published": ("53",),
}
"""Every step in its order, with its paragraphs."""

UNDOES: Mapping[str, tuple[str, ...]] = {
    "returned": ("drafted", "signed"),
    "refused": ("checked", "consented"),
}
"""What is to be done once more after a return or a refusal."""

OF_STEP: Mapping[str, str] = {"returned": "signed", "refused": "consented"}
"""The step at which somebody returned or refused; any other mark is a step of its own."""

TASKS: Mapping[str, str] = {
    "missing": "conclusions",
    "draft_overall": "drafted",
    "sign_overall": "signed",
    "commission": "concluded",
    "instruct": "instructed",
    "secrecy": "checked",
    "consent": "consented",
}
"""Which step a task of the diagrams belongs to; any other one belongs to the step that is now."""


def states(*, computed: bool, marks: Iterable[str]) -> dict[str, str]:
    """The state of every step (done, now, next) by the marks of the newest version, oldest first.

    One step is now until the results are published: the first that is not done.
    """
    done = {"conclusions", "computed"} if computed else set()
    for mark in marks if computed else ():
        done -= set(UNDOES.get(mark, ()))
        if mark in STEPS:
            done.add(mark)
    now = next((step for step in STEPS if step not in done), None)
    return {step: "done" if step in done else "now" if step == now else "next" for step in STEPS}
