"""A run as the kernel's structures: its network, the rule of a step, and the stop rules."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from engine.kernel.bindings import (
    ACTIVATIONS,
    LABELS_RIGHT,
    LOSSES,
    MAX_LAYERS,
    NONE_RIGHT,
    ONE_RIGHT,
    OPTIMIZERS,
    OUTPUTS,
)
from engine.kernel.layout import Layout
from engine.nn.arithmetic.layout import layout_of
from engine.nn.losses import MULTILABEL, REGRESSION
from engine.training.divergence import divergence_threshold
from engine.training.early_stopping import MIN_IMPROVEMENT
from engine.training.evaluation import MEASURED
from engine.training.parts import Parts

# Each optimizer's body in C, whose first three parameters are its own; what follows is a decay.
BODIES = {name: OPTIMIZERS.index(name) for name in OPTIMIZERS} | {"adamw": OPTIMIZERS.index("adam")}
ANSWERS = {MULTILABEL: LABELS_RIGHT, REGRESSION: NONE_RIGHT}


def covers(parts: Parts) -> bool:
    """Whether every part of a run has a body in C."""
    network, training = parts.network, parts.config.training
    return (
        network.dtype == np.float32
        and len(network.hidden) < MAX_LAYERS
        and all(layer.activation.name in ACTIVATIONS for layer in network.hidden)
        and network.pair.output in OUTPUTS
        and network.pair.loss in LOSSES
        and training.optimizer.name in BODIES
        and training.regularizer.name in ("none", "l1", "l2")
    )


def training_layout(parts: Parts) -> Layout:
    """The network as the kernel sees it, and what counts as a right answer."""
    return layout_of(parts.network, ANSWERS.get(parts.config.task, ONE_RIGHT))


def rule_of(parts: Parts, member: int) -> tuple[Any, ...]:
    """The fields of the C structure Rule, its addresses 0."""
    training, rule = parts.update_rule.members[member].training, parts.update_rule
    own = len(rule.optimizer.parameters) - (rule.optimizer.decay is not None)
    numbers = [*training.optimizer.parameters[:own], 0.0, 0.0, 0.0][:3]
    decay = training.optimizer.parameters[own] if rule.optimizer.decay is not None else 0.0
    l1, l2 = (training.regularizer.rate * (training.regularizer.name == kind) for kind in ("l1", "l2"))
    # A penalty or decay in proportion to a weight can make it grow without limit: the weights are watched as well.
    watched = rule.optimizer.decay is not None or l2 > 0
    limit = divergence_threshold(parts.network.dtype)
    body = BODIES[training.optimizer.name]
    return body, watched, training.clip_norm or 0.0, limit, *numbers, l1, l2, decay, 0, 0


def stop_of(parts: Parts, member: int) -> tuple[Any, ...]:
    """The fields of the C structure Stop."""
    stop = parts.update_rule.members[member].training.stop
    monitored = MEASURED.index(parts.early_stopping.monitored.removesuffix("_loss"))
    return math.nan if stop.train_loss is None else stop.train_loss, MIN_IMPROVEMENT, stop.patience or 0, monitored
