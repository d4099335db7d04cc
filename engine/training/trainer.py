"""The training loop: mini-batch gradient descent on one network, or on the members of a sweep in lockstep."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

import numpy as np

from engine.config import RunConfig, TrainingChange, WeightChange
from engine.data.points import Data, make_data
from engine.errors import InvalidArgument
from engine.nn.model import Model, draw_initial_weights, encode_targets, feature_rows, network_of
from engine.nn.network import Pass
from engine.nn.registry import Array
from engine.numbers.rules import NUMPY, PORTABLE, rule_sets
from engine.numbers.streams import Purpose
from engine.training import edits
from engine.training.batches import Batch, Batches
from engine.training.divergence import describe_divergence, divergence_threshold
from engine.training.early_stopping import DIVERGED, EarlyStopping
from engine.training.evaluation import Column, Evaluation, Metrics, column, labels_of
from engine.training.update_rule import UpdateRule


class Trainer:
    """One run: data, network(s), optimizer, and the position in training.

    ``epoch`` counts whole epochs, ``batch`` the mini-batches done in the one under way. ``halted`` is None while there
    is more to do, else "finished" or "diverged" with the reason in ``detail``; ``member_halted`` says so for each
    member. ``metrics`` are those of the latest whole epoch. float32 by default; float64 for checks. ``rules`` is a
    name of ``rule_sets``: what draws its numbers. Runs stored before there was a choice have "numpy-1".
    """

    def __init__(self, config: RunConfig, *, dtype: Any = np.float32, rules: str = PORTABLE.name) -> None:
        self.config = config
        self.dtype = np.dtype(dtype)
        self._limit = divergence_threshold(self.dtype)
        self._take_rules(rules)
        self._build()

    def _take_rules(self, name: str) -> None:
        self.rules = rule_sets[name]
        self._data = make_data(self.config, self.rules)
        self._means = self.rules.mean(self._data.inputs[: self._data.train])

    def _build(self) -> None:
        config, data = self.config, self._data
        members = config.members
        self.network = network_of(config, dtype=self.dtype, members=None if config.sweep is None else len(members))
        for index, member in enumerate(members):
            stream = self.rules.stream(member.seed, Purpose.WEIGHTS)
            draw_initial_weights(self.network, member, stream, None if config.sweep is None else index)
        x = feature_rows(self.rules, config, data.inputs, self.dtype)
        t = encode_targets(config, data.targets).astype(self.dtype)
        n = data.train
        self.evaluation = Evaluation(self.network, x, t, labels_of(config.task, data.targets), n, config.task)
        seeds = [member.seed for member in members]
        self.batches = Batches(
            self.rules,
            self.network,
            x[:, :n],
            config.pair.encode(t[:, :n]),
            data.inputs[:n].T,
            config.feature_list,
            seeds if len(set(seeds)) > 1 else seeds[:1],
            config.training.augmentation,
        )
        self.update_rule = UpdateRule(self.network, members, self.rules)
        self.epoch = self.batch = 0
        self.early_stopping = EarlyStopping(len(members), "test_loss" if n < len(data.inputs) else "train_loss")
        self._begin_epoch()
        self._measure()

    def _begin_epoch(self) -> None:
        self.update_rule.schedule(self.epoch)
        self.batches.shuffle()
        self.batches.split(self.config.training.batch_size)
        self._next = 0

    # -- reading ------------------------------------------------------------------------------------------------------

    @property
    def arithmetic(self) -> str:
        """What trains it: "numpy"."""
        return "numpy"

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
        with np.errstate(all="ignore"):
            return self.evaluation.measure()[0]

    def data(self) -> Data:
        """The points as trained on, in the trainer's order."""
        return self._data

    def model(self, member: int = 0, parameters: Array | None = None) -> Model:
        """An inference copy of one member, now or with a row of earlier ``parameters``."""
        index = self.index_of(member)
        w = self.network.w[index] if parameters is None else np.asarray(parameters, self.dtype)
        cut = self.update_rule.cut
        config = self.config.members[member] if self.config.sweep else self.config
        return Model(config, w, None if cut is None else cut[index], self._means, self.rules)

    def index_of(self, member: int) -> Any:
        """Where a member stands in a stacked array; InvalidArgument if there is no such member."""
        if not 0 <= member < self.member_count:
            raise InvalidArgument(f"member {member} does not exist: use 0 to {self.member_count - 1}", "member")
        return member if self.network.lead else ...

    # -- training -----------------------------------------------------------------------------------------------------

    def advance(self, batches: int) -> bool:
        """Train at most ``batches`` mini-batches, never past the end of the epoch under way.

        True when that epoch is complete and ``metrics`` are its own; False otherwise, and at once when halted.
        """
        if self.halted:
            return False
        with np.errstate(all="ignore"):  # a number that is not finite is found by the check in _train_batch
            for batch in self.batches.batches[self._next : self._next + batches]:
                if not self._train_batch(batch):
                    return False
            if self._next < len(self.batches.batches):
                return False
            self.epoch += 1
            self.batch = 0
            self._measure()
            self.early_stopping.update(self.config, self.metrics)
        self._begin_epoch()
        return True

    def _train_batch(self, batch: Batch) -> bool:
        """One step; False when it would have diverged and no member is left to train."""
        x, x_T, t, scale, buffers = batch
        network = self.network
        if buffers.dropouts:
            self.batches.draw_dropout(buffers)
        network.forward(buffers, x)
        network.backward(buffers, x_T, t, scale)
        if not self.update_rule.is_finite_below(self._limit) and not self._diverge(buffers):
            return False
        frozen = self.early_stopping.frozen
        if frozen:
            network.g[frozen] = 0.0
        self.update_rule.step(frozen)
        self._next += 1
        self.batch += 1
        self.batches.offset += buffers.width
        return True

    def _diverge(self, buffers: Pass) -> bool:
        """Freeze the members whose numbers are out of range, before they reach the weights; False if none is left."""
        for index, fine in enumerate(self.update_rule.members_finite_below(self._limit)):
            if not fine and self.early_stopping.halted[index] is None:
                at: Any = index if self.network.lead else ...
                where = describe_divergence(self.network, buffers, at)
                self.network.g[at] = 0.0  # nothing that is not finite is shown
                rate = self.update_rule.learning_rates[index]
                self.early_stopping.halt(
                    index,
                    DIVERGED,
                    f"in epoch {self.epoch + 1}, mini-batch {self.batch + 1}, {where}. The weights are those before "
                    f"that step: lower the learning rate ({rate:.4g}) and reset, or edit them",
                )
        return self.halted is None

    def measured(self) -> Metrics:
        """The metrics of the present weights, also within an epoch, where ``metrics`` are those of its beginning."""
        with np.errstate(all="ignore"):
            train, test, train_accuracy, test_accuracy = self.evaluation.measure()
        rates: Column = tuple(self.update_rule.learning_rates)
        penalty = column(self.update_rule.penalty())
        return Metrics(self.epoch, train, test, train_accuracy, test_accuracy, penalty, rates)

    def _measure(self) -> None:
        self.metrics = self.measured()

    # -- commands, between two mini-batches ---------------------------------------------------------------------------

    def change(self, change: TrainingChange) -> None:
        """Apply a live change: the model, the optimizer's state and the position are kept.

        A new learning rate counts from the next mini-batch, a new batch size for what is left of this epoch. Members
        that had finished go on once nothing stops them.
        """
        config = change.applied_to(self.config)
        resplit = config.training.batch_size != self.config.training.batch_size
        self.config = config
        self.update_rule.configure(config.members)
        self.update_rule.schedule(self.epoch)
        if resplit:
            self.batches.split(config.training.batch_size)
            self._next = 0
        if change.model_fields_set & {"max_epochs", "stop"}:
            self.early_stopping.reapply(config, self.metrics)
        self.metrics = replace(self.metrics, penalty=column(self.update_rule.penalty()))

    def edit(self, change: WeightChange) -> None:
        """Set weights and biases, cut or restore links: see ``training.edits``. A halted member may train again."""
        edits.apply(change, self.network, self.update_rule, self.index_of(change.member))
        self.early_stopping.resume(change.member)
        rates = self.metrics.learning_rate  # they stay those of the latest whole epoch, as with a change
        self._measure()
        self.metrics = replace(self.metrics, learning_rate=rates)

    def reset(self, seed: int | None = None) -> None:
        """Back to epoch 0: the same initial weights, or those of another seed; settings and cuts stay."""
        cut = self.update_rule.cut
        if seed is not None:
            self.config = self.config.replaced(seed=seed)
        self._build()
        if cut is not None:
            self.update_rule.cut = cut
            self.network.w *= cut
            self._measure()

    # -- state --------------------------------------------------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        """Everything that training depends on: {"arrays": {name: array}, "meta": plain values and the config}."""
        batch_arrays, batch_meta = self.batches.state()
        update_arrays, update_meta = self.update_rule.state()
        return {
            "arrays": {"w": self.network.w.copy(), **batch_arrays, **update_arrays},
            "meta": {
                "config": self.config,
                "rules": self.rules.name,
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

        A state that names no rules was stored before there was a choice.
        """
        arrays, meta = state["arrays"], state["meta"]
        self.config = RunConfig.model_validate(meta["config"])
        name = meta.get("rules", NUMPY.name)
        if name != self.rules.name:
            self._take_rules(name)
        self._build()
        np.copyto(self.network.w, arrays["w"])
        self.update_rule.restore(arrays, meta["updates"])
        self.epoch, self.batch = meta["epoch"], meta["batch"]
        self.update_rule.schedule(self.epoch)
        self.batches.restore(arrays, meta["batches"])
        self.batches.split(self.config.training.batch_size)
        self._next = 0
        self.early_stopping.restore(meta["halting"])
        figures: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in meta["metrics"].items()}
        self.metrics = Metrics(**figures)
