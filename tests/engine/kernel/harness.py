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
SETS = 3
GOES_ON, NOT_FINITE, LOSS_NOT_FINITE, REACHED, IMPATIENT = range(5)


def _each(kind: type, names: str):
    return [(name, kind) for name in names.split()]


Net = _structure(
    "Net",
    *_each(_int, "inputs layers bias output loss answers padded"),
    *_each(_pointer, "units activation parameter learned keep row column"),
)
Rows = _structure("Rows", ("count", _int), *_each(_pointer, "x t"))
Rule = _structure(
    "Rule",
    *(*_each(_int, "optimizer watch_weights"), *_each(_float, "clip limit")),
    *(*_each(_double, "p0 p1 p2 l1 l2 decay"), *_each(_pointer, "weight free")),
)
Stop = _structure("Stop", *_each(_double, "train_loss improvement"), *_each(_int, "patience monitored"))
Stream = _structure("Stream", *_each(ctypes.c_uint64, "a b c counter"))
End = _structure("End", *_each(_int, "why epoch batch quantity layer"), ("size", _float))
State = _structure(
    "State",
    *(*_each(_pointer, "w g slot0 slot1 order"), *_each(_double, "power1 power2 best"), ("waited", _int)),
    *(*_each(Stream, "shuffle dropout"), ("end", End)),
)
Place = _structure("Place", *_each(_int, "epoch batch used"))
Row = _structure("Row", ("loss", _float * SETS), ("right", _int * SETS), ("penalty", _float))
Run = _structure(
    "Run",
    *(("net", ctypes.POINTER(Net)), ("train", Rows), ("sets", Rows * SETS), ("batch_size", _int), ("rule", Rule)),
    *(("stop", Stop), ("place", Place), ("state", State), ("work", _pointer)),
)
Group = _structure(
    "Group",
    *(("net", ctypes.POINTER(Net)), ("train", Rows * LANES), ("sets", Rows * SETS * LANES), ("members", _int)),
    *(("batch_size", _int), ("rule", Rule * LANES), ("stop", Stop * LANES), ("place", Place)),
    *(("state", State * LANES), ("parameter", _pointer), ("work", _pointer)),
)
Limits = _structure("Limits", *_each(_int, "batches epochs"), ("rates", _pointer))
Done = _structure("Done", *_each(_int, "batches epochs"))
ALL = 2**31 - 1


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
        answers: int = 0,
        bias: bool = True,
        keep: Sequence[float] = (),
        batch_size: int = 10,
        optimizer: str = "sgd",
        rate: float = 0.03,
        parameters: Sequence[float] = (),
        l2: float = 0.0,
        l1: float = 0.0,
        decay: float = 0.0,
        clip: float = 0.0,
        stop: tuple[float | None, int] = (None, 0),
        test: tuple | None = None,
        seed: int = 0,
    ) -> None:
        """``stop``: the training loss and the patience that end it. ``test``: the test set (x, t)."""
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
        self.parameters, self.rate = len(row), rate
        padded = -(-self.parameters // LANES) * LANES
        missing = padded - self.parameters
        self.net = Net(
            *(sizes[0], layers, bias, OUTPUTS.index(output), LOSSES.index(loss), answers, padded),
            self._hold(sizes[1:], np.int32),
            self._hold([ACTIVATIONS.index(name) for name in activations] + [0], np.int32),
            self._hold([DEFAULTS.get(name, 0.0) for name in activations] + [0.0], np.float32),
            self._hold(learned, np.int32),
            self._hold([*keep, *[1.0] * (layers - len(keep))], np.float32),
            self._hold(np.array(row + [units] * missing) * 4 * LANES, np.int32),
            self._hold(np.array(column + [units] * missing) * 4 * LANES, np.int32),
        )
        self.x, self.t = (np.ascontiguousarray(each, np.float32) for each in (x, t))
        self.w, self.g, self.slot0, self.slot1, self.weight, self.free = (aligned(padded) for _ in range(6))
        self.w[: self.parameters] = w
        self.weight[: self.parameters] = is_weight
        self.free[:] = 1.0
        self.order = np.arange(len(self.x), dtype=np.int32)
        self.work = aligned(self.size_of("work_floats", batch_size))
        address = [each.ctypes.data for each in (self.w, self.g, self.slot0, self.slot1, self.order)]
        p0, p1, p2, *_ = [*parameters, 0.0, 0.0, 0.0]
        loss_limit, patience = stop
        sets = (Rows * SETS)(self._blocks(x, t), Rows() if test is None else self._blocks(*test), Rows())
        self.run = Run(
            ctypes.pointer(self.net),
            Rows(len(self.x), self.x.ctypes.data, self.t.ctypes.data),
            sets,
            batch_size,
            Rule(OPTIMIZERS.index(optimizer), 0, clip, 1e28, p0, p1, p2, l1, l2, decay, self.weight.ctypes.data, None),
            Stop(np.nan if loss_limit is None else loss_limit, 1e-4, patience, int(test is not None)),
            Place(),
            State(*address, 1.0, 1.0, np.inf, 0, stream(seed), stream(seed + 1), End()),
            self.work.ctypes.data,
        )
        self.call("draw_order", ctypes.byref(self.run.state.shuffle), _pointer(self.order.ctypes.data), len(self.x))

    def _hold(self, values, dtype):
        array = np.ascontiguousarray(values, dtype)
        self._kept.append(array)
        return array.ctypes.data

    def _blocks(self, x, t):
        in_lanes = in_blocks(np.asarray(x)), in_blocks(np.asarray(t))
        self._kept += in_lanes
        return Rows(len(x), *(each.ctypes.data for each in in_lanes))

    def call(self, name: str, *arguments):
        return getattr(self._library, f"{name}_{self._body}")(*arguments)

    def size_of(self, name: str, batch_size: int) -> int:
        function = getattr(self._library, f"{name}_{self._body}")
        function.restype = ctypes.c_int64
        return function(ctypes.byref(self.net), batch_size)

    def train(self, epochs: int, batches: int = ALL, rates: Sequence[float] | None = None):
        """The figures of each completed epoch, and the number of mini-batches."""
        given = np.array([self.rate] * epochs if rates is None else rates, np.float64)
        rows, done = (Row * epochs)(), Done()
        limits = Limits(batches, epochs, given.ctypes.data)
        self.call("train", ctypes.byref(self.run), ctypes.byref(limits), rows, ctypes.byref(done))
        return rows[: done.epochs], done.batches

    @property
    def end(self):
        return self.run.state.end

    def measure(self):
        """The figures of the present weights."""
        row = Row()
        self.call("measure", ctypes.byref(self.run), ctypes.byref(row))
        return row

    def predict(self):
        """The outputs (N, K) for the training set."""
        x = in_blocks(self.x)
        outputs = self.t.shape[1]
        p = aligned(len(x), outputs, LANES)
        blocks = Rows(len(self.x), x.ctypes.data, None)
        pointers = ctypes.byref(blocks), _pointer(self.work.ctypes.data), _pointer(p.ctypes.data)
        self.call("predict", ctypes.byref(self.net), _pointer(self.w.ctypes.data), *pointers)
        return p.transpose(0, 2, 1).reshape(-1, outputs)[: len(self.x)]


class Lockstep:
    """Networks of one shape, a member a lane."""

    ARRAYS = ("w", "g", "slot0", "slot1", "weight", "free")

    def __init__(self, members: Sequence[Network]) -> None:
        first = members[0]
        self._members, self.group = members, Group()
        group = self.group
        group.net, group.members, group.batch_size = ctypes.pointer(first.net), len(members), first.run.batch_size
        for lane, member in enumerate(members):
            run = member.run
            group.train[lane], group.sets[lane], group.rule[lane] = run.train, run.sets, run.rule
            group.stop[lane], group.state[lane] = run.stop, run.state
        for name in self.ARRAYS:
            array = aligned(first.net.padded, LANES)
            array[:, : len(members)] = np.stack([getattr(member, name) for member in members], axis=1)
            setattr(self, name, array)
            if name != "free" or first.run.rule.free:
                setattr(group.rule[0] if name in {"weight", "free"} else group.state[0], name, array.ctypes.data)
        hidden = max(1, first.net.layers - 1)
        fixed = np.ctypeslib.as_array(ctypes.cast(first.net.parameter, ctypes.POINTER(_float)), (hidden,))
        self.parameter = aligned(hidden, LANES)
        self.parameter[:] = fixed[:, None]
        self.work = aligned(first.size_of("group_floats", first.run.batch_size))
        group.parameter, group.work = self.parameter.ctypes.data, self.work.ctypes.data

    def train(self, epochs: int, batches: int = ALL):
        """The figures of each completed epoch, [epoch][member]."""
        count = len(self._members)
        rates = np.array([[member.rate for member in self._members]] * epochs, np.float64)
        rows, done = (Row * count * epochs)(), Done()
        limits = Limits(batches, epochs, rates.ctypes.data)
        self._members[0].call("train_group", ctypes.byref(self.group), ctypes.byref(limits), rows, ctypes.byref(done))
        return rows[: done.epochs]

    def end(self, lane: int):
        return self.group.state[lane].end
