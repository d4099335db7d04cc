"""RunConfig: every field has a default, JSON comes back as it went, and a mistake is answered with what to do."""

import json

import pytest
from pydantic import ValidationError

from engine.config import RunConfig, TrainingChange, WeightChange
from engine.data.datasets import datasets
from engine.nn.activations import activations
from engine.nn.initializers import initializers
from engine.nn.losses import pairs
from engine.nn.regularizers import regularizers
from engine.training.optimizers import optimizers
from engine.training.schedules import schedules


def own(inputs=((1.0,), (2.0,)), targets=(0, 1), **more):
    return {"dataset": {"name": "custom", "inputs": inputs, "targets": targets} | more}


def sweep(parameter, *values, **training):
    return {"sweep": {"parameter": parameter, "values": values}, "training": training}


def test_an_empty_config_is_valid_and_is_the_contracts_default():
    tree = RunConfig.model_validate({}).model_dump(mode="json")
    assert tree["dataset"]["name"] == "circle"
    assert tree["dataset"]["samples"] == 500
    assert tree["dataset"]["train_fraction"] == 0.5
    assert tree["features"] == "auto"
    assert tree["network"] == {
        "hidden": [
            {"units": 4, "activation": "tanh", "dropout": 0.0},
            {"units": 2, "activation": "tanh", "dropout": 0.0},
        ],
        "output": "auto",
        "bias": True,
        "initializer": "glorot_uniform",
    }
    assert tree["training"] | {"clip_norm": None, "augmentation": 0.0} == tree["training"]
    assert {k: v for k, v in tree["training"].items() if k not in ("clip_norm", "augmentation")} == {
        "loss": "auto",
        "optimizer": {"name": "sgd"},
        "learning_rate": 0.03,
        "schedule": {"name": "constant"},
        "batch_size": 10,
        "regularizer": {"name": "none", "rate": 0.0},
        "max_epochs": None,
        "stop": {"train_loss": None, "patience": None},
        "pace": 30,
    }
    assert (tree["seed"], tree["sweep"]) == (0, None)


VALID = [
    {},
    *({"network": {"hidden": [{"activation": name}]}} for name in activations),
    *({"training": {"optimizer": name}} for name in optimizers),
    *({"training": {"schedule": {"name": name}}} for name in schedules),
    *({"training": {"regularizer": {"name": name, "rate": 0.1}}} for name in regularizers),
    *({"network": {"initializer": name}} for name in initializers),
    *({"dataset": {"name": name}} for name in datasets),
    {"network": {"hidden": [{"activation": {"name": "leaky_relu", "slope": 0.2}}]}},
    {"network": {"hidden": []}, "features": ["x2", "sin(x1)"]},
    {"dataset": {"name": "curve", "variant": "step"}},
    {"dataset": {"name": "blobs", "classes": 7}},
    {"training": {"batch_size": None, "pace": None, "max_epochs": 3, "clip_norm": 1}},
    sweep("seed", 1, 2),
    sweep("training.optimizer.beta1", 0.5, 0.9, optimizer="adam"),
    own(),
    own([[1, 2, 3], [4, 5, 6]], [0.5, 2], task="regression"),
    own([[1, 2], [4, 5]], [[0.5, 1], [2, 3]], task="regression"),
    own([[1, 2], [4, 5]], [[0, 1, 1], [1, 0, 0]], task="multilabel"),
]


@pytest.mark.parametrize("tree", VALID, ids=lambda t: json.dumps(t)[:60])
def test_json_comes_back_as_it_went(tree):
    config = RunConfig.model_validate(tree)
    config.members  # noqa: B018  kept once worked out, and no hindrance to comparing
    text = json.dumps(config.model_dump(mode="json"), allow_nan=False)
    again = RunConfig.model_validate(json.loads(text))
    assert again == config
    assert json.dumps(again.model_dump(mode="json")) == text
    assert RunConfig.model_validate(config.model_dump()) == config


@pytest.mark.parametrize("name", activations)
def test_an_activation_is_written_as_its_bare_name(name):
    config = RunConfig.model_validate({"network": {"hidden": [{"activation": {"name": name}}]}})
    assert config.model_dump(mode="json")["network"]["hidden"][0]["activation"] == name


