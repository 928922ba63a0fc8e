from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from app.domain.refusals import Conflict, Invalid, NotAllowed, NotFound
from app.domain.registers import Mandates, Part
from app.domain.rules import evaluators
from tests.domain.seeds import registers

DAY = date(2018, 2, 1)

# Of the matrix of evaluators: body, block -> part: authority, consolidator, paragraph.
MATRIX = """
moj   1 goals       mne   mne  23
moj   1 budget      mof   mne  23
moj   2 services    acsa  acsa 28
moj   2 complaints  lsc   acsa 28
moj   2 eservices   zerde acsa 28
moj   3 personnel   acsa  mic  35
moj   3 it          zerde mic  35
mne   1 goals       pmo   pmo  24
mne   1 budget      pmo   pmo  24
mne   2 services    acsa  acsa 28
mof   1 goals       pmo   pmo  24
mof   1 budget      pmo   pmo  24
mof   3 it          zerde mic  35
acsa  1 goals       ap    ap   25
acsa  1 budget      ap    ap   25
acsa  2 services    ap    acsa 30
acsa  2 complaints  lsc   acsa 28
acsa  2 eservices   zerde acsa 28
acsa  3 personnel   ap    mic  36
acsa  3 it          zerde mic  35
mic   1 goals       mne   mne  23
mic   2 services    acsa  acsa 28
mic   2 complaints  lsc   acsa 28
mic   2 eservices   pmo   acsa 31
mic   3 personnel   acsa  mic  35
mic   3 it          pmo   mic  37
nbk   1 goals       ap    ap   25
nbk   1 budget      ap    ap   25
nbk   2 services    acsa  acsa 28
nbk   3 personnel   acsa  mic  35
mia   2 complaints  lsc   acsa 28
astana 1 goals      mne   mne  23
astana 3 it         zerde mic  35
""".strip().splitlines()


@pytest.mark.parametrize("row", MATRIX)
def test_the_matrix(row: str) -> None:
    body, block, part, authority, consolidator, paragraph = row.split()
    found = evaluators.evaluation_of(registers(), body, int(block), part, DAY)
    assert (found.authority, found.consolidator, found.paragraph) == (
        authority,
        consolidator,
        paragraph,
    )


def test_a_year_is_94_blocks_and_220_parts() -> None:
    known = registers()
    blocks = [(body.code, b) for b in (1, 2, 3) for body in known.bodies.evaluated(b)]
    parts = [one for body, b in blocks for one in evaluators.evaluations(known, body, b, DAY)]
    assert (len(blocks), len(parts)) == (94, 220)


def test_nobody_evaluates_itself() -> None:
    known = registers()
    for block in (1, 2, 3):
        for body in known.bodies.evaluated(block):
            for one in evaluators.evaluations(known, body.code, block, DAY):
                assert one.authority != body.code


def test_five_parts_are_consolidated_by_the_body_itself() -> None:
    known = registers()
    own = [
        (body.code, block, one.part)
        for block in (1, 2, 3)
        for body in known.bodies.evaluated(block)
        for one in evaluators.evaluations(known, body.code, block, DAY)
        if one.self_consolidated
    ]
    assert own == [
        ("acsa", 2, "services"),
        ("acsa", 2, "complaints"),
        ("acsa", 2, "eservices"),
        ("mic", 3, "personnel"),
        ("mic", 3, "it"),
    ]


def test_the_rules_follow_the_mandate_and_not_the_name() -> None:
    known = registers()
    rows = []
    for row in known.mandates.rows:
        if row.role == "informatisation":
            rows.append(replace(row, until=date(2018, 5, 31)))
            rows.append(replace(row, holder="mdai", since=date(2018, 6, 1)))
        else:
            rows.append(row)
    moved = replace(known, mandates=Mandates(tuple(rows)))
    before, after = date(2018, 5, 31), date(2018, 6, 1)
    assert evaluators.evaluation_of(moved, "mic", 3, "it", before).authority == "pmo"
    assert evaluators.evaluation_of(moved, "mic", 3, "it", after).authority == "zerde"
    assert evaluators.evaluation_of(moved, "mdai", 3, "it", after).authority == "pmo"
    assert evaluators.concluding_authority(moved, "moj", 3, after) == "mdai"


