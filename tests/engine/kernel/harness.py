"""Builds the compiled arithmetic for each width of native vectors, and calls it from NumPy arrays."""

import ctypes
import platform
import shutil
import subprocess
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np

SOURCE = Path(__file__).parents[3] / "engine" / "kernel"
FLAGS = (
    "-std=gnu11 -O3 -ffp-contract=off -fno-math-errno -fno-trapping-math -shared -fPIC -Wall -Wextra -Werror".split()
)
LANES = 16

ACTIVATIONS = "sigmoid tanh relu leaky_relu prelu elu selu softplus gaussian gelu silu mish sine linear".split()
OUTPUTS = "sigmoid softmax linear tanh".split()
LOSSES = "cross_entropy mse half_squared_error".split()
OPTIMIZERS = "sgd momentum nesterov adagrad rmsprop adam".split()
DEFAULTS = {"leaky_relu": 0.01, "elu": 1.0}


def bodies():
    """The widths that this processor can run: names with their compiler flags."""
    found = {"base": ["-DNATIVE=4"]}
    try:
        flags = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        flags = ""
    if platform.machine() == "x86_64":
        if "avx2" in flags:
            found["avx2"] = ["-DNATIVE=8", "-mavx2"]
        if all(each in flags for each in ("avx512f", "avx512dq", "avx512bw", "avx512vl")):
            wide = "-mavx512f -mavx512dq -mavx512bw -mavx512vl -mprefer-vector-width=512"
            found["avx512"] = ["-DNATIVE=16", *wide.split()]
    return found


def build(folder: Path):
    """One library a body; None without a compiler."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        return None
    libraries = {}
    for name, flags in bodies().items():
        target = folder / f"kernel-{name}.so"
        sources = [str(SOURCE / each) for each in ("network.c", "members.c")]
        command = [
            compiler,
            *FLAGS,
            "-Wno-psabi",
            "-Wno-unused-function",
            f"-DBODY={name}",
            *flags,
            *sources,
            "-o",
            target,
        ]
        subprocess.run(command, check=True, timeout=100)
        libraries[name] = ctypes.CDLL(str(target))
    return libraries


def aligned(*shape: int):
    """Zeros at an address that is a multiple of 64."""
    size = int(np.prod(shape))
    array = np.zeros(size + LANES, np.float32)
    start = (-array.ctypes.data // 4) % LANES
    return array[start : start + size].reshape(shape)


def _structure(name: str, *fields: tuple[str, type]):
    return type(name, (ctypes.Structure,), {"_fields_": list(fields)})


_int, _float, _double, _pointer = ctypes.c_int32, ctypes.c_float, ctypes.c_double, ctypes.c_void_p
Net = _structure(
    "Net",
    *((name, _int) for name in "inputs layers bias output loss padded".split()),
    *((name, _pointer) for name in "units activation parameter learned keep row column".split()),
)
Rows = _structure("Rows", ("count", _int), ("x", _pointer), ("t", _pointer))
Rule = _structure(
    "Rule",
    *(("optimizer", _int), ("watch_weights", _int), ("clip", _float), ("limit", _float)),
    *((name, _double) for name in "rate p0 p1 p2 power1 power2".split()),
    *((name, _pointer) for name in "free l2 l1 decay".split()),
)
Stream = _structure("Stream", *((name, ctypes.c_uint64) for name in "a b c counter".split()))
State = _structure(
    "State",
    *((name, _pointer) for name in "w g slot0 slot1 order".split()),
    *(("used", _int), ("shuffle", Stream), ("dropout", Stream)),
)
Run = _structure(
    "Run",
    *(("net", ctypes.POINTER(Net)), ("train", Rows), ("batch_size", _int), ("rule", Rule), ("state", State)),
    ("work", _pointer),
)
Measured = _structure("Measured", ("loss", _float), ("right", _int))
Group = _structure(
    "Group",
    *(("net", ctypes.POINTER(Net)), ("train", Rows * LANES), ("members", _int), ("batch_size", _int)),
    *(("rule", Rule * LANES), ("state", State * LANES), ("parameter", _pointer), ("old", _pointer), ("halted", _int)),
    ("work", _pointer),
)


def stream(seed: int):
    """The state of NumPy's SFC64 after seeding: the kernel goes on from it."""
    a, b, c, counter = np.random.SFC64(np.random.SeedSequence(seed)).state["state"]["state"].tolist()
    return Stream(a, b, c, counter)


