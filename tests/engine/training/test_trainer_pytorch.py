"""The engine beside PyTorch and scikit-learn: the same start, the same mini-batches, the same 50 steps (fixtures/)."""

import json
from pathlib import Path

import numpy as np
import pytest

from engine.config import RunConfig
from engine.nn.activations import activations
from engine.nn.losses import pairs
from engine.nn.model import encode_targets, feature_rows, network_of
from engine.nn.network import Pass
from engine.numbers.rules import PORTABLE
from engine.numbers.streams import Purpose
from engine.training.optimizers import optimizers
from engine.training.schedules import schedules
from engine.training.trainer import Trainer
from engine.training.update_rule import UpdateRule

FIXTURES = Path(__file__).parents[1] / "fixtures"
ORACLES = ("pytorch", "scikit_learn")
SPECS = {oracle: json.loads((FIXTURES / f"{oracle}.json").read_text()) for oracle in ORACLES}
CASES = [(oracle, i) for oracle, specs in SPECS.items() for i in range(len(specs))]
TOLERANCE = 1e-10


class Recorded:
    """A case with its arrays; ``config`` is the run it describes, on its own data and all of it training points."""

    def __init__(self, oracle, index):
        self.spec = SPECS[oracle][index]
        with np.load(FIXTURES / f"{oracle}.npz") as arrays:
            for name in ("inputs", "targets", "order", "steps", "parameters", "losses"):
                setattr(self, name, arrays[f"{index}.{name}"])
        self.batch_size = self.spec["training"]["batch_size"]
        dataset = {
            "name": "custom",
            "inputs": self.inputs.tolist(),
            "targets": self.targets.tolist(),
            "task": self.spec["task"],
            "train_fraction": 1.0,
        }
        self.config = RunConfig.model_validate(
            {"dataset": dataset, "network": self.spec["network"], "training": self.spec["training"]}
        )

    def worst_difference(self, trajectory):
        return max(np.abs(trajectory[step] - w).max() for step, w in zip(self.steps, self.parameters, strict=True))


def train_by_hand(case):
    """The parameters before and after each step, and each mini-batch's loss, from Network and UpdateRule alone."""
    config = case.config
    network = network_of(config, dtype=np.float64)
    network.w[:] = case.parameters[0]
    update_rule = UpdateRule(network, [config])
    x, t = feature_rows(PORTABLE, config, case.inputs, np.float64), encode_targets(config, case.targets)
    trajectory, losses = [network.w.copy()], []
    for epoch, order in enumerate(case.order):
        update_rule.schedule(epoch)
        for start in range(0, len(order), case.batch_size):
            rows = order[start : start + case.batch_size]
            p = Pass(network, len(rows), training=True)
            batch, target = np.ascontiguousarray(x[:, rows]), np.ascontiguousarray(t[:, rows])
            network.predict(p, batch)
            each = np.zeros(len(rows))
            config.pair.example_losses(p.Z_out, p.P, target, p.s_out, p.row, each)
            losses.append(each.mean())
            network.backward(p, batch.T, config.pair.encode(target), 1 / len(rows))
            update_rule.step()
            trajectory.append(network.w.copy())
    return trajectory, losses


@pytest.mark.parametrize(("oracle", "index"), CASES, ids=lambda v: str(v))
def test_fifty_steps_agree(oracle, index):
    case = Recorded(oracle, index)
    trajectory, losses = train_by_hand(case)
    assert len(losses) == 50
    assert np.abs(trajectory[-1] - trajectory[0]).max() > 1e-3, "nothing was learned, so nothing was compared"
    assert case.worst_difference(trajectory) < TOLERANCE, case.spec["name"]
    np.testing.assert_allclose(losses, case.losses, rtol=0, atol=TOLERANCE)


class RecordedOrder:
    """Stands in for the stream of the batch order; ``places`` turns a recorded example into the trainer's."""

    def __init__(self, order, places):
        self.epochs = iter(places[order])

    def permutation(self, n):
        return next(self.epochs, np.arange(n))  # one more is drawn when the last epoch ends


@pytest.mark.parametrize("name", ["adam clipped with L2", "sgd, schedule {'name': 'step', 'epochs': 3, 'factor': 0.5}"])
def test_the_trainer_takes_the_same_steps(name):
    """Shuffling, cutting and scheduling included: only the order itself is given."""
    case = Recorded("pytorch", [spec["name"] for spec in SPECS["pytorch"]].index(name))
    trainer = Trainer(case.config, dtype=np.float64)
    places = np.array([np.flatnonzero((trainer.data().inputs == point).all(axis=1))[0] for point in case.inputs])
    trainer.batches.streams[0][Purpose.ORDER] = RecordedOrder(case.order, places)
    trainer._method._begin_epoch()  # the order of the first epoch was drawn when it was built
    trainer.network.w[:] = case.parameters[0]
    trajectory = [trainer.network.w.copy()]
    while trainer.epoch < len(case.order):
        trainer.advance(1)
        trajectory.append(trainer.network.w.copy())
    assert case.worst_difference(trajectory) < TOLERANCE


def test_everything_that_pytorch_has_is_compared():
    """An entry added later fails here until it is recorded, or named as one that PyTorch lacks."""
    specs = SPECS["pytorch"]
    seen_optimizers = {spec["training"]["optimizer"]["name"] for spec in specs}
    seen_schedules = {spec["training"].get("schedule", {"name": "constant"})["name"] for spec in specs}
    layers = [layer["activation"] for spec in specs for layer in spec["network"]["hidden"]]
    seen_activations = {a if isinstance(a, str) else a["name"] for a in layers}
    seen_pairs = {f"{s['network']['output']} with {s['training']['loss']}" for s in specs}
    assert set(optimizers) - seen_optimizers == set()
    assert set(schedules) - seen_schedules == set()
    assert set(activations) - seen_activations == {"gaussian", "sine"}
    assert set(pairs) - seen_pairs == set()
