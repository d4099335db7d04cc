"""JSON in its usual shapes: rows, columns, {"data": ...}, {"inputs": ..., "targets": ...}, or one row a line."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from engine.data.tables.errors import UnreadableTable
from engine.data.tables.formats.format import Format
from engine.data.tables.grid import Grid
from engine.data.tables.layout import grid_of
from engine.data.tables.limits import check_size
from engine.data.tables.table import Dialect
from engine.data.tables.text import decode
from engine.errors import shown

SHAPES = (
    'give [{"x": 1, "y": 2}, ...], [[1, 2], ...], {"x": [1, ...], "y": [2, ...]} or {"inputs": ..., "targets": ...}'
)
INPUTS, TARGETS = ("inputs", "data", "X", "x"), ("targets", "target", "labels", "y")
NAMES = ("columns", "feature_names", "names", "fields", "header")
WRAPPERS = ("data", "rows", "records", "items", "values", "table", "results", "observations")
LISTS = (list, tuple)
SPACES = b" \t\r\n"
SURROGATE = re.compile(r"\\ud[89a-f]", re.IGNORECASE)
MARK = b"\xef\xbb\xbf"


def fits(content: bytes) -> bool:
    """Whether this begins as JSON does."""
    return content.removeprefix(MARK).lstrip(SPACES)[:1] in (b"{", b"[")


def read(content: bytes, stated: Mapping[str, str]) -> Grid:
    """The cells of a JSON table."""
    text, encoding = decode(content, stated.get("encoding", ""))
    value = _parsed(text)
    if SURROGATE.search(text):
        value = _without_lone_surrogates(value)
    dialect = Dialect(format="json", encoding=encoding)
    if isinstance(value, dict):
        value = _unwrapped(value)
    if isinstance(value, list) and value and all(isinstance(row, list) for row in value):
        rows = [cells for row in value if any(cells := [_cell(cell) for cell in row])]
        return grid_of(rows, stated, dialect, [])
    if "header" in stated:
        raise UnreadableTable("only a list of rows may have a header: leave it out for other JSON", "header")
    if isinstance(value, dict):
        return _pairs(value, dialect) or _columns(value, dialect)
    if isinstance(value, list) and value and all(isinstance(row, dict) for row in value):
        return _records(value, dialect)
    raise UnreadableTable(f"this JSON is no table: {SHAPES}")


def _parsed(text: str) -> Any:
    """The value; numbers stay the texts they are, so that none loses a digit."""
    options: dict[str, Any] = {"parse_float": str, "parse_int": str, "parse_constant": str}
    try:
        return json.loads(text, **options)
    except RecursionError:
        raise UnreadableTable(f"this JSON is nested too deeply: {SHAPES}") from None
    except ValueError as error:
        lines = [line for line in text.split("\n") if line.strip()]
        try:
            return [json.loads(line, **options) for line in lines] if len(lines) > 1 else _refuse(error)
        except (ValueError, RecursionError):
            return _refuse(error)


def _without_lone_surrogates(value: Any) -> Any:
    """The same value; halves of characters, which no other notation can hold, are replaced."""
    written = json.dumps(value, ensure_ascii=False).encode("utf-16", "surrogatepass")
    return json.loads(written.decode("utf-16", "replace"))


def _refuse(error: ValueError) -> Any:
    raise UnreadableTable(f"this begins like JSON and is none ({error}): {SHAPES}") from None


def _unwrapped(value: dict[str, Any]) -> Any:
    """What {"data": [...]} and the like wrap, with names where they are given beside."""
    if any(isinstance(value.get(key), LISTS) for key in TARGETS) and any(key in value for key in INPUTS):
        return value
    for key in WRAPPERS:
        inner = value.get(key)
        if isinstance(inner, LISTS) and inner and isinstance(inner[0], LISTS):
            names = next((value[name] for name in NAMES if isinstance(value.get(name), LISTS)), None)
            return inner if names is None else [[_name(each) for each in names], *inner]
        if isinstance(inner, LISTS) and inner and isinstance(inner[0], dict):
            return inner
    lists = [each for each in value.values() if isinstance(each, LISTS)]
    if len(lists) == 1 and lists[0] and isinstance(lists[0][0], (*LISTS, dict)):
        return lists[0]
    return value


def _name(value: Any) -> str:
    return _cell(value.get("name", value) if isinstance(value, dict) else value)


def _pairs(value: dict[str, Any], dialect: Dialect) -> Grid | None:
    """{"inputs": [[...], ...], "targets": [...]}: the targets come last."""
    inputs_key = next((key for key in INPUTS if isinstance(value.get(key), list)), None)
    targets_key = next((key for key in TARGETS if isinstance(value.get(key), list)), None)
    if inputs_key is None or targets_key is None:
        return None
    inputs, targets = value[inputs_key], value[targets_key]
    if not (inputs and isinstance(inputs[0], list)) and inputs_key != "inputs":
        return None
    if len(inputs) != len(targets):
        raise UnreadableTable(
            f"{len(inputs)} rows of {inputs_key} and {len(targets)} {targets_key}: give one target for each row"
        )
    rows = [[*_vector(row), *_vector(target)] for row, target in zip(inputs, targets, strict=True)]
    _check_widths(rows)
    outputs = len(_vector(targets[0])) if targets else 0
    given: list[Any] = next((value[name] for name in NAMES if isinstance(value.get(name), list)), [])
    width = len(rows[0]) - outputs if rows else 0
    names = [_name(each) for each in given] if len(given) == width else [f"x{i + 1}" for i in range(width)]
    names += ["target"] if outputs == 1 else [f"target {i + 1}" for i in range(outputs)]
    notes = [f"Of {outputs} targets a row, the last is taken as the target."] if outputs > 1 else []
    return _grid(names, rows, dialect, notes, len(names) - 1)


def _columns(value: dict[str, Any], dialect: Dialect) -> Grid:
    """{"x": [...], "y": [...]}, or pandas' {"x": {"0": ..., "1": ...}, ...}."""
    if value and all(isinstance(each, dict) for each in value.values()):
        value = {name: list(each.values()) for name, each in value.items()}
    lengths = {name: len(each) for name, each in value.items() if isinstance(each, list)}
    if len(lengths) < len(value) or not lengths:
        wrong = next((name for name in value if name not in lengths), "")
        raise UnreadableTable(f"{shown(wrong)} in this JSON is no list of cells: {SHAPES}")
    if len(set(lengths.values())) > 1:
        described = ", ".join(f"{shown(name)} {count}" for name, count in list(lengths.items())[:5])
        raise UnreadableTable(f"the columns have different lengths ({described}): give every column the same")
    check_size(max(lengths.values()), len(lengths))
    columns = [[_cell(cell) for cell in cells] for cells in value.values()]
    return Grid(dialect=dialect, names=list(value), columns=columns)


