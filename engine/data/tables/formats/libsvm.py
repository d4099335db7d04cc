"""LIBSVM and SVMlight: a label, then index:value for each cell that is not 0."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import islice

from engine.data.tables.errors import UnreadableTable
from engine.data.tables.formats.format import Format
from engine.data.tables.grid import Grid
from engine.data.tables.limits import check_size
from engine.data.tables.table import Dialect
from engine.data.tables.text import decode

NUMBER = r"[+-]?(?:\d++\.?\d*+|\.\d++)(?:[eE][+-]?\d++)?"
LINE = re.compile(rf"({NUMBER}(?:,{NUMBER})*+)((?:\s++(?:qid|\d{{1,9}}):{NUMBER})*+)\s*+", re.ASCII)
LOOK = 4096


def fits(content: bytes) -> bool:
    """Whether most of the first lines are labels with index:value pairs: one that is not is named in reading."""
    lines = content[:LOOK].decode("latin-1").split("\n")
    whole = lines[:-1] if len(content) > LOOK else lines
    plain = [line for line in (each.split("#")[0].strip() for each in whole) if line]
    matches = [LINE.fullmatch(line) for line in islice(plain, 20)]
    good = [match for match in matches if match]
    return bool(matches and matches[0]) and len(good) > len(matches) / 2 and any(match[2] for match in good)


def read(content: bytes, stated: Mapping[str, str]) -> Grid:
    """The cells of a LIBSVM file; the first column is the target."""
    text, encoding = decode(content, stated.get("encoding", ""))
    labels, rows = [], []
    for number, line in enumerate(text.split("\n"), 1):
        line = line.split("#")[0].strip()
        if not line:
            continue
        match = LINE.fullmatch(line)
        if match is None or "," in match[1]:
            reason = "has several labels" if match else "is no label with index:value pairs"
            raise UnreadableTable(f"line {number} {reason}: write one label, then 1:0.5 3:2 and so on")
        labels.append(match[1])
        rows.append(dict(_pairs(match[2], number)))
    used = set().union(*rows)
    if not used:
        raise UnreadableTable("no line has an index:value pair: give at least one input")
    base = 0 if 0 in used else 1
    width = max(used) + 1 - base
    check_size(len(rows), width + 1)
    notes = [f"Indices start at {base}, and what a line does not name is 0."]
    if base == 1:
        notes[0] = (
            "Indices are taken to start at 1, and what a line does not name is 0: if they start at 0, "
            "the first column is 0 everywhere and is lost here."
        )
    return Grid(
        dialect=Dialect(format="libsvm", delimiter="whitespace", header=False, encoding=encoding),
        names=["label", *(f"x{index}" for index in range(base, base + width))],
        columns=[labels, *([row.get(index, "0") for row in rows] for index in range(base, base + width))],
        notes=notes,
        target=0,
    )


def _pairs(text: str, number: int) -> list[tuple[int, str]]:
    pairs = [pair.split(":") for pair in text.split()]
    found = [(int(index), value) for index, value in pairs if index != "qid"]
    if len({index for index, _ in found}) < len(found):
        raise UnreadableTable(f"line {number} gives one index twice: give each once")
    return found


libsvm = Format(name="libsvm", title="LIBSVM", parts=("encoding",), fits=fits, read=read)