# A mistake, where it is said to be, and what the message must contain.
MISTAKES = [
    ({"network": {"hidden": [{}, {"activation": "rleu"}]}}, "network.hidden.1.activation", activations.choices),
    ({"network": {"hidden": [{"activation": 3}]}}, "network.hidden.0.activation", activations.choices),
    ({"network": {"initializer": "he"}}, "network.initializer", initializers.choices),
    ({"network": {"output": "relu"}}, "network.output", "auto, sigmoid, softmax, linear, tanh"),
    ({"training": {"loss": "hinge"}}, "training.loss", "auto, cross_entropy, mse, half_squared_error"),
    ({"training": {"optimizer": "adm"}}, "training.optimizer", optimizers.choices),
    ({"training": {"optimizer": {}}}, "training.optimizer", optimizers.choices),
    ({"training": {"optimizer": {"name": "adam", "beta1": 1}}}, "training.optimizer.adam.beta1", "less than 1"),
    (
        {"training": {"optimizer": {"name": "adam", "momentum": 0.9}}},
        "training.optimizer.adam.momentum",
        "not permitted",
    ),
    ({"training": {"schedule": "slow"}}, "training.schedule", schedules.choices),
    ({"training": {"regularizer": {"name": "l3"}}}, "training.regularizer.name", regularizers.choices),
    ({"dataset": {"name": "circles"}}, "dataset.name", f"custom, {datasets.choices}"),
    ({"dataset": {"name": "circle", "classes": 3}}, "dataset.classes", "choose one of blobs, spirals"),
    ({"dataset": {"name": "circle", "variant": "x"}}, "dataset.variant", "leave it out"),
    ({"dataset": {"name": "curve", "variant": "x"}}, "dataset.variant", "sine, step, polynomial"),
    ({"dataset": {"name": "circle", "inputs": [[1]]}}, "dataset.inputs", 'belongs to the data set "custom"'),
    ({"dataset": {"noise": 0.6}}, "dataset.noise", "less than or equal to 0.5"),
    ({"dataset": {"samples": 1}}, "dataset.samples", "greater than or equal to 2"),
    ({"dataset": {"train_fraction": 0}}, "dataset.train_fraction", "greater than 0"),
    ({"dataset": {"train_fraction": 0.9, "validation_fraction": 0.2}}, "dataset.validation_fraction", "more than 1"),
    ({"dataset": {"name": "circle", "scale": "none"}}, "dataset.scale", 'belongs to the data set "table"'),
    ({"dataset": {"name": "table"}}, "dataset.table", "the id of a table"),
    ({"dataset": {"name": "table", "table": "t", "classes": 3}}, "dataset.classes", "leave it out"),
    ({"dataset": {"name": "table", "table": "t", "inputs": [[1]]}}, "dataset.inputs", "names of columns"),
    ({"dataset": {"name": "table", "table": "t", "inputs": ["a", 2]}}, "dataset.inputs.1", "valid string"),
    ({"dataset": {"name": "table", "table": "t", "inputs": ["a", "a"]}}, "dataset.inputs", "'a' twice"),
    ({"dataset": {"name": "table", "table": "t", "inputs": ["a"], "target": "a"}}, "dataset.inputs", "is a target"),
    (own(task="auto"), "dataset.task", "cannot be auto"),
    (own(["a", "b"]), "dataset.inputs", "rows of numbers"),
    ({"features": ["x1", "tan(x1)"]}, "features", "x1, x2, x1^2, x2^2, x1*x2, sin(x1), sin(x2)"),
    ({"features": ["x9"]}, "features", "needs 9 inputs and the data set has 2: choose from x1, x2, "),
    ({"features": []}, "features", "choose at least one feature"),
    ({"features": ["x1", "x1"]}, "features", "listed twice"),
    ({"network": {"output": "softmax"}, "training": {"loss": "mse"}}, "training.loss", "softmax with cross_entropy"),
    (
        {"dataset": {"name": "plane"}, "network": {"output": "softmax"}},
        "network.output",
        "choose one of sigmoid with mse",
    ),
    ({"colour": "blue"}, "colour", "not permitted"),
    ({"network": {"hidden": [{"units": 0}]}}, "network.hidden.0.units", "greater than or equal to 1"),
    ({"network": {"hidden": [{"units": "4"}]}}, "network.hidden.0.units", "valid integer"),
    ({"network": {"hidden": [{"dropout": 1}]}}, "network.hidden.0.dropout", "less than 1"),
    ({"training": {"learning_rate": 0}}, "training.learning_rate", "greater than 0"),
    ({"training": {"learning_rate": float("nan")}}, "training.learning_rate", "finite"),
    ({"training": {"batch_size": 0}}, "training.batch_size", "greater than or equal to 1"),
    ({"training": {"batch_size": True}}, "training.batch_size", "valid integer"),
    ({"training": {"stop": {"patience": 0}}}, "training.stop.patience", "greater than or equal to 1"),
    ({"seed": -1}, "seed", "greater than or equal to 0"),
    ({"seed": 2**63}, "seed", "less than"),
    (sweep("network.bias", 1), "sweep.parameter", "choose one of training.learning_rate, seed"),
    (sweep("training.regularizer.rate", 1), "sweep.parameter", "cannot be swept"),
    (sweep("training.optimizer.momentum", 0.5), "sweep.parameter", "cannot be swept"),
    (sweep("training.learning_rate", 0.1, -1), "sweep.values.1", "greater than 0"),
    (sweep("seed", 0.5), "sweep.values.0", "valid integer"),
    (sweep("seed"), "sweep.values", "at least 1"),
    ({"dataset": {"name": "custom"}}, "dataset", "needs inputs"),
    (own(targets=[0]), "dataset", "2 rows of inputs and 1 targets"),
    (own([[1.0]], [0]), "dataset", "at least 2"),
    (own([[1.0], [1.0, 2.0]]), "dataset.inputs.1", "give every row the same"),
    (own([[], []]), "dataset.inputs.0", "at least 1"),
    (own(targets=[0, 10]), "dataset.targets.1", "whole numbers from 0 to 9"),
    (own(targets=[0, 0.5]), "dataset.targets.1", "whole numbers from 0 to 9"),
    (own(targets=[[0], [1]]), "dataset.targets.0", "whole numbers from 0 to 9"),
    (own(targets=[[0, 1], [1]], task="multilabel"), "dataset.targets", "give them all one shape"),
    (own(targets=[[0, 1], [1, 2]], task="multilabel"), "dataset.targets", "vectors of 0 and 1"),
    (own(targets=[0, 1], task="multilabel"), "dataset.targets", "vectors of 0 and 1"),
    (own(targets=[[], []], task="regression"), "dataset.targets.0", "empty vector"),
    (own(targets=["cat", "dog"]), "dataset.targets.0", "class indices from 0"),
    (own(targets=[0, True]), "dataset.targets.1", "class indices from 0"),
    (own(targets=["1", 2], task="regression"), "dataset.targets.0", "a number, or a list of numbers"),
    (own([[1, "2"], [3, 4]]), "dataset.inputs.0.1", "valid number"),
    (own([[1, 2], [3, True]]), "dataset.inputs.1.1", "valid number"),
    (own([[1.0], [1e16]]), "dataset.inputs.1.0", "less than or equal to 1000000000000000"),
    (own([[1.0], [float("inf")]]), "dataset.inputs.1.0", "finite"),
    (own(task="ranking"), "dataset.task", "'classification', 'regression', 'multilabel' or 'auto'"),
]