def test_paragraph_25_goes_before_24() -> None:
    known = registers()
    ministry = replace(known.bodies.get("mne"), directly_under_president=True)
    bodies = replace(known.bodies, by_code=dict(known.bodies.by_code) | {"mne": ministry})
    found = evaluators.evaluations(replace(known, bodies=bodies), "mne", 1, DAY)
    assert {(one.authority, one.paragraph) for one in found} == {("ap", "25")}


def test_a_local_body_is_never_under_paragraph_25() -> None:
    known = registers()
    akimat = replace(known.bodies.get("astana"), directly_under_president=True)
    bodies = replace(known.bodies, by_code=dict(known.bodies.by_code) | {"astana": akimat})
    found = evaluators.evaluations(replace(known, bodies=bodies), "astana", 1, DAY)
    assert {one.paragraph for one in found} == {"23"}


@pytest.mark.parametrize(
    ("body", "block", "code", "paragraph"),
    [
        ("moj", 4, "block.fourth", "16"),
        ("mia", 1, "block.not_evaluated", "Annex 2"),
        ("mia", 3, "block.not_evaluated", "Annex 2"),
        ("ap", 1, "body.not_evaluated", "15"),
    ],
)
def test_blocks_outside_the_roster(body: str, block: int, code: str, paragraph: str) -> None:
    with pytest.raises(Invalid) as refused:
        evaluators.evaluations(registers(), body, block, DAY)
    assert (refused.value.code, refused.value.paragraph) == (code, paragraph)


def test_an_unknown_body_and_an_unknown_part() -> None:
    with pytest.raises(NotFound):
        evaluators.evaluations(registers(), "nobody", 1, DAY)
    with pytest.raises(Invalid):
        evaluators.evaluation_of(registers(), "moj", 1, "services", DAY)


def test_without_a_holder_there_is_no_answer() -> None:
    with pytest.raises(Conflict) as refused:
        evaluators.evaluations(registers(), "moj", 1, date(2016, 12, 31))
    assert refused.value.code == "mandate.none"


@pytest.mark.parametrize(
    ("body", "block", "part", "scorer", "code", "paragraph"),
    [
        ("moj", 1, "goals", "mof", "evaluation.block_1", "23"),
        ("mof", 1, "budget", "mof", "evaluation.planning_or_budget", "24"),
        ("mne", 1, "goals", "mne", "evaluation.planning_or_budget", "24"),
        ("nbk", 1, "goals", "mne", "evaluation.under_president", "25"),
        ("moj", 2, "services", "mic", "evaluation.block_2", "28"),
        ("acsa", 2, "services", "acsa", "evaluation.own_services", "30"),
        ("mic", 2, "eservices", "zerde", "evaluation.eservices", "31"),
        ("moj", 3, "it", "mic", "evaluation.block_3", "35"),
        ("acsa", 3, "personnel", "acsa", "evaluation.own_personnel", "36"),
        ("mic", 3, "it", "zerde", "evaluation.it", "37"),
    ],
)
def test_scoring_what_belongs_to_another(
    body: str, block: int, part: str, scorer: str, code: str, paragraph: str
) -> None:
    with pytest.raises(NotAllowed) as refused:
        evaluators.require_scorer(registers(), body, block, part, scorer, DAY)
    assert (refused.value.code, refused.value.paragraph) == (code, paragraph)


def test_the_evaluator_scores() -> None:
    found = evaluators.require_scorer(registers(), "moj", 2, "complaints", "lsc", DAY)
    assert found.authority == "lsc"


