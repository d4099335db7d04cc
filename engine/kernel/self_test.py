"""The self-test of a library: a short training that uses every activation, compared by the hash of its results."""

from __future__ import annotations

import ctypes
import hashlib

import numpy as np

from engine.kernel.bindings import (
    ACTIVATIONS,
    LANES,
    OPTIMIZERS,
    SETS,
    Done,
    End,
    Kernel,
    Limits,
    Place,
    Row,
    Rows,
    Rule,
    Run,
    State,
    Stop,
    Stream,
    in_blocks,
)
from engine.kernel.layout import Layout
from engine.nn.registry import aligned

EXPECTED = "1e598943fe92de4e5ffdb1fbe24980f55e5c9814245aabf8a480b36fbf4b5dc8"
EXAMPLES, BATCH, EPOCHS, UNITS = 37, 20, 3, 3
STREAMS = Stream(1, 2, 3, 1), Stream(4, 5, 6, 1)


def _numbers(count: int) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    """Numbers of [-1, 1) from integers alone (multiplication modulo 2^32)."""
    scrambled = (np.arange(1, count + 1, dtype=np.uint64) * 2654435761) % 2**32
    return (scrambled >> 8).astype(np.float32) * np.float32(2.0**-23) - np.float32(1.0)


def self_test(kernel: Kernel) -> str:
    """SHA-256 of the weights, outputs and loss after a few epochs of a deep network with dropout, by Adam."""
    sizes = [2, *[UNITS] * len(ACTIVATIONS), 3]
    layout = Layout(sizes, ACTIVATIONS, "softmax", "cross_entropy", fixed=[1.0] * len(ACTIVATIONS), keep=[0.75])
    x = 3 * _numbers(2 * EXAMPLES).reshape(EXAMPLES, 2)
    t = np.eye(3, dtype=np.float32)[np.arange(EXAMPLES) % 3]
    w, g, slot0, slot1 = (aligned(layout.padded) for _ in range(4))
    w[: layout.parameters] = _numbers(layout.parameters)
    order = np.zeros(EXAMPLES, np.int32)
    work = aligned(kernel.work_floats(layout.net, BATCH))
    weight = aligned(layout.padded)
    weight[:] = layout.is_weight
    inputs, targets = in_blocks(x), in_blocks(t)
    measured = Rows(EXAMPLES, inputs.ctypes.data, targets.ctypes.data)
    run = Run(
        ctypes.pointer(layout.net),
        Rows(EXAMPLES, x.ctypes.data, t.ctypes.data),
        (Rows * SETS)(measured),
        BATCH,
        Rule(OPTIMIZERS.index("adam"), 1, 1.0, 1e28, 0.9, 0.999, 1e-8, 0.0, 0.01, 0.01, weight.ctypes.data, None),
        Stop(np.nan, 1e-4, 0, 0),
        Place(),
        State(*(a.ctypes.data for a in (w, g, slot0, slot1, order)), 1.0, 1.0, np.inf, 0, *STREAMS, End()),
        work.ctypes.data,
    )
    kernel.draw_order(run.state.shuffle, order.ctypes.data, EXAMPLES)
    rows, done, rates = (Row * EPOCHS)(), Done(), np.full(EPOCHS, 0.01)
    kernel.train(run, Limits(EXAMPLES * EPOCHS, EPOCHS, rates.ctypes.data), ctypes.addressof(rows), done)
    by = len(targets) * LANES
    outputs = aligned(sizes[-1], by)
    addresses = work.ctypes.data, outputs.ctypes.data, by
    kernel.evaluate(layout.net, w.ctypes.data, measured, sum(sizes[:-1]), sizes[-1], *addresses)
    figures = [done.epochs, *(figure for row in rows for figure in (row.loss[0], row.right[0], row.penalty))]
    digest = hashlib.sha256()
    for array in (w, outputs[:, :EXAMPLES].T, figures):
        digest.update(np.ascontiguousarray(array, "<f4").tobytes())
    return digest.hexdigest()
