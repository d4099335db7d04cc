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
from engine.data.tables.table import Dialect
from engine.data.tables.text import FALLBACK, decode

NAMED = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars", "whitespace": "runs of spaces"}
PADDING = re.compile(r"[^\S\n]")
FIRST_LINE = re.compile(r'"?sep=(.|\\t)"?;?[,;\t]*', re.IGNORECASE)


def read(content: bytes, stated: Mapping[str, str]) -> Grid:
    """The cells of a delimited file."""
    text, encoding = decode(content, stated.get("encoding", ""))
    lines = _lines(text)
    skipped = overrides.skipped_lines_of(stated) or 0
    lines = lines[skipped:]
    notes = []
    delimiter = overrides.delimiter_of(stated)
    if lines and (found := FIRST_LINE.fullmatch(lines[0].strip("\n"))):
        delimiter = delimiter or {"\\t": "\t", " ": overrides.WHITESPACE}.get(found[1], found[1])
        lines = lines[1:]
        skipped += 1
    if delimiter is None:
        delimiter = delimiters.delimiter_of([line for line in lines[: delimiters.SAMPLE_LINES] if line.strip()])
        if not delimiter:
            raise UnreadableTable(
                "only one column was found: give at least one input and a target, separated by commas, "
                "semicolons, tabs, bars or spaces, or name the delimiter",
                "delimiter",
            )
        if delimiter != ",":
            notes.append(f"Cells are separated by {NAMED[delimiter]}.")
    if encoding == FALLBACK and "encoding" not in stated:
        notes.append("The file is no UTF-8: it is read as Windows-1252.")
    dialect = Dialect(
        format="csv",
        delimiter=delimiter,
        thousands=overrides.thousands_of(stated) or "",
        encoding=encoding,
        skipped_lines=skipped,
    )
    grid = grid_of(
        _rows(lines, delimiter, PADDING.search(text) is not None), overrides.header_of(stated), dialect, notes
    )
    decimal = overrides.decimal_of(stated)
    if decimal is None:
        possible = "," in text and (delimiter != "," or '"' in text)
        decimal = delimiters.decimal_of(grid.columns, delimiter) if possible else "."
        if decimal == ",":
            grid.notes.append("Numbers have a decimal comma.")
    grid.dialect = replace(grid.dialect, decimal=decimal)
    return grid


def _lines(text: str) -> list[str]:
    """Lines with their ends: str.splitlines would also split at marks that only look like line ends."""
    return [line + "\n" for line in text.split("\n")]


def _rows(lines: list[str], delimiter: str, padded: bool) -> list[list[str]]:
    rows = []
    number = 1
    try:
        for row in delimiters.rows_of(lines, delimiter):
            number += 1
            if any(row):
                rows.append([cell.strip() for cell in row] if padded else row)
    except standard_csv.Error as error:
        raise UnreadableTable(
            f"the quotes in row {number} do not close, or something follows them ({error}): "
            'write a quote within quotes twice, as "say ""a"""'
        ) from None
    return rows


csv = Format(name="csv", title="CSV", fits=lambda content, name: True, read=read)
