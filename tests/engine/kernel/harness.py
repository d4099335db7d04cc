"""Networks in the compiled arithmetic, called from NumPy arrays."""

import ctypes
from collections.abc import Sequence

import numpy as np

from engine import RunConfig, Trainer
from engine.kernel import NUMPY, load
from engine.kernel.bindings import (
    LANES,
    OPTIMIZERS,
    SETS,
    Done,
    End,
    Group,
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

DEFAULTS = {"leaky_relu": 0.01, "elu": 1.0}
ALL = 2**31 - 1


def stream(seed: int):
    """The state of NumPy's SFC64 after seeding: the kernel goes on from it."""
    a, b, c, counter = np.random.SFC64(np.random.SeedSequence(seed)).state["state"]["state"].tolist()
    return Stream(a, b, c, counter)


class Network:
    """One network in the compiled arithmetic, with everything that its training needs."""

    def __init__(
        self,
        kernel,
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
        self.kernel, self._kept, self.rate = kernel, [], rate
        self.layout = layout = Layout(
            sizes,
            activations,
            output,
            loss,
            fixed=[DEFAULTS.get(name, 0.0) for name in activations],
            keep=keep,
            answers=answers,
            bias=bias,
        )
        self.net, self.parameters, padded = layout.net, layout.parameters, layout.padded
        self.x, self.t = (np.ascontiguousarray(each, np.float32) for each in (x, t))
        self.w, self.g, self.slot0, self.slot1, self.weight, self.free = (aligned(padded) for _ in range(6))
        self.w[: self.parameters] = w
        self.weight[:] = layout.is_weight
        self.free[:] = 1.0
        self.order = np.arange(len(self.x), dtype=np.int32)
        self.work = aligned(kernel.work_floats(self.net, batch_size))
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
        kernel.draw_order(self.run.state.shuffle, self.order.ctypes.data, len(self.x))

    def _blocks(self, x, t):
        in_lanes = in_blocks(np.asarray(x)), in_blocks(np.asarray(t))
        self._kept += in_lanes
        return Rows(len(x), *(each.ctypes.data for each in in_lanes))

    def train(self, epochs: int, batches: int = ALL, rates: Sequence[float] | None = None):
        """The figures of each completed epoch, and the number of mini-batches."""
        given = np.array([self.rate] * epochs if rates is None else rates, np.float64)
        rows, done = (Row * epochs)(), Done()
        limits = Limits(batches, epochs, given.ctypes.data)
        self.kernel.train(self.run, limits, ctypes.addressof(rows), done)
        return rows[: done.epochs], done.batches

    @property
    def end(self):
        return self.run.state.end

    def measure(self):
        """The figures of the present weights."""
        row = Row()
        self.kernel.measure(self.run, ctypes.addressof(row))
        return row

    def evaluate(self, x, first: int, units: int):
        """What ``units`` units from ``first`` on answer: (units, N padded to blocks of 16)."""
        in_lanes = in_blocks(np.asarray(x))
        blocks, by = Rows(len(x), in_lanes.ctypes.data, None), len(in_lanes) * LANES
        values = aligned(units, by)
        addresses = self.work.ctypes.data, values.ctypes.data, by
        self.kernel.evaluate(self.net, self.w.ctypes.data, blocks, first, units, *addresses)
        return values

    def predict(self):
        """The outputs (N, K) for the training set."""
        outputs = self.t.shape[1]
        return self.evaluate(self.x, sum(self.layout.sizes) - outputs, outputs)[:, : len(self.x)].T

    def quantise(self, values, count: int):
        """Maps of ``count`` bytes from rows of ``values``, and their ranges."""
        maps, by = values.shape
        found, ranges = np.zeros((maps, count), np.uint8), np.zeros((maps, 2), np.float32)
        self.kernel.quantise(values.ctypes.data, maps, count, by, found.ctypes.data, ranges.ctypes.data)
        return found, ranges


class Doubles:
    """The same network in float64: forward pass, gradient and losses."""

    def __init__(self, network: Network, x, t, w) -> None:
        self._network, self._x, self._t = network, in_blocks(x, np.float64), in_blocks(t, np.float64)
        self.set = Rows(len(x), self._x.ctypes.data, self._t.ctypes.data)
        self.w, self.g = (aligned(network.net.padded, dtype=np.float64) for _ in range(2))
        self.w[: network.parameters] = w
        self.units = sum(network.layout.sizes) + 1
        self.work = aligned(6, len(self._x), self.units, LANES, dtype=np.float64)
        assert self.work.size == network.kernel.work64(network.net, len(x))

    def gradient(self, mask=None):
        """Of the mean loss at ``w``; afterwards ``work`` holds A, Z, dZ and F."""
        kernel, net, w = self._network.kernel, self._network.net, self.w.ctypes.data
        common = self.set, None if mask is None else mask.ctypes.data, self.work.ctypes.data
        kernel.forward64(net, w, *common)
        kernel.gradient64(net, w, *common, self.g.ctypes.data)
        return self.g[: self._network.parameters]

    def quantity(self, index: int):
        """Of A, Z, dZ, F, dA, f'(Z): (units + 1, N)."""
        return self.work[index].transpose(1, 0, 2).reshape(self.units, -1)[:, : self.set.count]

    def losses(self, vectors):
        """The mean loss under each of ``vectors`` (n, parameters)."""
        w = aligned(len(vectors), self._network.net.padded, dtype=np.float64)
        w[:, : self._network.parameters] = vectors
        loss = np.zeros(len(vectors))
        addresses = None, self.work.ctypes.data, loss.ctypes.data, None
        self._network.kernel.losses64(self._network.net, w.ctypes.data, len(vectors), self.set, *addresses)
        return loss


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
        self.work = aligned(first.kernel.group_floats(first.net, first.run.batch_size))
        group.work = self.work.ctypes.data

    def train(self, epochs: int, batches: int = ALL):
        """The figures of each completed epoch, [epoch][member]."""
        count = len(self._members)
        rates = np.array([[member.rate for member in self._members]] * epochs, np.float64)
        rows, done = (Row * count * epochs)(), Done()
        limits = Limits(batches, epochs, rates.ctypes.data)
        self._members[0].kernel.train_group(self.group, limits, ctypes.addressof(rows), done)
        return rows[: done.epochs]

    def end(self, lane: int):
        return self.group.state[lane].end


def same_network(body, config, dtype=np.float64):
    """A run of the NumPy engine, in float64 or another, and the same network in the compiled arithmetic."""
    config = RunConfig.model_validate(config)
    trainer = Trainer(config, dtype=dtype, arithmetic=NUMPY)
    network, evaluation, training = trainer.network, trainer.evaluation, config.training
    n = trainer.data().train
    regularizer = training.regularizer
    compiled = Network(
        load(body),
        network.sizes,
        [layer.activation.name for layer in network.hidden],
        evaluation.x[:-1, :n].T,
        evaluation.t[:, :n].T,
        network.w,
        output=config.pair.output,
        loss=config.pair.loss,
        bias=network.bias,
        batch_size=training.batch_size or n,
        optimizer="adam" if training.optimizer.name == "adamw" else training.optimizer.name,
        rate=training.learning_rate,
        parameters=training.optimizer.parameters,
        l2=regularizer.rate if regularizer.name == "l2" else 0.0,
        l1=regularizer.rate if regularizer.name == "l1" else 0.0,
        decay=training.optimizer.parameters[3] if training.optimizer.name == "adamw" else 0.0,
        clip=training.clip_norm or 0.0,
    )
    return trainer, compiled
