"""The training loop: mini-batch gradient descent on one network, or on the members of a sweep in lockstep."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

import numpy as np

from engine.config import RunConfig, TrainingChange, WeightChange
from engine.data.points import Data, make_data
from engine.data.resolve import resolve
from engine.data.tables import Table
from engine.errors import InvalidArgument
from engine.nn.model import Model, draw_initial_weights, encode_inputs, encode_targets, feature_rows, network_of
from engine.nn.registry import Array
from engine.numbers.rules import NUMPY, PORTABLE, rule_sets
from engine.numbers.streams import Purpose
from engine.pieces import multiply_adds
from engine.training import edits
from engine.training.batches import Batches
from engine.training.early_stopping import EarlyStopping, monitored
from engine.training.evaluation import FIGURES, Column, Evaluation, Metrics, labels_of
from engine.training.methods import method_of
from engine.training.parts import Parts
from engine.training.update_rule import UpdateRule


class Trainer:
    """One run: data, network(s), optimizer, and the position in training.

    ``epoch`` counts whole epochs, ``batch`` the mini-batches done in the one under way. ``halted`` is None while there
    is more to do, else "finished" or "diverged" with the reason in ``detail``; ``member_halted`` says so for each
    member. ``metrics`` are those of the latest whole epoch. float32 by default; float64 for checks. ``rules`` is a
    name of ``rule_sets``, which draw its numbers; runs stored by earlier versions have "numpy-1".
    ``arithmetic``: "numpy" trains in NumPy; None, compiled where possible. ``table`` is the one that the config names.
    """

    def __init__(
        self,
        config: RunConfig,
        *,
        dtype: Any = np.float32,
        rules: str = PORTABLE.name,
        arithmetic: str | None = None,
        table: Table | None = None,
    ) -> None:
        self.config = resolve(config, table)
        self.table = table
        self.dtype = np.dtype(dtype)
        self._wanted = arithmetic
        self._take_rules(rules)
        self._build()

    def _take_rules(self, name: str) -> None:
        self.rules = rule_sets[name]
        data = self._data = make_data(self.config, self.rules, self.table)
        own = data.preprocessing
        self._means = self.rules.mean(data.inputs[: data.train]) if own is None else own.centre

    def _build(self) -> None:
        config, data = self.config, self._data
        members = config.members
        self.network = network_of(config, dtype=self.dtype, members=None if config.sweep is None else len(members))
        for index, member in enumerate(members):
            stream = self.rules.stream(member.seed, Purpose.WEIGHTS)
            draw_initial_weights(self.network, member, stream, None if config.sweep is None else index)
        x = feature_rows(self.rules, config, data.inputs, self.dtype, data.preprocessing)
        t = encode_targets(config, data.targets, data.preprocessing).astype(self.dtype)
        n = data.train
        self.evaluation = Evaluation(self.network, x, t, labels_of(config.task, data.targets), data)
        seeds = [member.seed for member in members]
        self.batches = Batches(
            self.rules,
            self.network,
            x[:, :n],
            config.pair.encode(t[:, :n]),
            encode_inputs(data.inputs[:n], data.preprocessing).T,
            config.feature_list,
            seeds if len(set(seeds)) > 1 else seeds[:1],
            config.training.augmentation,
        )
        self.update_rule = UpdateRule(self.network, members, self.rules)
        self.early_stopping = EarlyStopping(len(members), monitored(data))
        self._parts = Parts(config, self.network, self.evaluation, self.batches, self.update_rule, self.early_stopping)
        self._method = method_of(self._parts, self.rules, self._wanted)
        self.metrics = self.measured()

    # -- reading ------------------------------------------------------------------------------------------------------

    @property
    def arithmetic(self) -> str:
        """What trains it: "portable-1", compiled and equal on every machine, or "numpy"."""
        return self._method.arithmetic

    @property
    def epoch(self) -> int:
        """Whole epochs done."""
        return self._parts.epoch

    @property
    def batch(self) -> int:
        """Mini-batches done in the epoch under way."""
        return self._parts.batch

    @property
    def member_count(self) -> int:
        """Networks trained in lockstep."""
        return self.config.member_count

    @property
    def batches_per_epoch(self) -> int:
        """Mini-batches in a whole epoch at the present batch size."""
        size = self.config.training.batch_size
        return 1 if size is None else -(-self.batches.size // min(size, self.batches.size))

    @property
    def work_per_batch(self) -> float:
        """Multiply-adds of a mini-batch of all members, with its share of measuring all sets after an epoch."""
        examples = 3 * self.batches.size + len(self._data.inputs)  # forward, backward, gradient; measuring
        return float(examples * multiply_adds(self.network.sizes) * self.member_count) / self.batches_per_epoch

    @property
    def halted(self) -> str | None:
        """None, or "finished" or "diverged" once every member has halted."""
        return self.early_stopping.all

    @property
    def member_halted(self) -> list[str | None]:
        """For each member None, "finished" or "diverged"."""
        return self.early_stopping.halted

    @property
    def detail(self) -> str | None:
        """Why it halted, in words; for a sweep, every member that has halted."""
        details = [(i, d) for i, d in enumerate(self.early_stopping.details) if d]
        if self.config.sweep is None:
            return details[0][1] if details else None
        return "; ".join(f"member {i}: {d}" for i, d in details) or None

    @property
    def parameters(self) -> Array:
        """A copy of all parameters, (members, P)."""
        return self.network.w.reshape(self.member_count, -1).copy()

    def training_loss(self) -> Column:
        """The loss of the present weights over the whole training set, also within an epoch; one value a member."""
        return self.measured().train_loss

    def data(self) -> Data:
        """The points as trained on, in the trainer's order."""
        return self._data

    def model(self, member: int = 0, parameters: Array | None = None) -> Model:
        """An inference copy of one member, now or with a row of earlier ``parameters``."""
        index = self.index_of(member)
        w = self.network.w[index] if parameters is None else np.asarray(parameters, self.dtype)
        cut = self.update_rule.cut
        config = self.config.members[member] if self.config.sweep else self.config
        own, means = self._data.preprocessing, self._means
        return Model(config, w, None if cut is None else cut[index], means, self.rules, self.arithmetic, own)

    def index_of(self, member: int) -> Any:
        """Where a member stands in a stacked array; InvalidArgument if there is no such member."""
        if not 0 <= member < self.member_count:
            raise InvalidArgument(f"member {member} does not exist: use 0 to {self.member_count - 1}", "member")
        return member if self.network.lead else ...

    # -- training -----------------------------------------------------------------------------------------------------

    def train(self, batches: int, until: int | None = None) -> Array:
        """Train at most ``batches`` mini-batches, to the end of epoch ``until`` at most, or until it halts.

        Returns the figures of the epochs completed, (epochs, members, figures) float64 in the order of ``Metrics``, not
        a number for none; ``metrics`` are those of the last.
        """
        limit = self.config.training.max_epochs
        epochs = batches if until is None else min(batches, until - self.epoch)
        if limit is not None:
            epochs = min(epochs, max(1, limit - self.epoch))  # past it, an edit has resumed a member
        if self.halted or epochs <= 0:
            return np.empty((0, self.member_count, len(FIGURES)))
        rows = self._method.train(batches, epochs)
        if len(rows):
            self.metrics = Metrics.of(self.epoch, rows[-1])
        return rows

    def advance(self, batches: int) -> bool:
        """Train at most ``batches`` mini-batches, never past the end of the epoch under way.

        True when that epoch is complete and ``metrics`` are its own; False otherwise, and at once when halted.
        """
        return len(self.train(batches, self.epoch + 1)) > 0

    def measured(self) -> Metrics:
        """The metrics of the present weights, also within an epoch, where ``metrics`` are those of its beginning."""
        return self._method.measured()

    def upcoming(self, member: int) -> tuple[Array, Array, list[Array]]:
        """The mini-batch a member trains on next: see ``Batches.upcoming``."""
        self._method.settle()
        return self.batches.upcoming(member)

    # -- commands, between two mini-batches ---------------------------------------------------------------------------

    def change(self, change: TrainingChange) -> None:
        """Apply a live change: the model, the optimizer's state and the position are kept.

        A new learning rate counts from the next mini-batch, a new batch size for what is left of this epoch. Members
        that had finished go on once nothing stops them.
        """
        config = change.applied_to(self.config)
        self._method.settle()
        self.config = self._parts.config = config
        self.update_rule.configure(config.members)
        self.update_rule.schedule(self.epoch)
        if change.model_fields_set & {"max_epochs", "stop"}:
            self.early_stopping.reapply(config, self.metrics)
        self._method.resume()
        self.metrics = replace(self.metrics, penalty=self.measured().penalty)

    def edit(self, change: WeightChange) -> None:
        """Set weights and biases, cut or restore links: see ``training.edits``. A halted member may train again."""
        self._method.settle()
        edits.apply(change, self.network, self.update_rule, self.index_of(change.member))
        self.early_stopping.resume(change.member)
        self._method.resume()
        # The rates stay those of the latest whole epoch, as with a change.
        self.metrics = replace(self.measured(), learning_rate=self.metrics.learning_rate)

    def reset(self, seed: int | None = None) -> None:
        """Back to epoch 0: the same initial weights, or those of another seed; settings and cuts stay."""
        cut = self.update_rule.cut
        if seed is not None:
            self.config = self.config.replaced(seed=seed)
        self._build()
        if cut is not None:
            self.update_rule.cut = cut
            self.network.w *= cut
            self._method.resume()
            self.metrics = self.measured()

    # -- state --------------------------------------------------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        """Everything that training depends on: {"arrays": {name: array}, "meta": plain values and the config}."""
        self._method.settle()
        batch_arrays, batch_meta = self.batches.state()
        update_arrays, update_meta = self.update_rule.state()
        return {
            "arrays": {"w": self.network.w.copy(), **batch_arrays, **update_arrays},
            "meta": {
                "config": self.config,
                "rules": self.rules.name,
                "arithmetic": self.arithmetic,
                "epoch": self.epoch,
                "batch": self.batch,
                "halting": self.early_stopping.state(),
                "batches": batch_meta,
                "updates": update_meta,
                "metrics": asdict(self.metrics),
            },
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Continue from a ``state`` of the same run, bit for bit; live changes in it are taken on.

        A state without rules was stored by an earlier version.
        """
        arrays, meta = state["arrays"], state["meta"]
        config = RunConfig.model_validate(meta["config"])
        columns = self.config.columns
        self.config = config if config.dataset.is_bound or columns is None else config.bound(columns)
        name = meta.get("rules", NUMPY.name)
        if name != self.rules.name:
            self._take_rules(name)
        self._wanted = meta.get("arithmetic", "numpy")  # a run that began in NumPy continues in NumPy
        self._build()
        np.copyto(self.network.w, arrays["w"])
        self.update_rule.restore(arrays, meta["updates"])
        self._parts.epoch, self._parts.batch = meta["epoch"], meta["batch"]
        self.update_rule.schedule(self.epoch)
        self.batches.restore(arrays, meta["batches"])
        self.early_stopping.restore(meta["halting"])
        self._method.resume()
        self.metrics = Metrics.restored(meta["metrics"])
