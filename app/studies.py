"""What a worker finds out about a run beside its training: traces, checks, diagnostics, landscapes, range tests.

A study works on a copy of the run, in a thread of its own: however long it takes, the run and its neighbours go on.
"""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from typing import Any

import numpy as np

from app.collapsed import read_collapsed
from app.encoding import finite
from app.health import read_diagnostics, read_history
from app.problems import ErrorItem, rejected
from engine.config import RunConfig
from engine.gradcheck import LIMIT, gradient_check
from engine.landscape import landscape
from engine.range_test import range_test
from engine.trace import LayerTrace, Trace, trace, trace_next
from engine.trainer import Trainer

Answer = dict[str, Any]


def read_trace(
    trainer: Trainer, member: int, split: str, index: int, count: int, batch: str | None, shown: int
) -> Answer:
    """One forward and one backward pass: over `count` examples from the `index`-th of a split on, or over a `batch`."""
    result = trace_next(trainer, member) if batch == "next" else _sliced(trainer, member, split, index, count, batch)
    examples = result.examples[:shown]
    return _place(trainer, member) | {
        "split": "train" if batch else split,
        "index": None if batch else index,
        "count": len(result.examples),
        "shown": len(examples),
        "examples": examples.tolist(),
        "inputs": trainer.data().inputs[examples].tolist(),
        "targets": finite(result.targets[:, :shown]),
        "loss": _number(result.loss),
        "penalty": _number(result.penalty),
        "learning_rate": result.learning_rate,
        "after": {"loss": _number(result.loss_after), "predicted_change": _number(result.predicted_change)},
        "layers": [_traced(layer, shown) for layer in result.layers],
    }


def _sliced(trainer: Trainer, member: int, split: str, index: int, count: int, batch: str | None) -> Trace:
    data = trainer.data()
    if batch == "all":
        return trace(trainer, slice(0, data.train), member)
    first, size = (0, data.train) if split == "train" else (data.train, len(data.inputs) - data.train)
    if index >= size:
        message = f"there is no {split} example {index}; " + (
            f"use 0 to {size - 1}" if size else f"there are no {split} examples"
        )
        raise rejected([ErrorItem(loc=["query", "index"], message=message)])
    return trace(trainer, slice(first + index, first + min(index + count, size)), member)


def _traced(layer: LayerTrace, shown: int) -> Answer:
    columns = {
        "A_prev": layer.A_prev,
        "Z": layer.Z,
        "A": layer.A,
        "D": layer.D,
        "dA": layer.dA,
        "dZ": layer.dZ,
    }
    arrays = {"W": layer.W, "b": layer.b, "dW": layer.dW, "db": layer.db, "dW_penalty": layer.dW_penalty}
    return {
        "activation": layer.activation,
        **{name: _values(array if array is None else array[:, :shown]) for name, array in columns.items()},
        **{name: _values(array) for name, array in arrays.items()},
        "mean": {name: None if array is None else finite(array.mean(axis=1)) for name, array in columns.items()},
        "update": {"W": finite(layer.update_W), "b": _values(layer.update_b)},
    }


def _values(array: Any) -> Any:
    return None if array is None else finite(array)


def read_gradient_check(trainer: Trainer, member: int) -> Answer:
    """Every derivative of the backward pass against a central difference, on the present weights."""
    check, network = gradient_check(trainer, member)
    layers = []
    for index, (errors, skipped) in enumerate(
        zip(network.views_of(check.errors), network.views_of(check.skipped), strict=True)
    ):
        layers.append(
            {
                "layer": index,
                "max_relative_error": float(errors.max(initial=0.0)),
                "checked": int((~skipped).sum()),
                "skipped": int(skipped.sum()),
                "errors": errors.tolist(),
            }
        )
    return _place(trainer, member) | {
        "max_relative_error": check.max_relative_error,
        "limit": LIMIT,
        "checked": int((~check.skipped).sum()),
        "skipped": int(check.skipped.sum()),
        "layers": layers,
    }


def read_landscape(
    trainer: Trainer, member: int, resolution: int, directions: str, recorded: Mapping[int, bytes]
) -> Answer:
    """The training loss around the present weights, and the run's path through the `recorded` ones."""
    count = trainer.member_count
    path = {epoch: np.frombuffer(blob, np.float32).reshape(count, -1)[member] for epoch, blob in recorded.items()}
    result = landscape(trainer, resolution, directions, path, member)
    return _place(trainer, member) | {
        "directions": result.directions,
        "x": finite(result.x),
        "y": finite(result.y),
        "loss": finite(result.loss),
        "path": [asdict(point) | {"loss": _number(point.loss)} for point in result.path],
        "variance_explained": result.variance_explained,
        "gradient": [_number(slope) for slope in result.gradient],
    }


def read_range_test(config: dict[str, Any]) -> Answer:
    """The learning-rate range test of a config."""
    return asdict(range_test(RunConfig.model_validate(config)))


def _place(trainer: Trainer, member: int) -> Answer:
    return {"epoch": trainer.epoch, "batch": trainer.batch, "member": member}


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


STUDIES: dict[str, Callable[..., Answer]] = {
    "trace": read_trace,
    "gradient_check": read_gradient_check,
    "diagnostics": read_diagnostics,
    "history": read_history,
    "landscape": read_landscape,
    "collapsed": read_collapsed,
}


class Studies:
    """One thread that takes studies in turn; `tell` is called from it with what each came to."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "study")

    def begin(self, trainer: Trainer, action: str, arguments: dict[str, Any], tell: Callable[[Any], None]) -> None:
        """Copies the run as it is now, and studies the copy."""
        member = arguments.get("member", 0)
        if member >= trainer.member_count:
            message = f"there is no member {member}; use 0 to {trainer.member_count - 1}"
            raise rejected([ErrorItem(loc=["query", "member"], message=message)])
        config, state = trainer.config, trainer.state()

        def study() -> Answer:
            copy = Trainer(config)
            copy.restore(state)
            return STUDIES[action](copy, **arguments)

        self._submit(study, tell)

    def begin_range_test(self, config: dict[str, Any], tell: Callable[[Any], None]) -> None:
        """Runs the range test of a config that belongs to no run."""
        self._submit(lambda: read_range_test(config), tell)

    def _submit(self, study: Callable[[], Answer], tell: Callable[[Any], None]) -> None:
        self._thread.submit(study).add_done_callback(tell)
