"""Words for codes: kinds of events, states, outcomes, votes, sources of ¶ 4, fields.

Each table is written out so that the extraction of messages finds every word; `words` says
them in the reader's language.
"""

from __future__ import annotations

from collections.abc import Mapping


def N_(message: str) -> str:  # noqa: N802 - the name by which the extraction knows it
    """Mark a message for the extraction; it is translated when it is shown."""
    return message


EVENTS: Mapping[str, str] = {
    "case.started": N_("Case opened"),
    "task.completed": N_("Task completed"),
    "timer.fired": N_("The date came"),
    "message.delivered": N_("Message received from another case"),
    "case.redated": N_("Dates worked out again by a later order"),
    "case.calendar_redated": N_("Dates worked out again by a changed calendar"),
    "message.unclaimed": N_("A message came after the case had ended"),
    "case.incident": N_("An error stopped the case"),
    "case.incident_resolved": N_("The act is to be tried again"),
    "incident.repair_proposed": N_("A repair was proposed"),
    "incident.repair_approved": N_("The repair was approved"),
    "incident.repair_rejected": N_("The repair was rejected"),
    "incident.repair_withdrawn": N_("The proposal was withdrawn"),
    "act.refused": N_("An act was refused"),
    "document.attached": N_("Document attached"),
    "document.viewed": N_("Document opened"),
    "objection.filed_late": N_("Objection filed out of time"),
}

STATUSES: Mapping[str, str] = {
    "running": N_("In progress"),
    "ended": N_("Completed"),
    "stopped": N_("Stopped"),
    "cancelled": N_("Cancelled"),
}

OUTCOMES: Mapping[str, str] = {
    "accepted": N_("Accepted"),
    "partly": N_("Accepted in part"),
    "rejected": N_("Not accepted"),
    "late": N_("Left without consideration: out of time"),
    "without_documents": N_("Left without consideration: no supporting documents"),
}
OUTCOME_KINDS: Mapping[str, str] = {
    "accepted": "ok",
    "partly": "ok",
    "rejected": "info",
    "late": "warn",
    "without_documents": "warn",
}

VOTES: Mapping[str, str] = {
    "for": N_("For"),
    "against": N_("Against"),
    "abstained": N_("Abstained"),
    "recused": N_("Recused"),
}

PROCESSES: Mapping[str, str] = {
    "schedule": N_("Schedule"),
    "conclusion": N_("Block conclusion"),
    "objection": N_("Objection"),
    "commission": N_("Special commission"),
    "methodology": N_("Methodology"),
    "cycle": N_("Evaluation of a year"),
    "block_evaluation": N_("Evaluation of a block"),
    "part_evaluation": N_("Evaluation of a part"),
    "overall": N_("Overall evaluation"),
}

# ¶ 4: the sources of information, by subparagraph.
SOURCES: Mapping[str, str] = {
    "1": N_("report of the state body on its activity"),
    "2": N_("results of checks by the Administration or the evaluating bodies"),
    "3": N_("control of acts and instructions by the Administration of the President"),
    "4": N_("control of acts and instructions by the Prime Minister's Office"),
    "5": N_("control acts of state bodies"),
    "6": N_("official statistics"),
    "7": N_("conclusions of independent experts, recommendations of public councils"),
    "8": N_("social research, reviews of international organisations and ratings"),
    "9": N_("information of non-commercial organisations"),
    "10": N_("other information from official sources"),
}

# ¶ 7: the five steps of the schedule, short enough for the horizon.
STEPS: Mapping[int, str] = {
    1: N_("Reports"),
    2: N_("Conclusions"),
    3: N_("After appeals"),
    4: N_("Overall evaluation"),
    5: N_("To the President"),
}

TERMS: Mapping[str, str] = {
    "report_1": N_("Reporting information, block 1"),
    "report_2": N_("Reporting information, block 2"),
    "report_3": N_("Reporting information, block 3"),
    "conclusions": N_("Conclusions to the evaluated bodies"),
    "after_appeals": N_("Conclusions after the appeals"),
    "overall": N_("Overall results to the working body"),
    "to_president": N_("Results to the President"),
}

# ¶ 47: the three parts of a conclusion.
PARTS: Mapping[str, str] = {
    "final_report": N_("Final report on the evaluation"),
    "recommendations_followed": N_("Earlier recommendations carried out"),
    "findings": N_("Findings and recommendations"),
}

LETTERS: Mapping[str, str] = {
    "schedule/approved": N_("The schedule was approved"),
    "methodology/approved": N_("The methodology was approved"),
    "conclusion/conclusion": N_("Conclusion on the results of the evaluation"),
    "conclusion/receipt": N_("Receipt of the conclusion recorded by proof of delivery"),
    "objection/decision": N_("Outcome of the appeal"),
    "objection/closed": N_("Objection left without consideration"),
    "objection/reminder": N_("Reminder: the outcome of an appeal is due"),
    "block_evaluation/overdue": N_("Reminder: the report is overdue"),
    "block_evaluation/self_consolidated": N_("A body evaluated by itself in part"),
    "block_evaluation/final": N_("Final conclusion on a block"),
    "overall/results": N_("Results of the overall evaluation"),
    "overall/notice": N_("Notice of the overall results"),
    "overall/instructions": N_("Instructions and recommendations"),
}

BUCKETS: Mapping[str, str] = {
    "overdue": N_("Overdue"),
    "today": N_("Today"),
    "week": N_("This week"),
    "later": N_("Later"),
    "undated": N_("Without a date"),
}

