"""What a run may ask for: checked before it starts, each refusal naming the limit and the setting that moves it."""

from itertools import pairwise

from app.problems import over_limit
from app.settings import Settings
from engine.config import RunConfig, TrainingChange


def check(config: RunConfig, settings: Settings) -> None:
    """Problem 422 for a run that is too large for this server."""
    weights = weights_of(config)
    widest = max(config.network.hidden, key=lambda layer: layer.units, default=None)
    for loc, what, asked, name in (
        ("dataset.samples", "examples", config.samples, "max_samples"),
        ("dataset.inputs", "inputs of one example", config.inputs, "max_inputs"),
        ("network.hidden", "hidden layers", len(config.network.hidden), "max_layers"),
        ("network.hidden", "units in one layer", widest.units if widest else 0, "max_units"),
        ("sweep.values", "members", config.member_count, "max_members"),
        ("network", "weights of all members", weights * config.member_count, "max_parameters"),
        ("training.max_epochs", "epochs", config.training.max_epochs or 0, "max_epochs"),
    ):
        limit = getattr(settings, name)
        if asked > limit:
            raise over_limit(["body", "config", *loc.split(".")], what, asked, name, limit)


def weights_of(config: RunConfig) -> int:
    """Weights and biases of one member."""
    return sum((before + 1) * after for before, after in pairwise(config.sizes))


def check_study(config: RunConfig, passes: int, settings: Settings) -> None:
    """Problem 422 for a study that takes so many passes of all training points, if that is more than may be."""
    work = passes * weights_of(config) * max(1, round(config.samples * config.dataset.train_fraction))
    if work > settings.max_study:
        raise over_limit(["body", "config"], "multiplications", work, "max_study", settings.max_study)


def check_change(change: TrainingChange, settings: Settings) -> None:
    """Problem 422 for a live change past a limit."""
    if (change.max_epochs or 0) > settings.max_epochs:
        loc: list[str | int] = ["body", "training", "max_epochs"]
        raise over_limit(loc, "epochs", change.max_epochs or 0, "max_epochs", settings.max_epochs)