def _records(records: Sequence[dict[str, Any]], dialect: Dialect) -> Grid:
    names = list(dict.fromkeys(name for record in records for name in record))
    check_size(len(records), len(names))
    columns = [[_cell(record.get(name)) for record in records] for name in names]
    short = sum(len(record) < len(names) for record in records)
    notes = [f"{short} of {len(records)} rows lack a field: it counts as missing."] if short else []
    return Grid(dialect=dialect, names=names, columns=columns, notes=notes)


def _grid(names: list[str], rows: list[list[str]], dialect: Dialect, notes: list[str], target: int) -> Grid:
    check_size(len(rows), len(names))
    columns = [list(column) for column in zip(*rows, strict=True)]
    return Grid(dialect=dialect, names=names, columns=columns, notes=notes, target=target)


def _check_widths(rows: Sequence[Sequence[str]]) -> None:
    for index, row in enumerate(rows):
        if len(row) != len(rows[0]):
            raise UnreadableTable(
                f"row {index + 1} has {len(row)} numbers and the first {len(rows[0])}: give every row the same"
            )


def _vector(value: Any) -> list[str]:
    return [_cell(each) for each in value] if isinstance(value, list) else [_cell(value)]


def _cell(value: Any) -> str:
    """The text of a cell: that of a number or string, true or false, or "" for null; JSON for what is nested."""
    if isinstance(value, str):
        return value.strip()
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value)


json_tables = Format(name="json", title="JSON", parts=("header", "encoding"), fits=fits, read=read)