@pytest.mark.parametrize(
    ("body", "block", "by", "code", "paragraph"),
    [
        ("moj", 1, "mof", "conclusion.not_yours", "23"),
        ("mof", 1, "mne", "conclusion.not_yours", "24"),
        ("acsa", 1, "mne", "conclusion.not_yours", "25"),
        ("moj", 2, "lsc", "conclusion.not_yours", "32"),
        ("mic", 2, "pmo", "conclusion.not_yours", "32"),
        ("moj", 3, "acsa", "conclusion.not_yours", "38"),
        ("moj", 2, "moe", "conclusion.not_authorised", "5"),
    ],
)
def test_concluding_on_a_block_of_another(
    body: str, block: int, by: str, code: str, paragraph: str
) -> None:
    with pytest.raises(NotAllowed) as refused:
        evaluators.require_concluder(registers(), body, block, by, DAY)
    assert (refused.value.code, refused.value.paragraph) == (code, paragraph)


@pytest.mark.parametrize(
    ("body", "block", "by"),
    [("moj", 1, "mne"), ("mne", 1, "pmo"), ("nbk", 1, "ap"), ("moj", 2, "acsa"), ("moj", 3, "mic")],
)
def test_the_concluding_authority_concludes(body: str, block: int, by: str) -> None:
    assert evaluators.concluding_authority(registers(), body, block, DAY) == by
    assert evaluators.require_concluder(registers(), body, block, by, DAY)


@pytest.mark.parametrize(
    ("block", "brought", "code"),
    [
        (2, {"services", "complaints"}, "consolidation.block_2"),
        (2, {"complaints", "eservices"}, "consolidation.part_missing"),
        (3, {"it"}, "consolidation.block_3"),
        (3, {"personnel"}, "consolidation.part_missing"),
        (1, {"goals"}, "consolidation.part_missing"),
    ],
)
def test_every_part_is_awaited(block: int, brought: set[str], code: str) -> None:
    known = registers()
    with pytest.raises(Invalid) as refused:
        evaluators.require_every_part(known, "moj", block, DAY, frozenset(brought))
    assert refused.value.code == code
    everything = frozenset(part.code for part in known.parts_of(block))
    evaluators.require_every_part(known, "moj", block, DAY, everything)


def test_the_year_is_told_body_by_body() -> None:
    found = [(body.code, parts) for body, parts in evaluators.whole_year(registers(), DAY)]
    assert len(found) == 94 and sum(len(parts) for _, parts in found) == 220
    assert [parts[0].block for code, parts in found if code == "mia"] == [2]


def test_the_general_rows_are_those_of_the_register_of_parts() -> None:
    """The register says it for people; who evaluates is the table's answer."""
    known = registers()
    for part in known.parts:
        given = {"block": part.block, "part": part.code, "kind": "local", "blocks": [1, 2, 3]}
        found = known.decide({**given, "under_president": False, "roles": []})
        assert (found["evaluator"], found["concluder"]) == (
            part.general_evaluator,
            part.consolidator,
        )


def test_another_table_is_another_answer() -> None:
    known = replace(
        registers(),
        decide=lambda given: {
            "evaluator": "budget_execution", "concluder": "civil_service", "paragraph": "23"
        },
    )  # fmt: skip
    found = evaluators.evaluation_of(known, "moj", 1, "goals", DAY)
    assert (found.authority, found.consolidator) == ("mof", "acsa")


def test_a_part_that_the_table_does_not_know_is_evaluated_by_nobody() -> None:
    known = registers()
    strange = Part.read(
        {"block": "3", "code": "archives", "name_kk": "м", "name_ru": "а", "name_en": "a",
         "general_evaluator": "civil_service", "consolidator": "civil_service", "basis": ""}
    )  # fmt: skip
    with pytest.raises(Conflict) as refused:
        evaluators.evaluations(replace(known, parts=(*known.parts, strange)), "moj", 3, DAY)
    assert refused.value.code == "evaluation.no_row"
    assert dict(refused.value.params) == {"block": 3, "part": "archives"}
