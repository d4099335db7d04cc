"""The limits on the size of a run, checked before it starts. An error names the limit, its setting and the remedy."""

import math
from itertools import pairwise
from typing import Any

from app.errors import ErrorItem, InvalidArgument, over_limit, rejected
from app.inspections.registry import INSPECTIONS
from app.settings import Settings
from engine.config import RunConfig, TrainingChange
from engine.config.dataset import CLASS_INDICES
from engine.nn.losses import CLASSIFICATION


def check(config: RunConfig, settings: Settings) -> None:
    """InvalidArgument for a run that is too large for this server, or whose own data numbers its classes from 1."""
    weights = weights_of(config)
    own, table = config.dataset.targets is not None, config.columns is not None
    inputs = config.encoded_inputs
    for loc, what, asked, name, hint in (
        (
            "dataset.inputs" if own else "dataset.table" if table else "dataset.samples",
            "examples",
            config.samples,
            "max_samples",
            f"upload a table of at most {settings.max_samples:,} rows" if table else "",
        ),
        ("dataset.inputs" if table else "dataset.inputs.0", "inputs of one example", inputs, "max_inputs", ""),
        (
            "dataset.inputs",
            "values of all examples",
            config.samples * inputs,
            "max_values",
            "use fewer inputs, categories of fewer values, or fewer examples",
        ),
        ("network.hidden", "hidden layers", len(config.network.hidden), "max_layers", ""),
        *(
            (f"network.hidden.{index}.units", "units in one layer", layer.units, "max_units", "")
            for index, layer in enumerate(config.network.hidden)
        ),
        ("sweep.values", "members", config.member_count, "max_members", ""),
        (
            "network",
            "weights of all members",
            weights * config.member_count,
            "max_parameters",
            "use fewer units, layers, inputs or members",
        ),
        ("training.max_epochs", "epochs", config.training.max_epochs or 0, "max_epochs", ""),
    ):
        limit = getattr(settings, name)
        if asked > limit:
            parts = [int(part) if part.isdecimal() else part for part in loc.split(".")]
            raise over_limit(["config", *parts], what, asked, name, limit, hint)
    if own and config.task == CLASSIFICATION:
        _check_first_class(config.dataset.targets or ())


def _check_first_class(targets: tuple[Any, ...]) -> None:
    """Several classes without class 0 were probably numbered from 1; a single class may be a part of a data set."""
    if 0 not in (found := set(targets)) and len(found) > 1:
        message = f"{CLASS_INDICES}; here class 0 never occurs and {min(found)} is the lowest"
        raise rejected([ErrorItem(loc=["config", "dataset", "targets"], message=message)])


def fitted(config: RunConfig, settings: Settings) -> RunConfig:
    """The config with its unset fields lowered to the limits, so that `{}` is a valid run on every server."""
    dataset, network = config.dataset, config.network
    if "samples" not in dataset.model_fields_set and dataset.samples > settings.max_samples:
        # Validated, not copied: a copy would keep the cached JSON text of the default.
        given = {name: getattr(dataset, name) for name in dataset.model_fields_set}
        dataset = type(dataset).model_validate(given | {"samples": settings.max_samples})
    whole = "hidden" not in network.model_fields_set
    layers = network.hidden[: settings.max_layers] if whole else network.hidden
    hidden = tuple(
        layer.model_copy(update={"units": settings.max_units})
        if layer.units > settings.max_units and (whole or "units" not in layer.model_fields_set)
        else layer
        for layer in layers
    )
    if dataset is config.dataset and hidden == network.hidden:
        return config
    return config.replaced(dataset=dataset, network=network.model_copy(update={"hidden": hidden}))


def weights_of(config: RunConfig) -> int:
    """Weights and biases of one member."""
    return sum((before + 1) * after for before, after in pairwise(config.sizes))


def passes_allowed(config: RunConfig, settings: Settings) -> int:
    """How many forward and backward passes over all training points an inspection may take."""
    work = weights_of(config) * max(1, round(config.samples * config.dataset.train_fraction))
    return settings.max_study // work


def check_inspection(name: str, config: RunConfig, settings: Settings) -> None:
    """InvalidArgument for an inspection that takes more passes over all training points than the server allows."""
    entry = INSPECTIONS[name]
    if entry.passes and entry.passes(config) > passes_allowed(config, settings):
        raise InvalidArgument(
            f"{entry.title} of this run needs more multiplications than this server's limit of {settings.max_study:,} "
            "(DESCENT_MAX_STUDY); use fewer training points or a smaller network.",
        )


def finest_landscape(config: RunConfig, path: int, settings: Settings) -> int:
    """The finest odd resolution of a landscape that may be measured, with `path` points of the run's path; 0: none."""
    side = math.isqrt(max(0, passes_allowed(config, settings) - path))
    return side if side % 2 else max(0, side - 1)


def check_change(change: TrainingChange, settings: Settings) -> None:
    """InvalidArgument for a live change past a limit."""
    if (change.max_epochs or 0) > settings.max_epochs:
        loc: list[str | int] = ["training", "max_epochs"]
        raise over_limit(loc, "epochs", change.max_epochs or 0, "max_epochs", settings.max_epochs)
