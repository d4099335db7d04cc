"""What runs give, from config and seed to weights, figures, maps and explanations, as hashes of all their bits.

    python -m tests.engine.equality.digests short|long [record]

compares them with the stored ones, of every machine, for the body that DESCENT_KERNEL names; ``record`` stores them,
after a change that is meant to change numbers.
"""

import hashlib
import json
import sys
from pathlib import Path

import numpy as np

from engine.config import RunConfig, TrainingChange
from engine.inspection import maps
from engine.inspection.diagnostics import diagnose
from engine.inspection.gradient_check import gradient_check
from engine.inspection.landscape import landscape
from engine.inspection.trace import trace, trace_next
from engine.training.evaluation import Metrics
from engine.training.trainer import Trainer
from tests.engine.equality.configs import configs, steps

STORED = Path(__file__).parent / "digests.json"
EPOCHS = {"short": 12, "long": 1_000}
FIGURES = (
    "train_loss test_loss train_accuracy test_accuracy penalty learning_rate train_r2 test_r2 train_error test_error"
)
OF_LAYERS = {
    "trace": "A_prev Z A slope dA dZ dW db dW_penalty update_W update_b D",
    "diagnosis": "gradient_norm weight_norm update_ratio dead saturated",
}
PARTS = {maps.BOUNDARY, maps.WEIGHTS, maps.NEURONS, maps.GRADIENTS}


def digests(form, explained=True):
    """By the name of each run and of what was hashed, the first 16 digits of its SHA-256.

    Without ``explained``, those in float64 are left out, which no body has a part in.
    """
    runs = enumerate(configs().items())
    return {name: _digests(index, config, EPOCHS[form], explained) for index, (name, config) in runs}


def differences(form, found):
    """Which of the hashes are not the stored ones."""
    stored = json.loads(STORED.read_text(encoding="utf-8"))[form]
    return [f"{run}: {part}" for run, parts in found.items() for part in parts if parts[part] != stored[run][part]]


def _digests(index, config, epochs, explained):
    trainer = Trainer(RunConfig.model_validate(config))
    data, figures, path = trainer.data(), [], {}
    start = [data.inputs, data.targets, trainer.evaluation.x, trainer.parameters]
    member = trainer.member_count - 1
    for share, change in [*steps(index), (1.0, None)]:
        path[trainer.epoch] = trainer.parameters[member]
        figures.append(_trained(trainer, round(share * epochs)))
        if change is not None:
            trainer.train(2)  # into the epoch, where there is more than one batch
            (trainer.change if isinstance(change, TrainingChange) else trainer.edit)(change)
    points = np.concatenate([data.inputs, 3 * data.inputs])
    found = {
        "start": start,
        "weights": [*_weights(trainer), trainer.epoch, trainer.batch, trainer.member_halted],
        "metrics": [*figures, *_fields(trainer.metrics, FIGURES)],
        "frame": maps.frame(trainer, [0, member], 20, 12, PARTS),
        "predictions": [trainer.model(each).predict(points) for each in (0, member)],
    }
    if explained:
        found |= {
            "trace": [_traced(trace(trainer, slice(0, 20), member)), _traced(trace_next(trainer, member))],
            "diagnosis": [_fields(layer, OF_LAYERS["diagnosis"]) for layer in diagnose(trainer, member)],
            "gradient check": _fields(gradient_check(trainer, member)[0], "analytic numeric skipped"),
            "landscape": [
                _surface(landscape(trainer, 5, directions, path, member)) for directions in ("pca", "random")
            ],
        }
    return {part: _digest(value) for part, value in found.items()}


def _trained(trainer, until):
    """The figures of all epochs to the end of ``until``."""
    rows = []
    while trainer.epoch < until and not trainer.halted:
        rows += [Metrics.of(0, row) for row in trainer.train(10_000_000, until)]
    return [_fields(row, FIGURES) for row in rows]


def _weights(trainer):
    """The parameters, the optimizer's memory, the order of the examples, and cut links."""
    arrays = trainer.state()["arrays"]
    return [arrays[name] for name in sorted(arrays) if name in ("w", "order", "cut") or name.startswith("slot.")]


def _traced(result):
    layers = [_fields(layer, OF_LAYERS["trace"]) for layer in result.layers]
    return [*layers, *_fields(result, "examples loss penalty loss_after predicted_change")]


def _surface(result):
    points = [_fields(point, "epoch x y loss") for point in result.path]
    return [*points, *_fields(result, "x y loss variance_explained gradient")]


def _fields(value, names):
    return [getattr(value, name) for name in names.split()]


def _digest(values):
    bits = hashlib.sha256()
    _feed(bits, values)
    return bits.hexdigest()[:16]


def _feed(bits, value):
    """All numbers in a value and what it holds, in order; every NaN as one."""
    if isinstance(value, dict):
        value = [item for name in sorted(value) for item in (name, value[name])]
    if isinstance(value, (list, tuple)):
        bits.update(f"{len(value)} of".encode())
        for each in value:
            _feed(bits, each)
    elif isinstance(value, np.ndarray):
        if value.dtype.kind == "f":
            value = np.where(np.isnan(value), np.array(np.nan, value.dtype), value)
        bits.update(f"{value.dtype.kind}{value.dtype.itemsize} {value.shape}".encode())
        bits.update(np.ascontiguousarray(value).astype(value.dtype.newbyteorder("<")).tobytes())
    else:
        bits.update(repr(value).encode())


def main(form, *record):
    """Compare, or record."""
    found = digests(form)
    if record:
        stored = json.loads(STORED.read_text(encoding="utf-8")) if STORED.exists() else {}
        STORED.write_text(json.dumps(stored | {form: found}, indent=1) + "\n", encoding="utf-8")
    others = differences(form, found)
    count = f"{len(others)} of {sum(map(len, found.values()))} hashes are not the stored ones"
    sys.stdout.write("\n".join([count, *others, ""]))
    sys.exit(bool(others))


if __name__ == "__main__":
    main(*sys.argv[1:])