@pytest.mark.parametrize(("tree", "loc", "says"), MISTAKES, ids=lambda v: str(v)[:70])
def test_an_error_says_where_it_is_and_what_to_change(tree, loc, says):
    with pytest.raises(ValidationError) as caught:
        RunConfig.model_validate(tree)
    error = caught.value.errors()[0]
    assert ".".join(map(str, error["loc"])) == loc
    assert says in error["msg"]


def test_a_config_is_frozen():
    with pytest.raises(ValidationError, match="frozen"):
        RunConfig().seed = 1


@pytest.mark.parametrize(
    ("tree", "output", "loss", "units"),
    [
        ({}, "sigmoid", "cross_entropy", 1),
        ({"dataset": {"name": "blobs"}}, "softmax", "cross_entropy", 3),
        ({"dataset": {"name": "blobs", "classes": 2}}, "sigmoid", "cross_entropy", 1),
        ({"dataset": {"name": "plane"}}, "linear", "mse", 1),
        ({"network": {"output": "softmax"}}, "softmax", "cross_entropy", 2),
        ({"network": {"output": "tanh"}}, "tanh", "mse", 1),
        ({"dataset": {"name": "blobs"}, "network": {"output": "sigmoid"}}, "sigmoid", "cross_entropy", 3),
        (own(targets=[0, 4]), "softmax", "cross_entropy", 5),
        (own(targets=[0, 0]), "sigmoid", "cross_entropy", 1),
        (own(targets=[0.5, 4], task="regression"), "linear", "mse", 1),
        (own(targets=[[0.5, 1], [4, 2]], task="regression"), "linear", "mse", 2),
        (own(targets=[[0, 1, 1], [0, 0, 0]], task="multilabel"), "sigmoid", "cross_entropy", 3),
    ],
    ids=lambda v: str(v)[:50],
)
def test_auto_is_resolved_by_the_data(tree, output, loss, units):
    config = RunConfig.model_validate(tree)
    assert (config.output, config.loss, config.output_units) == (output, loss, units)
    assert config.sizes[-1] == units
    assert config.pair is pairs[f"{output} with {loss}"]