VIEWS: Mapping[str, str] = {
    "all": N_("All"),
    "mine": N_("Mine"),
    "queue": N_("Queue"),
    "overdue": N_("Overdue"),
}

DAY_KINDS: Mapping[str, str] = {
    "holiday": N_("Holiday"),
    "day_off": N_("Day off"),
    "working_day": N_("Working day"),
    "ordinary": N_("Ordinary day"),
    "weekend": N_("Weekend"),
}

SYSTEMS: Mapping[str, str] = {
    "timer": N_("the system, by the date"),
    "message": N_("the system, by a message"),
    "calendar": N_("the system, by the calendar"),
    "installation": N_("the installation"),
    "retry": N_("the system, tried again"),
}

DEADLINE_STATES: Mapping[str, str] = {
    "running": N_("running"),
    "kept": N_("kept"),
    "missed": N_("the date has passed"),
    "gone": N_("no longer needed"),
}

# Texts and choices on the trail, as the story of a case tells them.
ANSWERS: Mapping[str, str] = {
    "grounds": N_("Grounds"),
    "reasons": N_("Reasons"),
    "text": N_("Text of the overall evaluation"),
    "instructions": N_("Instructions and recommendations"),
    "note": N_("Note"),
    "name": N_("Name of the file"),
    "origin": N_("Origin of the document"),
    "requirement_1": N_("Requirement of ¶ 18(1)"),
    "requirement_2": N_("Requirement of ¶ 18(2)"),
    "requirement_3": N_("Requirement of ¶ 18(3)"),
    "requirement_4": N_("Requirement of ¶ 18(4)"),
    "requirement_5": N_("Requirement of ¶ 18(5)"),
    "requirement_6": N_("Requirement of ¶ 18(6)"),
    "dissent": N_("Dissenting opinion"),
    "recusal_reason": N_("Reason for the recusal"),
    "explanation": N_("Explanation"),
    "order_number": N_("Number of the order"),
    "minutes_number": N_("Number of the minutes"),
    "decision_number": N_("Number of the decision"),
    "proof_number": N_("Number of the document"),
    "reason": N_("Reason"),
    "detail": N_("Technical detail"),
}
# Why a further order changed the composition of a special commission (¶ 59).
CAUSES: Mapping[str, str] = {
    "absence": N_("absence"),
    "conflict": N_("part in the evaluation, or a conflict of interest"),
    "left_office": N_("left office"),
    "recusal": N_("recusal"),
}
DECISIONS: Mapping[str, str] = {
    "approve": N_("approved"),
    "sign": N_("signed"),
    "certify": N_("certified"),
    "accept": N_("accepted"),
    "consent": N_("consent given"),
    "return": N_("returned"),
    "refuse": N_("consent refused"),
}

# Grounds and sources with which the registers begin, part by part: a pattern and its words.
# What an administrator writes is shown as it was written.
GROUNDS: Mapping[str, str] = {
    r"from the entry into force of the Decree": N_("from the entry into force of the Decree"),
    r"the act that gave the mandate is to be entered": N_(
        "the act that gave the mandate is to be entered"
    ),
    r"who was the service integrator in 2017 is not confirmed by an act: check before use": N_(
        "who was the service integrator in 2017 is not confirmed by an act: check before use"
    ),
    r"the working body is determined by a decision of the Head of the Administration": N_(
        "the working body is determined by a decision of the Head of the Administration"
    ),
    r"that decision is not on record: enter its number before use": N_(
        "that decision is not on record: enter its number before use"
    ),
    r"Government act on moving days off \((?P<place>.+)\)": N_(
        "Government act on moving days off (%(place)s)"
    ),
    r"Python package (?P<package>\S+ [\d.]+)": N_("program library %(package)s"),
    r"calendar of the eGov portal, as the press reported it on 2 January 2026": N_(
        "calendar of the electronic government's portal, as the press reported it on 2 January 2026"
    ),
    r"estimated by the moon: confirm it when it is announced": N_(
        "estimated by the moon: confirm it when it is announced"
    ),
    r"the package (?P<package>\S+ [\d.]+) has no Constitution Day in 2026: .+": N_(
        "library %(package)s has no Constitution Day in 2026: confirm it by the act"
    ),
    r"other sources leave this day out: confirm it by the act": N_(
        "other sources leave this day out: confirm it by the act"
    ),
    r"confirm it by the act": N_("confirm it by the act"),
}

# The controls of the pages that are no field of a form.
CONTROLS: Mapping[str, str] = {
    "email": N_("Login"),
    "note": N_("Note"),
    "q": N_("Search"),
    "day": N_("Day"),
    "kind": N_("What the day is"),
    "source": N_("Source"),
    "name_kk": N_("Name in Kazakh"),
    "name_ru": N_("Name in Russian"),
    "name_en": N_("Name in English"),
    "login": N_("Login"),
    "language": N_("Language"),
    "role": N_("Role"),
    "organisation": N_("Body"),
    "starts_on": N_("First day"),
    "ends_on": N_("Last day"),
    "basis": N_("Ground (number and date of the act)"),
    "acting": N_("Acting"),
    "holder": N_("Body that holds the role"),
    "end": N_("Last day"),
    "password": N_("Password"),
    "old_password": N_("Present password"),
    "new_password": N_("New password"),
    "repeat_password": N_("New password once more"),
}
