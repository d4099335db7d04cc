"""The learning-rate range test of a config. It belongs to no run."""

from typing import Any

from pydantic import BaseModel, Field

from engine.config import RunConfig
from engine.data.tables import Table
from engine.inspection.range_test import range_test_pieces
from engine.pieces import Pieces


class RangeTest(BaseModel):
    """One value per step; the suggestions are null where the loss never falls."""

    learning_rates: list[float]
    losses: list[float]
    smoothed: list[float]
    steepest: float | None = Field(description="Where the smoothed loss falls fastest.")
    minimum_tenth: float | None = Field(description="A tenth of the rate at the smoothed loss's minimum.")


def range_test(config: str, rules: str, table: bytes | None = None) -> Pieces[Any]:
    """The engine's result for a config in JSON, and the stored form of the table that it names; its fields are those of
    `RangeTest`."""
    unpacked = None if table is None else Table.from_bytes(table)
    return range_test_pieces(RunConfig.from_stored(config), rules, table=unpacked)
