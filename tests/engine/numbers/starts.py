"""Configs that together use every kind of number a run starts from, and those numbers as arrays."""

import hashlib

import numpy as np

from engine.config import RunConfig
from engine.data.datasets import datasets
from engine.data.features import features
from engine.nn.initializers import initializers
from engine.training.schedules import schedules
from engine.training.trainer import Trainer

POINTS, OWN_POINTS = 16, 12
HIDDEN = [{"units": 3, "activation": "prelu"}, {"units": 2}]
ALL_FEATURES = list(features)


def _dataset(entry, **more):
    config = {"dataset": {"name": entry.name, "samples": POINTS, "noise": 0.3, "label_noise": 0.2, "seed": 3, **more}}
    if entry.inputs == 2:
        config["features"] = ALL_FEATURES
    return config


def _own(task, targets):
    inputs = [[k / 7, 1e3 - 1e2 * k, 3.0**k] for k in range(OWN_POINTS)]
    own = {"name": "custom", "task": task, "inputs": inputs, "targets": targets, "label_noise": 0.4, "seed": 5}
    return {"dataset": own, "features": ["x1", "sin(x1)", "sin(x2)", "x2^2", "x3"]}


def configs():
    """Partial RunConfigs by name."""
    found = {}
    for entry in datasets.values():
        for variant in entry.variants or ("",):
            more = {"variant": variant} if variant else {"classes": 4} if entry.many_classes else {}
            found[f"{entry.name} {variant}".strip()] = _dataset(entry, **more)
    for name in initializers:
        found[name] = {"dataset": {"samples": 4}, "network": {"hidden": HIDDEN, "initializer": name}, "seed": 11}
    found["own classes"] = _own("classification", [k % 3 for k in range(OWN_POINTS)])
    found["own numbers"] = _own("regression", [[k * 0.5, -k] for k in range(OWN_POINTS)])
    found["own labels"] = _own("multilabel", [[k % 2, 1, 0] for k in range(OWN_POINTS)])
    dropped = {"hidden": [{"units": 3, "dropout": 0.5}, {"units": 2, "dropout": 0.3}]}
    found["dropout"] = {"dataset": {"samples": POINTS}, "network": dropped, "training": {"batch_size": 5}}
    found["dropout of seeds"] = {**found["dropout"], "sweep": {"parameter": "seed", "values": [0, 1, 2**63 - 1]}}
    found["augmentation"] = {
        **_dataset(datasets["spiral"]),
        "training": {"augmentation": 0.5, "batch_size": 5},
        "seed": 2**63 - 1,
    }
    return found


def trainer_of(config, rules):
    return Trainer(RunConfig.model_validate(config), rules=rules.name)


def numbers_of(trainer):
    """What a new run starts from: points, inputs of the network, weights, orders of epochs, dropout masks."""
    data, batches = trainer.data(), trainer.batches
    orders, moved, masks = [], [], []
    for _ in range(3):
        orders.append(batches.order.copy())
        moved += [batch.x.copy() for batch in batches.batches]
        for batch in batches.batches:
            batches.draw_dropout(batch.buffers)
            masks += [dropout.mask.copy() for dropout in batch.buffers.dropouts]
        batches.shuffle()
    return {
        "inputs": data.inputs,
        "targets": np.asarray(data.targets, np.float64),
        "x": trainer.evaluation.x,
        "weights": trainer.parameters,
        "orders": np.array(orders),
        "batches": np.concatenate(moved, axis=-1),
        "masks": np.concatenate([mask.reshape(-1) for mask in masks]) if masks else np.zeros(0, np.float32),
    }


def learning_rates(rules):
    """The factor of every schedule after some numbers of epochs."""
    epochs = [0, 1, 2, 3, 17, 99, 100, 1234, 1_000_000]
    return {
        name: np.array([entry.factor(rules, epoch, *(p.default for p in entry.parameters)) for epoch in epochs])
        for name, entry in schedules.items()
    }


def digests(rules):
    """The SHA-256, cut to 16 digits, of all numbers of each config, and of the schedules."""
    found = {name: _digest(numbers_of(trainer_of(config, rules))) for name, config in configs().items()}
    return found | {"schedules": _digest(learning_rates(rules))}


def _digest(arrays):
    bits = hashlib.sha256()
    for name, array in arrays.items():
        bits.update(f"{name} {array.dtype} {array.shape}".encode())
        bits.update(array.astype(array.dtype.newbyteorder("<")).tobytes())
    return bits.hexdigest()[:16]
