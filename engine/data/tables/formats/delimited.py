"""CSV and its relatives: cells between commas, semicolons, tabs, bars or runs of spaces, tokenised by Python's csv."""

from __future__ import annotations

import csv as standard_csv
import re
from collections.abc import Mapping
from dataclasses import replace

from engine.data.tables import delimiters, overrides
from engine.data.tables.errors import UnreadableTable
from engine.data.tables.formats.format import Format
from engine.data.tables.grid import Grid
from engine.data.tables.layout import grid_of
from engine.data.tables.surroundings import Row
from engine.data.tables.table import PARTS, Dialect
from engine.data.tables.text import FALLBACK, decode

NAMED = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars", "whitespace": "runs of spaces"}
PADDING = re.compile(r"[^\S\n]")
FIRST_LINE = re.compile(r'"?sep=(.|\\t)"?;?[,;\t]*', re.IGNORECASE)
LONGEST_COMMENT = 200
ONE_COLUMN = (
    "only one column was found: give at least one input and a target, separated by commas, semicolons, tabs, bars "
    "or spaces, or name the delimiter"
)


def read(content: bytes, stated: Mapping[str, str]) -> Grid:
    """The cells of a delimited file."""
    text, encoding = decode(content, stated.get("encoding", ""))
    # str.splitlines would also split at marks that only look like line ends.
    lines = [line + "\n" for line in text.split("\n")]
    skipped = overrides.skipped_lines_of(stated) or 0
    delimiter = overrides.delimiter_of(stated)
    if not skipped and (found := FIRST_LINE.fullmatch(lines[0].strip("\n"))):
        delimiter = delimiter or {"\\t": "\t", " ": overrides.WHITESPACE}.get(found[1], found[1])
        skipped = 1
    if not skipped and lines[0].lstrip().startswith("/*"):
        skipped = next((number for number, line in enumerate(lines[:LONGEST_COMMENT], 1) if "*/" in line), 0)
    lines = lines[skipped:]
    notes = []
    if delimiter is None:
        delimiter = delimiters.delimiter_of(lines)
        if not delimiter:
            raise UnreadableTable(ONE_COLUMN, "delimiter")
    if delimiter != ",":
        notes.append(f"Cells are separated by {NAMED.get(delimiter, repr(delimiter))}.")
    if encoding == FALLBACK and "encoding" not in stated:
        notes.append("The file is no UTF-8: it is read as Windows-1252.")
    rows, ends = _rows(lines, delimiter, skipped, PADDING.search(text) is not None)
    dialect = Dialect(
        format="csv",
        delimiter=delimiter,
        thousands=overrides.thousands_of(stated) or "",
        encoding=encoding,
        skipped_lines=skipped,
    )
    grid = grid_of(rows, stated, dialect, notes, ends)
    if len(grid.columns) < 2:
        raise UnreadableTable(ONE_COLUMN, "delimiter")
    decimal = overrides.decimal_of(stated)
    if decimal is None:
        looks = delimiters.may_have_decimal_commas(text, delimiter)
        decimal = delimiters.decimal_of(grid.columns, delimiter) if looks else "."
        if decimal == ",":
            grid.notes.append("Numbers have a decimal comma.")
    grid.dialect = replace(grid.dialect, decimal=decimal)
    return grid


def _rows(lines: list[str], delimiter: str, skipped: int, padded: bool) -> tuple[list[Row], list[int]]:
    """The rows that hold a cell, and the line in which each ends."""
    rows: list[Row] = []
    ends: list[int] = []
    reader = delimiters.reader_of(lines, delimiter, quote=delimiters.quote_of(lines, delimiter))
    try:
        for row in reader:
            if any(row):
                rows.append([cell.strip() for cell in row] if padded else row)
                ends.append(skipped + reader.line_num)
    except standard_csv.Error as error:
        line = ends[-1] + 1 if ends else skipped + 1
        raise UnreadableTable(
            f"the quotes that open in line {line} do not close, or something follows them ({error}): "
            'write a quote within quotes twice, as "say ""a"""'
        ) from None
    return rows, ends


csv = Format(name="csv", title="CSV", parts=PARTS[1:], fits=lambda content: True, read=read)
