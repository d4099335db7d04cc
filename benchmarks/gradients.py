"""The gradient check on random correct networks: ``python -m benchmarks.gradients [nets] [seed]``."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from engine import RunConfig, Trainer
from engine.data.datasets import datasets
from engine.inspection.gradient_check import LIMIT, gradient_check
from engine.nn.activations import activations
from engine.nn.initializers import initializers
from engine.nn.losses import MULTILABEL, pairs
from engine.nn.registry import Parameter
from engine.nn.regularizers import regularizers
from engine.training.optimizers import optimizers

EPOCHS = (1, 1200)
HIDDEN, UNITS = (1, 3), (1, 8)


def random_config(rng: np.random.Generator) -> dict[str, Any]:
    """A run of any data set, activations, output, loss, optimizer, rate and penalty."""
    pair = pairs[rng.choice(list(pairs))]
    task = rng.choice(pair.tasks)
    layers = rng.integers(HIDDEN[0], HIDDEN[1], endpoint=True)
    return {
        "dataset": random_dataset(rng, task, pair.output),
        "network": {
            "hidden": [random_layer(rng) for _ in range(layers)],
            "output": pair.output,
            "bias": bool(rng.random() < 0.9),
            "initializer": str(rng.choice([name for name in initializers if name != "zeros"])),
        },
        "training": {
            "loss": pair.loss,
            "optimizer": str(rng.choice(list(optimizers))),
            "learning_rate": float(10 ** rng.uniform(-3, 0)),
            "batch_size": int(rng.choice([10, 25, 50])),
            "regularizer": {"name": str(rng.choice(list(regularizers))), "rate": float(10 ** rng.uniform(-4, -1))},
        },
        "seed": int(rng.integers(2**31)),
    }


def random_dataset(rng: np.random.Generator, task: str, output: str) -> dict[str, Any]:
    """Points of one task; two classes where the output has one unit."""
    common = {"noise": float(rng.uniform(0, 0.3)), "seed": int(rng.integers(2**31))}
    if task == MULTILABEL:
        inputs = rng.normal(size=(100, 2))
        labels = np.stack([inputs[:, 0] > 0, inputs[:, 1] > 0, inputs.prod(axis=1) > 0], axis=1).astype(int)
        return {"name": "custom", "task": str(task), "inputs": inputs.tolist(), "targets": labels.tolist()}
    names = [d.name for d in datasets.values() if d.task == task and (output == "softmax" or d.classes in (None, 2))]
    return {"name": str(rng.choice(names)), "samples": int(rng.choice([60, 200, 500])), **common}


def random_layer(rng: np.random.Generator) -> dict[str, Any]:
    """A hidden layer with a random activation, its parameters drawn from their whole range."""
    entry = activations[rng.choice(list(activations))]
    chosen = {p.name: _within(p, rng) for p in entry.parameters}
    return {"units": int(rng.integers(*UNITS, endpoint=True)), "activation": {"name": entry.name, **chosen}}


def _within(parameter: Parameter, rng: np.random.Generator) -> float:
    low = parameter.minimum if parameter.minimum is not None else parameter.above
    high = parameter.maximum if parameter.maximum is not None else parameter.below
    bounded = (low if low is not None else parameter.default, high if high is not None else parameter.default)
    return float(bounded[0] + (bounded[1] - bounded[0]) * rng.uniform(0.01, 0.99))


def trained(config: dict[str, Any], epochs: int) -> Trainer:
    """The run after this many epochs, or where it stopped or diverged earlier."""
    trainer = Trainer(RunConfig.model_validate(config))
    while trainer.epoch < epochs and trainer.halted is None:
        trainer.advance(trainer.batches_per_epoch)
    return trainer


def main(nets: int, seed: int) -> None:
    """Prints every network that fails the check, then the totals."""
    rng = np.random.default_rng(seed)
    worst, accused, derivatives, skipped, unmeasured = [], 0, 0, 0, 0
    for index in range(nets):
        config, epochs = random_config(rng), round(float(np.exp(rng.uniform(*np.log(EPOCHS)))))
        trainer = trained(config, epochs)
        result, _ = gradient_check(trainer)
        error, skips = result.max_relative_error, int(result.skipped.sum())
        accused += error >= LIMIT
        unmeasured += skips == result.skipped.size
        worst.append(error)
        if error >= LIMIT:
            state = trainer.halted or "in training"
            print(f"net {index}: error {error:.2g} after {trainer.epoch} epochs, {state}: {config}")
        derivatives, skipped = derivatives + result.skipped.size, skipped + skips
    print(f"{nets} trained networks, {derivatives} derivatives, {skipped / derivatives:.2%} of them skipped")
    print(
        f"accused: {accused} networks; all skipped: {unmeasured}; median of the largest errors {np.median(worst):.1g}"
    )


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:]]
    main(*given[:2], *(1000, 0)[len(given) :])
