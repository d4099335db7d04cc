"""Schedules: the factor of every epoch, for every entry."""

import numpy as np
import pytest

from engine.config import RunConfig, TrainingChange
from engine.numbers.rules import PORTABLE
from engine.training.schedules import schedules
from engine.training.trainer import Trainer

ENTRIES = list(schedules.values())


def factors(entry, epochs, *parameters):
    parameters = parameters or [p.default for p in entry.parameters]
    return np.array([entry.factor(PORTABLE, epoch, *parameters) for epoch in range(epochs)])


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda e: e.name)
def test_it_stays_within_0_and_1_and_is_1_at_its_best(entry):
    values = factors(entry, 5000)
    assert ((values >= 0) & (values <= 1)).all()
    assert (values[:300] > 0).all()  # a cosine of 300 epochs ends at its final factor, 0 by default
    assert values.max() == 1


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda e: e.name)
def test_a_factor_is_valid_at_the_ends_of_the_parameter_ranges(entry):
    for p in entry.parameters:
        for value in (p.minimum, p.maximum, p.above, p.below):
            if value is None or value in (p.above, p.below):
                continue
            chosen = [value if q is p else q.default for q in entry.parameters]
            values = factors(entry, 1000, *chosen)
            assert ((values >= 0) & (values <= 1)).all(), (p.name, value)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda e: e.name)
def test_a_schedule_is_monotonic(entry):
    steps = np.diff(factors(entry, 1000))
    assert (steps <= 1e-15).all() or (steps >= -1e-15).all()


@pytest.mark.parametrize(
    ("name", "parameters", "expected"),
    [
        ("constant", (), [1, 1, 1, 1, 1]),
        ("step", (2, 0.5), [1, 1, 0.5, 0.5, 0.25]),
        ("exponential", (0.5,), [1, 0.5, 0.25, 0.125, 0.0625]),
        ("inverse_time", (1.0,), [1, 1 / 2, 1 / 3, 1 / 4, 1 / 5]),
        ("cosine", (4, 0.0), [1, 0.5 + np.sqrt(0.125), 0.5, 0.5 - np.sqrt(0.125), 0]),
        ("cosine", (2, 0.2), [1, 0.6, 0.2, 0.2, 0.2]),
        ("warm_up", (2, 0.5), [0.5, 0.75, 1, 1, 1]),
    ],
)
def test_values_by_hand(name, parameters, expected):
    np.testing.assert_allclose(factors(schedules[name], 5, *parameters), expected, atol=1e-15)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda e: e.name)
def test_a_run_follows_it_and_reports_the_rate_of_each_epoch(entry):
    config = {"training": {"schedule": entry.name, "learning_rate": 0.1}, "dataset": {"samples": 20}}
    trainer = Trainer(RunConfig.model_validate(config))
    expected = 0.1 * factors(entry, 6)
    assert trainer.metrics.learning_rate == (pytest.approx(expected[0]),)
    for epoch in range(6):
        trainer.advance(100)
        assert trainer.metrics.learning_rate == (pytest.approx(expected[epoch]),)
    trainer.change(TrainingChange(learning_rate=0.2))
    trainer.advance(100)
    assert trainer.metrics.learning_rate == (pytest.approx(2 * 0.1 * factors(entry, 7)[6]),)
