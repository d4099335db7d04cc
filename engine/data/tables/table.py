"""A table as it was understood: its columns with their kinds and roles, its dialect, and every assumption in words."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from itertools import chain
from typing import Any

import numpy as np

from engine.data.tables.column import INPUT, NUMBER, TARGET, Cell, Column
from engine.data.tables.errors import UnreadableTable
from engine.data.tables.storage import pack, unpack
from engine.data.tables.texts import Texts
from engine.errors import InvalidArgument, shown
from engine.nn.registry import Array

STORED_VERSION = 2
# A column of more different texts keeps them packed until one is asked for.
UNPACKED = 1_000
PREVIEW_ROWS = 50


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """How a table is written. Every part can be overruled by a string of its name in ``read_table``'s ``overrides``.

    ``delimiter``, ``decimal`` and ``thousands`` are the marks themselves ("whitespace" for runs of spaces and tabs), or
    "" where the format has none ("none" for ``thousands`` where a person rules them out). ``skipped_lines`` counts the
    lines above the header that are no part of the table.
    """

    format: str
    delimiter: str = ""
    decimal: str = "."
    thousands: str = ""
    header: bool = True
    encoding: str = ""
    skipped_lines: int = 0


PARTS = tuple(part.name for part in fields(Dialect))


@dataclass(frozen=True, kw_only=True, eq=False)
class Table:
    """A table that was read. ``first_rows`` are the original texts of its first rows, ``notes`` plain sentences.

    ``id`` is the SHA-256, in hex, of the bytes it was read from and its dialect. ``task`` is the guess for its target.
    """

    id: str
    columns: tuple[Column, ...]
    dialect: Dialect
    notes: tuple[str, ...] = ()
    first_rows: tuple[tuple[str, ...], ...] = field(default=(), repr=False)
    task: str = "classification"

    @property
    def rows(self) -> int:
        """The number of rows."""
        return self.columns[0].rows

    @property
    def target(self) -> Column | None:
        """The column that is guessed to be the target; None where no column can be one."""
        return next((column for column in self.columns if column.role == TARGET), None)

    @property
    def inputs(self) -> tuple[Column, ...]:
        """The columns that are guessed to be inputs."""
        return tuple(column for column in self.columns if column.role == INPUT)

    def column(self, name: str) -> Column:
        """The column of that name; InvalidArgument lists those that exist."""
        for column in self.columns:
            if column.name == name:
                return column
        names = ", ".join(shown(column.name) for column in self.columns[:20])
        raise InvalidArgument(f"the table has no column {shown(name)}: choose one of {names}")

    def preview(self, count: int) -> list[list[str]]:
        """The original cell texts of the first ``count`` rows, of 50 at most."""
        return [list(row) for row in self.first_rows[:count]]

    def slice(self, start: int, stop: int) -> list[list[Cell]]:
        """The rows from ``start`` to ``stop`` as JSON takes them."""
        return [list(row) for row in zip(*(column.slice(start, stop) for column in self.columns), strict=True)]

    def missing_rows(self, names: Sequence[str]) -> Array:
        """bool (N,): which rows miss a cell in one of these columns."""
        missing = np.zeros(self.rows, bool)
        for name in names:
            missing |= self.column(name).is_missing
        return missing

    def with_roles(self, roles: Mapping[str, str]) -> Table:
        """The same table with other roles for these columns."""
        columns = tuple(replace(column, role=roles.get(column.name, column.role)) for column in self.columns)
        return replace(self, columns=columns)

    def to_bytes(self) -> bytes:
        """The stored form, which ``from_bytes`` reads without parsing a cell."""
        header = {
            "version": STORED_VERSION,
            "id": self.id,
            "dialect": asdict(self.dialect),
            "notes": self.notes,
            "first_rows": self.first_rows,
            "task": self.task,
            "columns": [{"name": c.name, "kind": c.kind, "role": c.role, "missing": c.missing} for c in self.columns],
        }
        texts = [Texts.of(column.values) for column in self.columns]
        arrays = [(c.cells, t.encoded, t.ends) for c, t in zip(self.columns, texts, strict=True)]
        return pack(header, list(chain.from_iterable(arrays)))

    @classmethod
    def from_bytes(cls, stored: bytes) -> Table:
        """The table that ``to_bytes`` stored, its arrays read-only; UnreadableTable for other bytes."""
        try:
            header, arrays = unpack(stored)
            if header["version"] != STORED_VERSION:
                raise ValueError("stored by another version")
            return cls(
                id=header["id"],
                columns=tuple(map(_stored_column, header["columns"], arrays[::3], arrays[1::3], arrays[2::3])),
                dialect=Dialect(**header["dialect"]),
                notes=tuple(header["notes"]),
                first_rows=tuple(map(tuple, header["first_rows"])),
                task=header["task"],
            )
        except (ValueError, KeyError, TypeError) as error:
            raise UnreadableTable("this is no table stored by this version: read its file again") from error


def _stored_column(described: dict[str, Any], cells: Array, encoded: Array, ends: Array) -> Column:
    texts = Texts(encoded, ends)
    numeric = described["kind"] == NUMBER
    return Column(
        **described,
        numbers=cells if numeric else None,
        codes=None if numeric else cells,
        values=tuple(texts) if len(texts) <= UNPACKED else texts,
    )


def table_id(content: bytes, dialect: Dialect) -> str:
    """The identity of a table: SHA-256 over the bytes and how they are read."""
    written = json.dumps(asdict(dialect), sort_keys=True).encode()
    return hashlib.sha256(hashlib.sha256(content).digest() + written).hexdigest()
