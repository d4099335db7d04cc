"""What is timed: our epochs, and the same epochs in scikit-learn and PyTorch, on 250 training points of circle."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np

from benchmarks.clock import Work
from engine import RunConfig, Trainer
from engine.inspection import maps
from engine.kernel import NUMPY
from engine.training.compiled_training import CompiledTraining

EPOCHS = 50
"""Of one call of the kernel."""
BATCH = 10
POINTS = 250
RATE = 0.01
"""Low enough that every library keeps training: none may stop early or diverge to NaN."""


def trainer(
    hidden: Sequence[int],
    *,
    optimizer: str = "sgd",
    members: int | None = None,
    batch: int = BATCH,
    points: int = POINTS,
    activation: str = "tanh",
    arithmetic: str | None = NUMPY,
) -> Trainer:
    """A run of ours on ``points`` training points and as many test points; ``members`` differ in learning rate."""
    rates = None if members is None else [RATE * (1 + index / members) for index in range(members)]
    return Trainer(
        RunConfig.model_validate(
            {
                "dataset": {"name": "circle", "samples": 2 * points, "train_fraction": 0.5},
                "network": {"hidden": [{"units": units, "activation": activation} for units in hidden]},
                "training": {"optimizer": optimizer, "learning_rate": RATE, "batch_size": batch, "pace": None},
                "sweep": rates and {"parameter": "training.learning_rate", "values": rates},
            }
        ),
        arithmetic=arithmetic,
    )


def whole_epoch(run: Trainer) -> Work:
    """An epoch as a viewer gets it: training, then loss and accuracy on all training and test points."""
    return lambda: run.advance(run.batches_per_epoch)


def training_only(run: Trainer) -> Work:
    """The shuffle and the steps of an epoch, each with its check for divergence, and nothing measured after it."""
    network, batches, update_rule = run.network, run.batches, run.update_rule

    def epoch() -> None:
        batches.shuffle()
        with np.errstate(all="ignore"):
            for x, x_T, t, scale, buffers in batches.batches:
                network.forward(buffers, x)
                network.backward(buffers, x_T, t, scale)
                if not update_rule.is_finite_below(np.inf):
                    raise FloatingPointError("the benchmark diverged")
                update_rule.step()

    return epoch


@contextmanager
def forced(body: str) -> Iterator[None]:
    """What is made inside takes this body of the kernel."""
    before = os.environ.get("DESCENT_KERNEL")
    os.environ["DESCENT_KERNEL"] = body
    try:
        yield
    finally:
        os.environ.pop("DESCENT_KERNEL") if before is None else os.environ.update(DESCENT_KERNEL=before)


def frames(hidden: Sequence[int], units: int, body: str | None) -> Work:
    """The maps of a frame as bytes: the output's at 100 x 100, each unit's at ``units`` x ``units``; None for NumPy."""
    with forced(body or "off"):
        run = trainer(hidden, arithmetic=None)
        making = partial(maps.frame, run, (0,), 100, units, {maps.BOUNDARY, maps.NEURONS})
        making()
    return making


def compiled(hidden: Sequence[int], body: str, *, members: int | None = None, measuring: bool = False) -> Work:
    """``EPOCHS`` epochs in one call of the kernel, in a body; with ``measuring``, both sets after every epoch."""
    with forced(body):
        run = trainer(hidden, members=members, arithmetic=None)
    method = run._method
    assert isinstance(method, CompiledTraining)
    for call in method._calls if not measuring else ():
        call.sets["count"] = 0
    return lambda: run.train(EPOCHS * run.batches_per_epoch)


def _circle() -> tuple[Any, Any]:
    data = trainer([1]).data()
    return data.inputs[: data.train].astype(np.float32), data.targets[: data.train].astype(np.int64)


def scikit_learn(hidden: Sequence[int]) -> Work:
    """One partial_fit: a pass over the shuffled points in mini-batches, the training loss summed on the way."""
    from sklearn.neural_network import MLPClassifier

    x, t = _circle()
    model = MLPClassifier(
        tuple(hidden),
        activation="tanh",
        solver="sgd",
        momentum=0.0,
        alpha=0.0,
        batch_size=BATCH,
        learning_rate_init=RATE,
        random_state=0,
    )
    model.partial_fit(x, t, classes=[0, 1])
    return lambda: model.partial_fit(x, t)


def pytorch(hidden: Sequence[int]) -> Work:
    """The usual eager loop in float32: a permutation, then zero_grad, forward, backward and step for each batch."""
    import torch
    from torch import nn

    torch.set_num_threads(1)
    torch.manual_seed(0)
    x, t = (torch.from_numpy(a.astype(np.float32)) for a in _circle())
    sizes = [2, *hidden]
    layers = [part for n_in, n_out in pairwise(sizes) for part in (nn.Linear(n_in, n_out), nn.Tanh())]
    net = nn.Sequential(*layers, nn.Linear(sizes[-1], 1), nn.Flatten(0))
    loss_of, optimizer = nn.BCEWithLogitsLoss(), torch.optim.SGD(net.parameters(), lr=RATE)

    def epoch() -> None:
        order = torch.randperm(POINTS)
        shuffled_x, shuffled_t = x[order], t[order]
        for start in range(0, POINTS, BATCH):
            optimizer.zero_grad()
            loss = loss_of(net(shuffled_x[start : start + BATCH]), shuffled_t[start : start + BATCH])
            loss.backward()
            optimizer.step()

    return epoch
