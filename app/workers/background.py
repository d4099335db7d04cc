"""What a worker finds out about a run beside its training: traces, checks, diagnostics, landscapes, range tests.

A study works on a copy of the run, in a thread of its own: however long it takes, the run and its neighbours go on.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from app.inspections.collapse import read_collapsed
from app.inspections.diagnostics import read_diagnostics, read_history
from app.protocol.encoding import answer_pieces, finite
from app.protocol.orders import Query, RangeTest
from app.workers.fair_queue import Key, Lines
from engine.config import RunConfig
from engine.errors import InvalidArgument
from engine.inspection.gradient_check import LIMIT, gradient_check
from engine.inspection.landscape import landscape
from engine.inspection.range_test import range_test
from engine.inspection.trace import LayerTrace, Trace, trace, trace_next
from engine.pieces import result_of
from engine.training.trainer import Trainer

Answer = dict[str, Any]


def read_trace(
    trainer: Trainer,
    member: int,
    split: str,
    index: int,
    count: int,
    batch: str | None,
    shown: int,
    layer: int | None,
) -> Answer:
    """One forward and one backward pass: over `count` examples from the `index`-th of a split on, or over a `batch`.

    Of all layers, or of one.
    """
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
        "layers": [_traced(each, shown) for each in (result.layers if layer is None else [result.layers[layer]])],
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
        raise InvalidArgument(message, "index")
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
    """Every derivative of the backward pass against a finite difference of the loss, on the present weights."""
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


@dataclass(eq=False, slots=True)
class _Study:
    """What waits to be studied, of a run or of none, and the tickets of those who wait for it."""

    action: str
    arguments: dict[str, Any]
    trainer: Trainer | None
    tickets: list[int]

    def prepared(self) -> Callable[[], bytes]:
        """The study of a copy of the run as it is now."""
        if self.trainer is None:
            return lambda: result_of(answer_pieces(read_range_test(**self.arguments)))
        config, state = self.trainer.config, self.trainer.state()

        def study() -> bytes:
            copy = Trainer(config)
            copy.restore(state)
            return result_of(answer_pieces(STUDIES[self.action](copy, **self.arguments)))

        return study


Tell = Callable[[str, Sequence[int], bytes | None, Exception | None], None]


class Studies:
    """One thread takes studies in turn, the run with the least time first, and calls `tell` with what each came to.

    The methods are for the worker's own thread: `go_on`, called between two slices, copies the run that is next.
    """

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._thread = ThreadPoolExecutor(1, "study")
        self._lines: Lines[_Study] = Lines()
        self._under_way: tuple[Key, Future[float]] | None = None

    @property
    def waiting(self) -> bool:
        """Whether studies wait to be begun."""
        return bool(self._lines)

    def put(self, order: Query | RangeTest, trainer: Trainer | None) -> None:
        """Puts a study in line; the same study that waits already is shared."""
        action, arguments = "range_test", {"config": order.config} if isinstance(order, RangeTest) else order.arguments
        if isinstance(order, Query):
            action = order.action
        member: Any = arguments.get("member", 0)
        if trainer is not None:
            trainer.index_of(member)  # InvalidArgument for one that does not exist
        for study in self._lines.waiting((order.run, action)):
            if study.arguments == arguments:
                study.tickets.append(order.ticket)
                return
        self._lines.put((order.run, action), _Study(action, arguments, trainer, [order.ticket]))

    def forget(self, run: str) -> None:
        """Lets go of what waits to be studied of a run."""
        for key, study in self._lines.of_run(run):
            self._lines.remove(key, study)

    def go_on(self) -> None:
        """Begins the next study if the last is over."""
        if self._under_way:
            key, future = self._under_way
            if not future.done():
                return
            self._lines.charge(key, future.result())
            self._under_way = None
        if self._lines:
            key, study = self._lines.next()
            self._lines.remove(key, study)
            self._under_way = key, self._thread.submit(self._study, key[0], study.tickets, study.prepared())

    def _study(self, run: str, tickets: Sequence[int], study: Callable[[], bytes]) -> float:
        """In the thread. Returns the processor seconds it took."""
        began = time.thread_time()
        try:
            self._tell(run, tickets, study(), None)
        except Exception as error:
            self._tell(run, tickets, None, error)
        return time.thread_time() - began
