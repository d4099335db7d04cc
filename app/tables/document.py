"""A table as the API answers it: its columns with what a preview shows of each, its dialect and its first rows."""

from contextlib import suppress
from dataclasses import asdict, fields
from typing import Any, Literal

import numpy as np
from pydantic import BaseModel, Field, create_model

from engine.data.tables import Column, Dialect, Table

PREVIEW_ROWS = 20
# A preview of very many columns has fewer rows.
PREVIEW_CELLS = 20_000
BINS = 20
MAX_VALUES = 30
LONGEST_TEXT = 200
MAX_GAPS = 200

Cell = float | str | None

TableDialect = create_model(
    "TableDialect",
    __doc__="How the file was read. Each part can be overruled by a query parameter of its name.",
    **{field.name: (field.type, ...) for field in fields(Dialect)},  # type: ignore[call-overload]
)


class TableColumn(BaseModel):
    """A column: what it was taken for, and what it holds."""

    name: str
    kind: Literal["number", "binary", "category", "date", "id", "text"]
    role: Literal["input", "target", "omitted"] = Field(description="Suggested for a run; a run may name others.")
    missing: int = Field(description="Cells without a value.")
    min: float | None = Field(description="Of numbers.")
    max: float | None
    distinct: int = Field(description="Different values.")
    values: list[str] | None = Field(
        description=f"The most frequent {MAX_VALUES}, in their order; null for numbers. Long texts are cut off."
    )
    edges: list[float] | None = Field(description="Of numbers, the edges of a histogram's bins.")
    counts: list[int] = Field(description="How many cells each of `values` has, or each bin.")


class Gaps(BaseModel):
    """Rows that miss a value in the same columns."""

    columns: list[int] = Field(description="Places of the columns, from 0.")
    rows: int


class TableDocument(BaseModel):
    """A table as it was understood."""

    id: str = Field(description="A hash of the file's bytes and of the dialect: the same on every server.")
    name: str = Field(description="The file's name, for the one who uploaded it; empty for everybody else.")
    rows: int
    task: Literal["classification", "regression", "multilabel"] = Field(
        description="What the suggested target suggests."
    )
    columns: list[TableColumn]
    dialect: TableDialect
    notes: list[str] = Field(description="Every assumption, in a sentence each.")
    preview: list[list[Cell]] = Field(description="The first rows; null for a missing cell.")
    gaps: list[Gaps] | None = Field(
        description=f"Rows with missing cells, grouped by the columns that miss them; null if there are more than "
        f"{MAX_GAPS} such groups."
    )
    texts: list[list[str]] = Field(description="The same rows as the file has them.")


class CreatedTable(TableDocument):
    """A table that was read; the token only where the caller had none."""

    owner_token: str | None = Field(None, description="Store it: it is sent once, and only it deletes the table.")


class TableRows(BaseModel):
    """Rows of a table; `next` is the offset to go on from."""

    offset: int
    rows: list[list[Cell]]
    next: int | None


def document(table: Table) -> dict[str, Any]:
    """The fields of a TableDocument, without the file's name."""
    shown = min(PREVIEW_ROWS, max(1, PREVIEW_CELLS // len(table.columns)), table.rows)
    return {
        "id": table.id,
        "rows": table.rows,
        "task": table.task,
        "columns": [_column(column) for column in table.columns],
        "dialect": asdict(table.dialect),
        "notes": table.notes,
        "preview": [[_cut(cell) for cell in row] for row in table.slice(0, shown)],
        "gaps": _gaps(table),
        "texts": [[_cut(text) for text in row] for row in table.preview(shown)],
    }


def _gaps(table: Table) -> list[dict[str, Any]] | None:
    """So that whoever chooses columns can count the rows that miss a value in any of them."""
    holes = [index for index, column in enumerate(table.columns) if column.missing]
    if not holes:
        return []
    missing = np.packbits([table.columns[index].is_missing for index in holes], axis=0).T
    kinds, rows = np.unique(missing[missing.any(axis=1)], axis=0, return_counts=True)
    if len(kinds) > MAX_GAPS:
        return None
    columns = np.unpackbits(kinds, axis=1, count=len(holes)).astype(bool)
    return [
        {"columns": [index for index, is_missing in zip(holes, group, strict=True) if is_missing], "rows": count}
        for group, count in zip(columns.tolist(), rows.tolist(), strict=True)
    ]


def _column(column: Column) -> dict[str, Any]:
    about = {
        "name": column.name,
        "kind": column.kind,
        "role": column.role,
        "missing": column.missing,
        "min": column.minimum,
        "max": column.maximum,
        "distinct": len(column.different),
    }
    if column.numbers is None:
        return about | _frequent(column)
    counts, edges = _histogram(column.numbers[~column.is_missing])
    return about | {"values": None, "edges": edges, "counts": counts}


def _frequent(column: Column) -> dict[str, Any]:
    """The most frequent values with their counts, in the order of the column's values."""
    assert column.codes is not None
    counts = np.bincount(column.codes[~column.is_missing], minlength=len(column.values))
    codes = np.sort(np.argsort(-counts, kind="stable")[:MAX_VALUES]).tolist()
    codes = [code for code in codes if counts[code]]
    values = [_cut(column.values[code]) for code in codes]
    return {"values": values, "edges": None, "counts": counts[codes].tolist()}


def _histogram(numbers: Any) -> tuple[list[int], list[float]]:
    """Counts and edges of bins of equal width; one bin where the numbers are too close for more."""
    if not len(numbers):
        return [], []
    scale = float(np.abs(numbers).max()) or 1.0  # the difference of two doubles need not be finite
    low, high = float(numbers.min()), float(numbers.max())
    with suppress(ValueError):
        if low < high:
            counts, edges = np.histogram(numbers / scale, BINS)
            return counts.tolist(), (edges * scale).tolist()
    return [len(numbers)], [low, high]


def _cut(cell: Any) -> Any:
    return f"{cell[:LONGEST_TEXT]}…" if isinstance(cell, str) and len(cell) > LONGEST_TEXT else cell
