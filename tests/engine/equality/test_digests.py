"""Runs give the stored bits, from config and seed on, in every body; ``digests.py`` compares the long form."""

import json

import pytest

from engine.config import RunConfig
from engine.data.datasets import datasets
from engine.data.features import features
from engine.kernel import PORTABLE, bodies
from engine.nn.initializers import initializers
from engine.nn.losses import TASKS, pairs
from engine.nn.regularizers import regularizers
from engine.training.optimizers import optimizers
from engine.training.schedules import schedules
from engine.training.trainer import Trainer
from tests.engine.equality.configs import COMPILED, COUNT, TABLES, configs, steps
from tests.engine.equality.digests import STORED, differences, digests


@pytest.mark.parametrize("body", bodies())
def test_runs_give_the_stored_bits(body, monkeypatch):
    monkeypatch.setenv("DESCENT_KERNEL", body)
    found = digests("short", explained=body == "base")
    assert found.keys() == configs().keys()
    assert differences("short", found) == []


@pytest.mark.skipif(not bodies(), reason="there is no C compiler")
def test_the_runs_use_every_entry_of_the_catalog_and_the_kernel():
    chosen = [RunConfig.model_validate(config) for name, config in configs().items() if name not in TABLES]
    used = {
        "activations": {layer.activation.name for config in chosen for layer in config.network.hidden},
        "pairs": {config.pair.name for config in chosen},
        "tasks": {config.task for config in chosen},
        "datasets": {config.dataset.name for config in chosen} - {"custom"},
        "features": {feature.name for config in chosen for feature in config.feature_list} & set(features),
        "initializers": {config.network.initializer for config in chosen},
        "optimizers": {config.training.optimizer.name for config in chosen},
        "regularizers": {config.training.regularizer.name for config in chosen},
        "schedules": {config.training.schedule.name for config in chosen},
    }
    everything = COMPILED, pairs, TASKS, datasets, features, initializers, optimizers, regularizers, schedules
    assert used == dict(zip(used, map(set, everything), strict=True))
    trainers = [Trainer(config) for config in chosen]
    assert {trainer.arithmetic for trainer in trainers} == {PORTABLE}
    for trainer in trainers:
        trainer.train(10_000, 12)
    assert {trainer.halted for trainer in trainers} == {None, "diverged", "finished"}
    assert sum(len(steps(index)) for index in range(COUNT)) > 5


def test_the_long_form_is_of_the_same_runs_trained_on():
    stored = json.loads(STORED.read_text(encoding="utf-8"))
    assert stored["short"].keys() == stored["long"].keys() == configs().keys()
    pairs_of_parts = [(stored["short"][name], stored["long"][name]) for name in configs()]
    assert all(short["start"] == long["start"] for short, long in pairs_of_parts)
    assert sum(short["weights"] != long["weights"] for short, long in pairs_of_parts) > COUNT - 3
