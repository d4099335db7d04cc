"""The formats of tables, one a file; the first that fits is taken, and CSV where none does."""

from __future__ import annotations

from collections.abc import Mapping

from engine.data.tables.errors import UnreadableTable
from engine.data.tables.formats.delimited import csv
from engine.data.tables.formats.format import Format
from engine.errors import shown
from engine.nn.registry import Registry

formats: Registry[Format] = Registry("format")
for _each in (csv,):
    formats.add(_each)


def format_of(content: bytes, name: str, overrides: Mapping[str, str]) -> Format:
    """The format of these bytes: the one that ``overrides`` names, else the first that fits."""
    wanted = overrides.get("format")
    if wanted is not None:
        if wanted not in formats:
            raise UnreadableTable(f"unknown format {shown(wanted)}: choose one of {formats.choices}", "format")
        return formats[wanted]
    return next(each for each in formats.values() if each.fits(content, name))
