"""What every format gives: the texts of the cells, column by column, before anything is said about their kinds."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.data.tables.table import Dialect


@dataclass(frozen=True)
class Declared:
    """A kind that the file itself declares, and of a category its values in the declared order."""

    kind: str
    values: tuple[str, ...] = ()


@dataclass(kw_only=True)
class Grid:
    """Texts of cells: ``columns`` holds one list of N texts a column, "" where a cell is missing.

    ``names``: one a column, "" for one without a name. ``target``: the column that the format itself calls the target.
    """

    dialect: Dialect
    names: list[str]
    columns: list[list[str]]
    notes: list[str] = field(default_factory=list)
    declared: dict[int, Declared] = field(default_factory=dict)
    target: int | None = None
