"""¶ 17-18, 20, 22: what is wrong with the file of a methodology is named before anybody agrees."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app.demo import methodologies as demo
from app.domain.refusals import FieldError, Invalid
from app.models.facts import Document
from tests.journeys.plot import Stage
from tests.services.test_methodology import OFFICER, begin, example, hand_in


def weights(found: dict[str, Any]) -> None:
    found["parts"][0]["weight"] = "50"


def variable(found: dict[str, Any]) -> None:
    found["criteria"][0]["indicators"][0]["formula"] = "fact / target * 100"


def year(found: dict[str, Any]) -> None:
    found["year"] = 2018


def part(found: dict[str, Any]) -> None:
    for row in (found["parts"][0], *found["criteria"][:2]):
        row["code" if "weight" in row and "part" not in row else "part"] = "aims"


def nobody(found: dict[str, Any]) -> None:
    for criterion in found["criteria"]:
        for row in criterion["indicators"]:
            row["applies"] = "body == 'akmola'"


@pytest.mark.parametrize(
    ("spoil", "code", "params"),
    [
        (weights, "weights", {"where": "parts", "total": "90"}),
        (variable, "unknown_variable", {"indicator": "1.1.1", "detail": "target"}),
        (year, "other_subject", {"year": 2018, "asked_year": 2017}),
        (part, "parts", {"parts": "goals, budget"}),
        (nobody, "nothing_applies", {}),
    ],
)
def test_what_cannot_be_scored_by_is_refused_and_named(
    stage: Stage, spoil: Callable[[dict[str, Any]], None], code: str, params: dict[str, Any]
) -> None:
    case = begin(stage)
    found = example()
    spoil(found)
    with pytest.raises(Invalid, match=rf"methodology\.{code}") as refused:
        hand_in(stage, case, found)
    assert params.items() <= refused.value.params.items()
    assert [f.field for f in refused.value.fields] == ["documents"]
    assert stage.tasks(case) == ["draft"] and stage.refused()["code"] == f"methodology.{code}"
    stage.verified()


def test_one_file_and_six_answers_are_asked_for(stage: Stage) -> None:
    case = begin(stage)
    with pytest.raises(Invalid) as refused:
        hand_in(stage, case, example(), requirement_4="")
    assert refused.value.fields == (FieldError("requirement_4", "form.required"),)
    with pytest.raises(Invalid, match=r"methodology\.not_json") as refused:
        hand_in(stage, case, b"{\n\n oops}")
    assert refused.value.params["line"] == 3
    both = [row.id for row in documents_of(stage, case)]
    assert len(both) == 2
    with pytest.raises(Invalid, match=r"methodology\.one_file"):
        stage.complete(
            OFFICER[1], stage.task(case, "draft"), **{**demo.REQUIREMENTS, "documents": both}
        )


def documents_of(stage: Stage, case: int) -> list[Any]:
    return stage.all(Document, case_id=case)


def test_the_list_of_key_indicators_has_a_number_and_a_date(stage: Stage) -> None:
    case = begin(stage)
    with pytest.raises(Invalid, match=r"methodology\.key_order") as refused:
        hand_in(stage, case, example(), kpi_order_number="7-к")
    assert refused.value.fields == (FieldError("kpi_order_date", "form.required"),)
    assert refused.value.paragraph == "22"
