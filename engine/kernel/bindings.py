"""The structures and functions of kernel.h, for ctypes. Lists of names are in the order of the C enumerations."""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np

from engine.nn.registry import Array, aligned

INTERFACE = 6
LANES = 16
MAX_LAYERS = 64
SETS = 3

BODIES = ("base", "avx2", "avx512")
"""By their bit in kernel_bodies(); the last that the processor runs is the fastest."""

ACTIVATIONS = (
    *("sigmoid", "tanh", "relu", "leaky_relu", "prelu", "elu", "selu", "softplus"),
    *("gaussian", "gelu", "silu", "mish", "sine", "linear"),
)
OUTPUTS = ("sigmoid", "softmax", "linear", "tanh")
LOSSES = ("cross_entropy", "mse", "half_squared_error")
OPTIMIZERS = ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam")
ONE_RIGHT, LABELS_RIGHT, NONE_RIGHT = range(3)

GOES_ON, NOT_FINITE, LOSS_NOT_FINITE, REACHED, IMPATIENT = range(5)
Z_NOT_FINITE, GRADIENT_NOT_FINITE, GRADIENT_TOO_LARGE, WEIGHTS_TOO_LARGE = range(4)

_int, _float, _double, _pointer = ctypes.c_int32, ctypes.c_float, ctypes.c_double, ctypes.c_void_p
_Fields = tuple[tuple[str, Any], ...]


def _each(kind: Any, names: str) -> _Fields:
    return tuple((name, kind) for name in names.split())


class Net(ctypes.Structure):
    _fields_ = (
        *_each(_int, "inputs layers bias output loss answers padded"),
        *_each(_pointer, "units activation parameter learned keep row column"),
    )


class Rows(ctypes.Structure):
    """Rows and Blocks alike: a count, and the addresses of x and t."""

    _fields_ = (("count", _int), *_each(_pointer, "x t"))


class Rule(ctypes.Structure):
    _fields_ = (
        *(*_each(_int, "optimizer watch_weights"), *_each(_float, "clip limit")),
        *(*_each(_double, "p0 p1 p2 l1 l2 decay"), *_each(_pointer, "weight free")),
    )


class Stop(ctypes.Structure):
    _fields_ = (*_each(_double, "train_loss improvement"), *_each(_int, "patience monitored"))


class Stream(ctypes.Structure):
    _fields_ = _each(ctypes.c_uint64, "a b c counter")


class End(ctypes.Structure):
    _fields_ = (*_each(_int, "why epoch batch quantity layer"), ("size", _float))


class State(ctypes.Structure):
    _fields_ = (
        *(*_each(_pointer, "w g slot0 slot1 order"), *_each(_double, "power1 power2 best"), ("waited", _int)),
        *(*_each(Stream, "shuffle dropout"), ("end", End)),
    )


class Place(ctypes.Structure):
    _fields_ = _each(_int, "epoch batch used")


class Row(ctypes.Structure):
    _fields_ = (("loss", _float * SETS), ("right", _int * SETS), ("penalty", _float))


class Run(ctypes.Structure):
    _fields_ = (
        *(("net", ctypes.POINTER(Net)), ("train", Rows), ("sets", Rows * SETS), ("batch_size", _int), ("rule", Rule)),
        *(("stop", Stop), ("place", Place), ("state", State), ("work", _pointer)),
    )


class Group(ctypes.Structure):
    _fields_ = (
        *(("net", ctypes.POINTER(Net)), ("train", Rows * LANES), ("sets", Rows * SETS * LANES), ("members", _int)),
        *(("batch_size", _int), ("rule", Rule * LANES), ("stop", Stop * LANES), ("place", Place)),
        *(("state", State * LANES), ("work", _pointer)),
    )


class Limits(ctypes.Structure):
    _fields_ = (*_each(_int, "batches epochs"), ("rates", _pointer))


class Done(ctypes.Structure):
    _fields_ = _each(_int, "batches epochs")


_net, _run, _rows, _group, _limits, _done = map(ctypes.POINTER, (Net, Run, Rows, Group, Limits, Done))
SIGNATURES: dict[str, tuple[Any, ...]] = {
    "work_floats": (ctypes.c_int64, _net, _int),
    "group_floats": (ctypes.c_int64, _net, _int),
    "draw_order": (None, ctypes.POINTER(Stream), _pointer, _int),
    "train": (None, _run, _limits, _pointer, _done),
    "train_group": (None, _group, _limits, _pointer, _done),
    "measure": (None, _run, _pointer),
    "measure_group": (None, _group, _pointer),
    "evaluate": (None, _net, _pointer, _rows, _int, _int, _pointer, _pointer, ctypes.c_int64),
    "quantise": (None, _pointer, _int, _int, ctypes.c_int64, _pointer, _pointer),
    "work64": (ctypes.c_int64, _net, _int),
    "forward64": (None, _net, _pointer, _rows, _pointer, _pointer),
    "gradient64": (None, _net, _pointer, _rows, _pointer, _pointer, _pointer),
    "losses64": (None, _net, _pointer, _int, _rows, *[_pointer] * 4),
}
"""Of each function, what it returns and what it takes; rows are arrays of ``Row``, given by their address. Those in
float64 are the same in every body."""


class Kernel:
    """The library's functions in one body, as attributes: ``kernel.train(run, batches)``."""

    def __init__(self, library: ctypes.CDLL, body: str) -> None:
        self.body = body
        for name, (result, *arguments) in SIGNATURES.items():
            function = getattr(library, name if name.endswith("64") else f"{name}_{body}")
            function.restype, function.argtypes = result, arguments
            setattr(self, name, function)

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"the kernel has no function {name}")


def in_blocks(rows: Array, dtype: Any = np.float32) -> Array:
    """Examples (N, k) as (blocks, k, 16), lanes past N zero."""
    count, width = rows.shape
    blocks = -(-count // LANES)
    padded = np.zeros((blocks * LANES, width), dtype)
    padded[:count] = rows
    result = aligned(blocks, width, LANES, dtype=dtype)
    result[:] = padded.reshape(blocks, LANES, width).transpose(0, 2, 1)
    return result
