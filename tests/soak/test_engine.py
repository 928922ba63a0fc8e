"""The engine for longer: more states of every process, more processes made at random.

The same code as in `tests/engine`, which looks for seconds; here it is many minutes.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.conventions.test_walks import release
from tests.engine.exploring import check_live, check_saved, explore
from tests.engine.hosts import START
from tests.engine.shipped import ANSWERS, OWN, STARTS
from tests.engine.test_exploring import FEATURES, OWN_OF_FEATURES
from tests.engine.test_machine import Machine

STATES = 5_000
RUNS = 5_000


@pytest.mark.soak
@pytest.mark.parametrize("name", STARTS)
def test_thousands_of_states_of_a_process(name: str) -> None:
    process, data = STARTS[name]
    found = explore(release(), process, data, ANSWERS, OWN, STATES)
    check_saved(release(), found)
    assert check_live(release(), found.tips()) >= len(found.acts)


@pytest.mark.soak
@pytest.mark.parametrize("name", FEATURES)
def test_thousands_of_states_of_a_construct(name: str) -> None:
    make, data, _ = FEATURES[name]
    found = explore(make(), name, START | data, {}, OWN_OF_FEATURES, STATES)
    check_saved(make(), found)
    assert check_live(make(), found.tips()) >= len(found.acts)


@pytest.mark.soak
def test_thousands_of_processes_made_at_random() -> None:
    checks = list(HealthCheck)
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=RUNS, stateful_step_count=25, deadline=None, suppress_health_check=checks
        ),
    )
