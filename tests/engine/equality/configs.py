"""Twenty runs that together use every entry of the catalog, what is done to them on the way, and runs on tables."""

from itertools import cycle, islice

from engine.config import TrainingChange, WeightChange
from engine.data.datasets import datasets
from engine.data.features import features
from engine.kernel.bindings import ACTIVATIONS
from engine.nn.activations import activations
from engine.nn.initializers import initializers
from engine.nn.losses import pairs
from engine.training.optimizers import optimizers
from engine.training.schedules import schedules

COUNT = 20
COMPILED = [name for name in activations if name in ACTIVATIONS]
REGULARIZERS = [{"name": "none"}, {"name": "l1", "rate": 0.003}, {"name": "l2", "rate": 0.01}]
OWN = {
    "name": "custom",
    "task": "multilabel",
    "inputs": [[k / 7, 1e3 - 1e2 * k, 1.5**k] for k in range(23)],
    "targets": [[k % 2, 1, int(k > 8)] for k in range(23)],
}

# What each run has beside a share of every registry: see ``configs``.
SPECIAL = {
    0: {"sweep": {"parameter": "seed", "values": [0, 1, 2, 2**63 - 1]}, "dropout": 0.4, "batch_size": 10},
    1: {"batch_size": 1},
    2: {"batch_size": 7, "augmentation": 0.2},
    3: {"batch_size": None},
    4: {"learning_rate": 1000, "optimizer": "sgd", "regularizer": {"name": "none"}},  # diverges
    5: {"clip_norm": 0.2},
    6: {"bias": False},
    7: {"sweep": {"parameter": "training.learning_rate", "values": [10.0**-k for k in range(18)]}},
    8: {"dropout": 0.25},
    9: {"label_noise": 0.2, "noise": 0.3},
    10: {"stop": {"patience": 40}},
    11: {"train_fraction": 1.0},
    12: {"batch_size": 64, "samples": 600},
    13: {"units": [40, 33]},
    14: {"units": [3] * 8},
    15: {"dataset": OWN, "output": "sigmoid", "loss": "cross_entropy"},
    16: {"units": []},
    17: {"dataset": {**OWN, "task": "regression"}, "output": "linear", "loss": "mse"},
    18: {"sweep": {"parameter": "seed", "values": [3, 4]}, "augmentation": 0.1},
    19: {"stop": {"train_loss": 100.0}},  # finishes
}

# Gaps as inputs of their own, or filled; both scales; a validation set; rows split by class, by group and in order.
TABLES = {
    "20 penguins": {
        "dataset": {
            "name": "penguins",
            "inputs": ["island", "bill_length_mm", "sex"],
            "missing": "category",
            "validation_fraction": 0.2,
            "label_noise": 0.1,
        },
        "network": {"hidden": [{"units": 5}]},
        "training": {"augmentation": 0.1, "learning_rate": 0.01, "pace": None},
    },
    "21 penguins by island": {
        "dataset": {
            "name": "penguins",
            "target": "body_mass_g",
            "missing": "median",
            "scale": "minmax",
            "group": "island",
        },
        "network": {"hidden": [{"units": 5}]},
        "training": {"learning_rate": 0.01, "pace": None},
    },
    "22 housing": {
        "dataset": {"name": "housing", "split": "ordered", "train_fraction": 0.1},
        "network": {"hidden": [{"units": 5}]},
        "training": {"learning_rate": 0.01, "pace": None},
    },
}


def configs():
    """Partial RunConfigs by name; entry k of a registry is in runs k, k + its length and so on."""
    wheels = [
        list(islice(cycle(each), COUNT)) for each in (COMPILED, optimizers, schedules, initializers, REGULARIZERS)
    ]
    data_of = {"classification": cycle(_of_task("classification")), "regression": cycle(_of_task("regression"))}
    found = {}
    for index in range(COUNT):
        activation, optimizer, schedule, initializer, regularizer = (wheel[index] for wheel in wheels)
        special = dict(SPECIAL[index])
        pair = list(pairs.values())[index % len(pairs)]
        task = "regression" if pair.tasks == ("regression",) else "classification"
        data = special.get("dataset") or {"name": next(data_of[task]), "samples": special.get("samples", 90)}
        data |= {
            "seed": index,
            **{name: special[name] for name in ("noise", "label_noise", "train_fraction") if name in special},
        }
        own = data["name"] == "custom"
        units = special.get("units", [6, 5])
        hidden = [{"units": n, "activation": activation, "dropout": special.get("dropout", 0.0)} for n in units]
        training = {
            "loss": special.get("loss", pair.loss),
            "optimizer": {"name": special.get("optimizer", optimizer)},
            "learning_rate": special.get("learning_rate", 0.01),
            "schedule": {"name": schedule},
            "regularizer": special.get("regularizer", regularizer),
            "pace": None,
        }
        training |= {k: special[k] for k in ("batch_size", "augmentation", "clip_norm", "stop") if k in special}
        inputs = 3 if own else datasets[data["name"]].inputs
        found[f"{index:02} {activation} {optimizer}"] = {
            "dataset": data,
            "features": list(features) if inputs >= 2 else "auto",
            "network": {
                "hidden": hidden,
                "output": special.get("output", pair.output),
                "initializer": initializer,
                "bias": special.get("bias", True),
            },
            "training": training,
            "seed": index,
            "sweep": special.get("sweep"),
        }
    return found | TABLES


def _of_task(task):
    return [entry.name for entry in datasets.values() if entry.task == task]


def steps(index):
    """What is done to run ``index``, each with the share of all epochs after which it is done."""
    link = {"layer": 0, "row": 0, "column": 0}
    changes = {
        2: [(0.3, TrainingChange(batch_size=11)), (0.6, TrainingChange(batch_size=4, learning_rate=0.002))],
        5: [(0.5, TrainingChange.model_validate({"regularizer": {"rate": 0.05}}))],
        6: [
            (0.2, WeightChange.model_validate({"cut": [link]})),
            (0.7, WeightChange.model_validate({"restore": [link]})),
        ],
        13: [(0.5, _weights(edits=[{**link, "value": 1.5}]))],
        18: [(0.4, _weights(member=1, cut=[link]))],
    }
    return changes.get(index, [])


def _weights(**change):
    return WeightChange.model_validate(change)
