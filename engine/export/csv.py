"""The format csv: the metrics of all epochs, one line an epoch and member; empty where a figure has no number."""

from __future__ import annotations

from collections.abc import Iterable
from math import isfinite

from engine.export.entry import Format
from engine.training.evaluation import FIGURES

HEADER = ",".join(["epoch", "member", *FIGURES]) + "\n"


def lines(epochs: Iterable[int], figures: Iterable[Iterable[Iterable[float]]]) -> list[str]:
    """The lines of some epochs; ``figures`` of each, for each member, are in the order of ``FIGURES``."""
    return [
        f"{epoch},{member},{','.join('' if not isfinite(number) else repr(number) for number in numbers)}\n"
        for epoch, members in zip(epochs, figures, strict=True)
        for member, numbers in enumerate(members)
    ]


format_ = Format(
    name="csv",
    title="Metrics (CSV)",
    note="The metrics of all stored epochs and all members.",
    filename="metrics.csv",
    media_type="text/csv",
    write=None,
)
