"""How long a table takes to read, beside Python's csv alone: ``python -m benchmarks.tables``.

The csv module (json for JSON) only cuts the same bytes into texts. Both sides take turns, in processor time; MB/s hold
for this machine and moment.
"""

from __future__ import annotations

import csv
import json

import numpy as np

from benchmarks.clock import Work, ratio, spread, take_turns
from engine.data.tables import Table, read_table

ROUNDS = 15
CLASSES = ("setosa", "versicolor", "virginica")


def numbers(rows: int, columns: int) -> np.ndarray:
    """The same random numbers at every run."""
    return np.random.default_rng(0).normal(size=(rows, columns))


def as_csv(rows: int, columns: int, *, european: bool = False, missing: float = 0.0) -> bytes:
    """Numbers of three digits after the point, a class at the end; ``missing``: the share of cells that are empty."""
    cells = np.char.mod("%.3f", numbers(rows, columns))
    cells[np.random.default_rng(1).uniform(size=cells.shape) < missing] = ""
    delimiter = ";" if european else ","
    lines = [delimiter.join((*row, CLASSES[i % 3])) for i, row in enumerate(cells.tolist())]
    text = "\n".join((delimiter.join(f"x{i}" for i in range(columns)) + f"{delimiter}class", *lines))
    return (text.replace(".", ",") if european else text).encode()


def words(rows: int) -> bytes:
    """Categories, dates and free text."""
    lines = (
        f'{CLASSES[i % 3]},2024-{i % 12 + 1:02}-{i % 28 + 1:02},"words, {i} of them",{i % 97}' for i in range(rows)
    )
    return "\n".join(("kind,day,note,count", *lines)).encode()


def as_json(rows: int, columns: int) -> bytes:
    """One object a row."""
    return json.dumps(
        [dict(zip("abcdefgh", row, strict=False)) for row in numbers(rows, columns).round(3).tolist()]
    ).encode()


TABLES = {
    "10,000 x 60 numbers": as_csv(10_000, 60),
    "the same, European": as_csv(10_000, 60, european=True),
    "the same, a tenth missing": as_csv(10_000, 60, missing=0.1),
    "40,000 rows of words": words(40_000),
    "20,000 x 8, JSON": as_json(20_000, 8),
}


def main() -> None:
    for name, content in TABLES.items():
        text, megabytes = content.decode(), len(content) / 1e6
        stored = read_table(content).to_bytes()
        sides: dict[str, Work] = {
            "read": lambda content=content: read_table(content),  # type: ignore[misc]
            "alone": (lambda text=text: json.loads(text))  # type: ignore[misc]
            if text.startswith("[")
            else (lambda text=text: list(csv.reader(text.splitlines(keepends=True)))),  # type: ignore[misc]
            "load": lambda stored=stored: Table.from_bytes(stored),  # type: ignore[misc]
        }
        times = take_turns(sides, ROUNDS)
        speed = spread([megabytes / (each / 1e3) for each in times["read"]])
        print(
            f"{name} ({megabytes:.1f} MB): {ratio(times, 'read', 'alone')} times Python's parser alone; {speed} MB/s; "
            f"loaded from its stored form in {spread(times['load'])} ms"
        )


if __name__ == "__main__":
    main()
