"""The catalog holds every registry entry and nothing that JSON cannot."""

import json

import numpy as np
import pytest

from engine.catalog import catalog
from engine.config import RunConfig
from engine.data.datasets import datasets
from engine.data.features import features
from engine.data.sets import sets
from engine.nn.activations import activations
from engine.nn.initializers import initializers
from engine.nn.losses import losses, outputs
from engine.nn.regularizers import regularizers
from engine.training.optimizers import optimizers
from engine.training.schedules import schedules


@pytest.fixture(scope="module")
def whole():
    return json.loads(json.dumps(catalog(), allow_nan=False))


@pytest.mark.parametrize(
    ("part", "registry"),
    [
        ("activations", activations),
        ("datasets", {**datasets, **sets}),
        ("features", features),
        ("initializers", initializers),
        ("losses", losses),
        ("optimizers", optimizers),
        ("outputs", outputs),
        ("regularizers", regularizers),
        ("schedules", schedules),
    ],
)
def test_every_entry_is_listed_with_its_title(whole, part, registry):
    assert [(row["name"], row["title"]) for row in whole[part]] == [(e.name, e.title) for e in registry.values()]


def test_every_listed_combination_makes_a_run(whole):
    data = {
        "classification": {"name": "circle"},
        "regression": {"name": "plane"},
        "multilabel": {"name": "custom", "inputs": [[0, 1], [1, 0]], "targets": [[0, 1], [1, 1]], "task": "multilabel"},
    }
    assert {c["task"] for c in whole["combinations"]} == set(data)
    for combination in whole["combinations"]:
        config = RunConfig.model_validate(
            {
                "dataset": data[combination["task"]],
                "network": {"output": combination["output"]},
                "training": {"loss": combination["loss"]},
            }
        )
        assert (config.output, config.loss) == (combination["output"], combination["loss"])


def test_parameters_outside_their_range_are_refused(whole):
    for optimizer in whole["optimizers"]:
        chosen = {"name": optimizer["name"], **{p["name"]: p["default"] for p in optimizer["parameters"]}}
        RunConfig.model_validate({"training": {"optimizer": chosen}})
        for p in optimizer["parameters"]:
            with pytest.raises(ValueError, match=p["name"]):
                RunConfig.model_validate({"training": {"optimizer": {**chosen, p["name"]: p["maximum"] + 1}}})


def test_curves_are_the_functions_themselves(whole):
    tanh = next(row for row in whole["activations"] if row["name"] == "tanh")["curve"]
    np.testing.assert_allclose(tanh["a"], np.tanh(tanh["z"]), atol=1e-4)
    np.testing.assert_allclose(tanh["derivative"], 1 - np.tanh(tanh["z"]) ** 2, atol=1e-4)


def test_feature_maps_say_what_they_show(whole):
    square = next(row for row in whole["features"] if row["name"] == "x2^2")
    column = [row[0] for row in square["map"]]
    assert column[0] == column[-1] == 255
    assert column[12] == 0
    assert whole["view"] == [-6.0, 6.0]