def test_members_are_the_configs_of_runs_alone():
    config = RunConfig.model_validate(sweep("training.optimizer.beta1", 0.5, 0.9, optimizer="adam"))
    assert [m.training.optimizer.beta1 for m in config.members] == [0.5, 0.9]
    assert all(m.sweep is None and m.members == (m,) for m in config.members)
    assert config.member_count == 2
    assert RunConfig().members == (RunConfig(),)


def test_a_training_change_keeps_what_it_does_not_name():
    tree = {
        "training": {
            "regularizer": {"name": "l2", "rate": 0.1},
            "stop": {"patience": 3},
            "optimizer": {"name": "adam", "beta1": 0.5},
            "max_epochs": 7,
        }
    }
    config = RunConfig.model_validate(tree)
    same = TrainingChange().applied_to(config)
    assert same == config
    change = {"regularizer": {"rate": 0.3}, "stop": {"train_loss": 0.1}, "max_epochs": None, "pace": None}
    changed = TrainingChange.model_validate(change).applied_to(config).training
    assert (changed.regularizer.name, changed.regularizer.rate) == ("l2", 0.3)
    assert (changed.stop.patience, changed.stop.train_loss) == (3, 0.1)
    assert (changed.max_epochs, changed.pace, changed.batch_size) == (None, None, 10)
    assert changed.optimizer == config.training.optimizer


@pytest.mark.parametrize(
    ("model", "tree", "says"),
    [
        (TrainingChange, {"learning_rate": None}, "cannot be null"),
        (TrainingChange, {"stop": None}, "cannot be null"),
        (TrainingChange, {"regularizer": {"rate": -1}}, "greater than or equal to 0"),
        (TrainingChange, {"optimizer": "adam"}, "not permitted"),
        (TrainingChange, {"learning_rate": 2000}, "less than or equal to 1000"),
        (WeightChange, {"edits": [{"layer": 0, "row": 0, "value": 1}]}, "name either row and column, or bias"),
        (WeightChange, {"edits": [{"layer": 0, "value": 1}]}, "name either row and column, or bias"),
        (WeightChange, {"edits": [{"layer": 0, "bias": 0, "row": 0, "column": 0, "value": 1}]}, "name either"),
        (WeightChange, {"edits": [{"layer": 0, "bias": 0, "value": 1e39}]}, "less than or equal to 3402"),
        (WeightChange, {"edits": [{"layer": 0, "bias": 0, "value": float("nan")}]}, "finite"),
        (WeightChange, {"cut": [{"layer": -1, "row": 0, "column": 0}]}, "greater than or equal to 0"),
        (WeightChange, {"member": -1}, "greater than or equal to 0"),
    ],
    ids=lambda v: str(v)[:60],
)
def test_a_bad_change_is_refused(model, tree, says):
    with pytest.raises(ValidationError) as caught:
        model.model_validate(tree)
    assert says in caught.value.errors()[0]["msg"]


def test_a_config_in_json_is_what_pydantic_writes():
    own = {"name": "custom", "inputs": [[0.1, 2], [1e-7, -3]], "targets": [0, 1]}
    for config in (RunConfig(), RunConfig.model_validate({"dataset": own, "seed": 3})):
        assert config.as_json == config.model_dump_json()
        assert RunConfig.model_validate_json(config.as_json).as_json == config.as_json


def test_replaced_fields_are_validated_and_the_others_shared():
    config = RunConfig.model_validate({"dataset": {"name": "spiral"}})
    changed = config.replaced(seed=4)
    assert (changed.seed, config.seed) == (4, 0)
    assert changed.dataset is config.dataset
    with pytest.raises(ValidationError, match="choose one of"):
        config.replaced(training={"loss": "none"})
