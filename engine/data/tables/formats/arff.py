"""ARFF, the format of Weka and OpenML: attributes that declare their kinds, then rows, dense or sparse."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from engine.data.tables.column import CATEGORY, DATE, NUMBER
from engine.data.tables.errors import UnreadableTable
from engine.data.tables.formats.format import Format
from engine.data.tables.grid import Declared, Grid
from engine.data.tables.limits import check_size
from engine.data.tables.numbers import numbers_of
from engine.data.tables.table import Dialect
from engine.data.tables.text import decode
from engine.errors import shown

# Weka escapes a quote by a backslash, others write it twice.
QUOTED = r"""'(?:[^'\\]|\\.|'')*+'|"(?:[^"\\]|\\.|"")*+\""""
CELL = re.compile(rf"[ \t]*+({QUOTED}|[^,]*+)[ \t]*+(,|\Z)")
ATTRIBUTE = re.compile(rf"@attribute\s++({QUOTED}|[^\s{{]++)\s*+(.*)", re.IGNORECASE | re.DOTALL)
PAIR = re.compile(rf"\s*+(\d{{1,9}})\s++({QUOTED}|[^,]*+)\s*+(,|\Z)")
ESCAPE = re.compile(r"\\(.)|(['\"])\2")
HEADER = re.compile(rb"(?:\xef\xbb\xbf)?(?:\s|%[^\n]*+\n)*+@relation", re.IGNORECASE)
NUMERIC = ("numeric", "real", "integer", "double", "float")


@dataclass(frozen=True)
class Attribute:
    """A column as declared. ``default``: what an omitted cell of a sparse row is, the first value of a nominal one."""

    name: str
    declared: Declared | None
    default: str


def read(content: bytes, stated: Mapping[str, str]) -> Grid:
    """The cells of an ARFF file."""
    text, encoding = decode(content, stated.get("encoding", ""))
    attributes: list[Attribute] = []
    rows: list[list[str]] = []
    in_data = sparse = False
    for number, line in enumerate(text.split("\n"), 1):
        line = line.strip()
        if not line or line.startswith("%"):
            continue
        if in_data:
            sparse = sparse or line.startswith("{")
            rows.append(_row(line, attributes, number))
            if len(rows) % 10_000 == 0:
                check_size(len(rows), len(attributes))
        elif line.lower().startswith("@data"):
            in_data = True
            check_size(1, len(attributes))
        elif line.lower().startswith("@attribute"):
            attributes.append(_attribute(line, number))
    if not in_data or not attributes:
        raise UnreadableTable("the ARFF file has no attributes or no @data: give all of it")
    check_size(len(rows), len(attributes))
    columns = [list(column) for column in zip(*rows, strict=True)]
    for attribute, column in zip(attributes, columns, strict=False):
        _check(attribute, column)
    return Grid(
        dialect=Dialect(format="arff", delimiter=",", encoding=encoding),
        names=[attribute.name for attribute in attributes],
        columns=columns,
        notes=["The rows are sparse: an omitted cell is 0, or the first value that its attribute lists."] * sparse,
        declared={i: each.declared for i, each in enumerate(attributes) if each.declared is not None},
    )


def _attribute(line: str, number: int) -> Attribute:
    match = ATTRIBUTE.fullmatch(line)
    if match is None:
        raise UnreadableTable(f"line {number} is no attribute: write @attribute name numeric, or {{a, b}}")
    name, kind = _plain(match[1]), match[2].strip()
    if kind.startswith("{"):
        values = tuple(_cells(kind.strip("{} \t"), number))
        if not kind.endswith("}") or not values:
            raise UnreadableTable(f"line {number}: the values of {shown(name)} do not end with }}")
        return Attribute(name, Declared(CATEGORY, tuple(dict.fromkeys(values))), values[0])
    word = kind.split(maxsplit=1)[0].lower() if kind else ""
    if word in NUMERIC:
        return Attribute(name, Declared(NUMBER), "0")
    if word == "date":
        return Attribute(name, Declared(DATE), "")
    if word == "string":
        return Attribute(name, None, "")
    raise UnreadableTable(f"line {number}: {shown(kind)} is no type: use numeric, string, date or {{a, b}}")


def _row(line: str, attributes: Sequence[Attribute], number: int) -> list[str]:
    if line.startswith("{"):
        return _sparse(line, attributes, number)
    cells = _cells(line, number)
    if len(cells) != len(attributes):
        raise UnreadableTable(
            f"line {number} has {len(cells)} cells: give one for each of {len(attributes)} attributes"
        )
    return cells


def _sparse(line: str, attributes: Sequence[Attribute], number: int) -> list[str]:
    cells = [attribute.default for attribute in attributes]
    inside = line[1:].split("}")[0] if "'" not in line and '"' not in line else line[1 : line.rfind("}")]
    position = 0
    while position < len(inside) and inside[position:].strip():
        match = PAIR.match(inside, position)
        if match is None or int(match[1]) >= len(attributes):
            raise UnreadableTable(f"line {number} is no sparse row: write {{index value, ...}} with indices from 0")
        cells[int(match[1])] = _plain(match[2])
        position = match.end()
    return cells


def _cells(line: str, number: int) -> list[str]:
    if "'" not in line and '"' not in line:
        return [_missing(cell.strip()) for cell in line.split(",")]
    cells = []
    position = 0
    while True:
        match = CELL.match(line, position)
        if match is None:
            raise UnreadableTable(f"line {number}: something follows a quote that closes: put it inside the quotes")
        cells.append(_plain(match[1]))
        position = match.end()
        if not match[2]:
            return cells


def _plain(cell: str) -> str:
    """A cell without its quotes and escapes; "" where it is missing."""
    cell = cell.strip()
    if len(cell) > 1 and cell[0] == cell[-1] and cell[0] in "'\"":
        return ESCAPE.sub(lambda match: match[1] or match[2], cell[1:-1])
    return _missing(cell)


def _missing(cell: str) -> str:
    return "" if cell == "?" else cell


def _check(attribute: Attribute, column: Sequence[str]) -> None:
    """UnreadableTable for a cell that is not what its attribute declares."""
    declared = attribute.declared
    if declared is None or declared.kind == DATE:
        return
    allowed: Callable[[str], bool] = declared.values.__contains__
    if declared.kind == NUMBER:
        if numbers_of([cell for cell in column if cell]) is not None:
            return
        allowed = lambda cell: numbers_of([cell]) is not None  # noqa: E731
    for cell in set(column) - {""}:
        if not allowed(cell):
            what = "number" if declared.kind == NUMBER else "value of those it lists"
            raise UnreadableTable(
                f"{shown(cell)} in {shown(attribute.name)} is no {what}: correct the cell or its type"
            )


arff = Format(
    name="arff",
    title="ARFF",
    parts=("encoding",),
    fits=lambda content: HEADER.match(content) is not None,
    read=read,
)