def in_blocks(rows):
    """(N, k) as (blocks, k, 16), lanes past N zero."""
    count, width = rows.shape
    blocks = -(-count // LANES)
    padded = np.zeros((blocks * LANES, width), np.float32)
    padded[:count] = rows
    result = aligned(blocks, width, LANES)
    result[:] = padded.reshape(blocks, LANES, width).transpose(0, 2, 1)
    return result


class Network:
    """One network in the compiled arithmetic, with everything that its training needs."""

    def __init__(
        self,
        libraries,
        body: str,
        sizes: Sequence[int],
        activations: Sequence[str],
        x,
        t,
        w,
        *,
        output: str = "sigmoid",
        loss: str = "cross_entropy",
        bias: bool = True,
        keep: Sequence[float] = (),
        batch_size: int = 10,
        optimizer: str = "sgd",
        rate: float = 0.03,
        parameters: Sequence[float] = (),
        l2: float = 0.0,
        l1: float = 0.0,
        clip: float = 0.0,
        seed: int = 0,
    ) -> None:
        self._library, self._body, self._kept = libraries[body], body, []
        layers, units = len(sizes) - 1, sum(sizes)
        row, column, is_weight, learned = [], [], [], []
        place, before = sizes[0], 0
        for layer, (n_in, n_out) in enumerate(pairwise(sizes)):
            for unit in range(place, place + n_out):
                row += [unit] * (n_in + 1)
                column += [*range(before, before + n_in), units]
                is_weight += [1.0] * n_in + [0.0]
            if layer < layers - 1 and activations[layer] == "prelu":
                learned.append(len(row))
                row, column, is_weight = [*row, units], [*column, units], [*is_weight, 0.0]
            else:
                learned.append(-1)
            before, place = place, place + n_out
        self.parameters = len(row)
        padded = -(-self.parameters // LANES) * LANES
        missing = padded - self.parameters
        self.net = Net(
            *(sizes[0], layers, bias, OUTPUTS.index(output), LOSSES.index(loss), padded),
            self._hold(sizes[1:], np.int32),
            self._hold([ACTIVATIONS.index(name) for name in activations] + [0], np.int32),
            self._hold([DEFAULTS.get(name, 0.0) for name in activations] + [0.0], np.float32),
            self._hold(learned, np.int32),
            self._hold([*keep, *[1.0] * (layers - len(keep))], np.float32),
            self._hold(np.array(row + [units] * missing) * 4 * LANES, np.int32),
            self._hold(np.array(column + [units] * missing) * 4 * LANES, np.int32),
        )
        self.x, self.t = (np.ascontiguousarray(each, np.float32) for each in (x, t))
        self.w, self.g, self.slot0, self.slot1, self.l2, self.l1 = (aligned(padded) for _ in range(6))
        self.w[: self.parameters] = w
        self.l2[: self.parameters] = np.float32(l2) * np.array(is_weight, np.float32)
        self.l1[: self.parameters] = np.float32(rate * l1) * np.array(is_weight, np.float32)
        self.order = np.arange(len(self.x), dtype=np.int32)
        size = self._function("work_floats")
        size.restype = ctypes.c_int64
        self.work = aligned(size(ctypes.byref(self.net), batch_size))
        address = [each.ctypes.data for each in (self.w, self.g, self.slot0, self.slot1, self.order)]
        p0, p1, p2, *_ = [*parameters, 0.0, 0.0, 0.0]
        penalties = self.l2.ctypes.data if l2 else None, self.l1.ctypes.data if l1 else None
        self.run = Run(
            ctypes.pointer(self.net),
            Rows(len(self.x), self.x.ctypes.data, self.t.ctypes.data),
            batch_size,
            Rule(OPTIMIZERS.index(optimizer), 0, clip, 1e28, rate, p0, p1, p2, 1.0, 1.0, None, *penalties, None),
            State(*address, 0, stream(seed), stream(seed + 1)),
            self.work.ctypes.data,
        )

    def _hold(self, values, dtype):
        array = np.ascontiguousarray(values, dtype)
        self._kept.append(array)
        return array.ctypes.data

    def _function(self, name: str):
        return getattr(self._library, f"{name}_{self._body}")

    def train(self, batches: int) -> int:
        return self._function("train")(ctypes.byref(self.run), batches)

    def train_epochs(self, epochs: int) -> int:
        return self._function("train_epochs")(ctypes.byref(self.run), epochs)

    def measure(self, how: int = 0) -> tuple[float, int]:
        """Loss and right answers over the training set."""
        x, t, result = in_blocks(self.x), in_blocks(self.t), Measured()
        blocks = Rows(len(self.x), x.ctypes.data, t.ctypes.data)
        pointers = _pointer(self.w.ctypes.data), ctypes.byref(blocks), how, _pointer(self.work.ctypes.data)
        self._function("measure")(ctypes.byref(self.net), *pointers, ctypes.byref(result))
        return result.loss, result.right

    def predict(self):
        """The outputs (N, K) for the training set."""
        x = in_blocks(self.x)
        outputs = self.t.shape[1]
        p = aligned(len(x), outputs, LANES)
        blocks = Rows(len(self.x), x.ctypes.data, None)
        pointers = ctypes.byref(blocks), _pointer(self.work.ctypes.data), _pointer(p.ctypes.data)
        self._function("predict")(ctypes.byref(self.net), _pointer(self.w.ctypes.data), *pointers)
        return p.transpose(0, 2, 1).reshape(-1, outputs)[: len(self.x)]


class Lockstep:
    """Networks of one shape, a member a lane."""

    def __init__(self, members: Sequence[Network]) -> None:
        first = members[0]
        self._members, self.group = members, Group()
        group = self.group
        group.net, group.members, group.batch_size = ctypes.pointer(first.net), len(members), first.run.batch_size
        names = ("w", "g", "slot0", "slot1", "l2", "l1")
        self.w, self.g, self.slot0, self.slot1, self.l2, self.l1 = (self._interleaved(name) for name in names)
        for lane, member in enumerate(members):
            group.train[lane], group.rule[lane], group.state[lane] = member.run.train, member.run.rule, member.run.state
        group.rule[0].l2 = self.l2.ctypes.data if first.l2.any() else None
        group.rule[0].l1 = self.l1.ctypes.data if first.l1.any() else None
        state = group.state[0]
        state.w, state.g = self.w.ctypes.data, self.g.ctypes.data
        state.slot0, state.slot1 = self.slot0.ctypes.data, self.slot1.ctypes.data
        hidden = max(1, first.net.layers - 1)
        fixed = np.ctypeslib.as_array(ctypes.cast(first.net.parameter, ctypes.POINTER(_float)), (hidden,))
        self.parameter = aligned(hidden, LANES)
        self.parameter[:] = fixed[:, None]
        size = first._function("group_floats")
        size.restype = ctypes.c_int64
        self.work = aligned(size(ctypes.byref(first.net), first.run.batch_size))
        self.old = aligned(3 * first.net.padded, LANES)
        group.parameter, group.old = self.parameter.ctypes.data, self.old.ctypes.data
        group.work = self.work.ctypes.data

    def _interleaved(self, name: str):
        array = aligned(self._members[0].net.padded, LANES)
        array[:, : len(self._members)] = np.stack([getattr(member, name) for member in self._members], axis=1)
        return array

    def train_epochs(self, epochs: int) -> None:
        self._members[0]._function("train_group")(ctypes.byref(self.group), epochs)

    def halted(self, lane: int) -> bool:
        return bool(self.group.halted >> lane & 1)
