"""The learning-rate range test finds rates that train."""

from itertools import pairwise

import numpy as np
import pytest

from engine.config import RunConfig
from engine.inspection.range_test import HIGHEST, LOWEST, _suggestions, learning_rates, range_test, smooth
from engine.training.trainer import Trainer


def test_rates_rise_geometrically_from_end_to_end():
    rates = learning_rates()
    assert len(rates) == 100
    assert rates[0] == LOWEST
    assert rates[-1] == pytest.approx(HIGHEST)
    ratios = {round(b / a, 9) for a, b in pairwise(rates)}
    assert len(ratios) == 1


def test_smoothing_is_tensorboards():
    assert smooth([1.0, 1.0, 1.0], 0.9) == pytest.approx([1.0, 1.0, 1.0])
    assert smooth([2.0, 4.0], 0.5) == pytest.approx([2.0, (2.0 * 0.5 * 0.5 + 0.5 * 4.0) / 0.75])


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam"])
def test_the_suggestion_trains_better_than_a_thousandth_of_it(optimizer):
    def loss_after(rate, seed):
        training = {"optimizer": {"name": optimizer}, "learning_rate": rate}
        trainer = Trainer(RunConfig.model_validate({"training": training, "seed": seed}))
        while trainer.epoch < 10:
            trainer.advance(1000)
        return trainer.metrics.train_loss[0]

    ratios = []
    for seed in range(3):
        training = {"optimizer": {"name": optimizer}}
        result = range_test(RunConfig.model_validate({"training": training, "seed": seed}))
        assert LOWEST < result.minimum_tenth < HIGHEST
        assert result.steepest in result.learning_rates
        rate = result.minimum_tenth
        ratios.append(loss_after(rate, seed) / loss_after(rate / 1000, seed))
    assert np.median(ratios) < 0.5


def test_it_stops_when_the_loss_has_gone_up_for_good():
    config = {"dataset": {"name": "dining_hall"}, "network": {"hidden": [], "bias": False}}
    result = range_test(RunConfig.model_validate(config))
    assert len(result.losses) < 100
    assert result.smoothed[-1] > 4 * min(result.smoothed)
    assert len(result.learning_rates) == len(result.losses) == len(result.smoothed)


@pytest.mark.parametrize("rules", ["portable-1", "numpy-1"])
def test_it_draws_by_the_rules_it_is_given(rules):
    config = RunConfig.model_validate({"training": {"learning_rate": LOWEST}})
    trainer = Trainer(config, rules=rules)
    trainer.advance(1)
    result = range_test(config, rules)
    assert result.losses[0] == trainer.training_loss()[0]


def test_without_a_fall_there_is_no_suggestion():
    assert _suggestions([1.0, 2.0, 3.0, 4.0], [1.0, 2.0, 3.0, 4.0]) == (None, None)
    assert _suggestions([1.0], [1.0]) == (None, None)
    assert _suggestions([1.0, 2.0, 4.0, 8.0], [5.0, 4.0, 1.0, 3.0]) == (2.0, 0.4)
