"""The formats of tables, one a file; the first that fits is taken, and CSV where none does."""

from __future__ import annotations

from collections.abc import Mapping

from engine.data.tables.archive import GZIP, ZIP, Archive, gunzip
from engine.data.tables.errors import UnreadableTable
from engine.data.tables.formats.arff import arff
from engine.data.tables.formats.delimited import csv
from engine.data.tables.formats.format import Format
from engine.data.tables.formats.json_tables import json_tables
from engine.data.tables.formats.libsvm import libsvm
from engine.data.tables.formats.parquet import parquet_files
from engine.data.tables.formats.xlsx import xlsx
from engine.errors import shown
from engine.nn.registry import Registry

formats: Registry[Format] = Registry("format")
for _each in (xlsx, parquet_files, json_tables, arff, libsvm, csv):
    formats.add(_each)

# Beside a table in a zip: what explains it, and what macOS adds.
BESIDE = ("readme", "license", "licence", "__macosx/", ".")


def unpacked(content: bytes) -> bytes:
    """The file itself, where these bytes are a gzip file or a zip with one table."""
    if content.startswith(GZIP):
        return gunzip(content)
    if not content.startswith(ZIP) or xlsx.fits(content):
        return content
    archive = Archive(content)
    tables = [name for name in archive.names if not name.rpartition("/")[2].lower().startswith(BESIDE)]
    tables = [name for name in tables if not name.lower().startswith(BESIDE)]
    if len(tables) != 1:
        listed = ", ".join(map(shown, tables[:5]))
        raise UnreadableTable(f"the zip file holds {len(tables)} files ({listed}): give the one with the table")
    return archive.read(tables[0])


def format_of(content: bytes, overrides: Mapping[str, str]) -> Format:
    """The format of these bytes: the one that ``overrides`` names, else the first that fits."""
    wanted = overrides.get("format")
    if wanted is not None:
        if wanted not in formats:
            raise UnreadableTable(f"unknown format {shown(wanted)}: choose one of {formats.choices}", "format")
        return formats[wanted]
    return next(each for each in formats.values() if each.fits(content))


def check_parts(each: Format, overrides: Mapping[str, str]) -> None:
    """UnreadableTable for a part of the dialect that a file of this format does not have."""
    if other := next((part for part in overrides if part not in ("format", *each.parts)), None):
        takes = f"only {' and '.join(each.parts)} can be stated" if each.parts else "nothing can be stated"
        raise UnreadableTable(f"the file is read as {each.name}, where {takes}: leave {other} out", other)
