"""Excel's xlsx: a zip of XML, of which the first sheet that is shown and holds cells is read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

import numpy as np

from engine.data.tables import overrides
from engine.data.tables.archive import ZIP, Archive
from engine.data.tables.errors import UnreadableTable
from engine.data.tables.formats.format import Format
from engine.data.tables.grid import Grid
from engine.data.tables.layout import grid_of
from engine.data.tables.limits import check_size
from engine.data.tables.table import Dialect
from engine.errors import shown

RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"
DIGITS = "0123456789"
LETTERS = re.compile(r"[A-Z]{1,3}")
# What a number format shows as text: quoted parts, escapes, colours and locales.
LITERAL = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
DATE_FORMATS = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
EPOCHS = (np.datetime64("1899-12-30", "s"), np.datetime64("1904-01-01", "s"))
DAY = 86_400
LARGEST_SERIAL = 2_958_466  # the year 10000
MANY_DIGITS = 15
CHUNK = 65_536


@dataclass(frozen=True, kw_only=True)
class Book:
    """What the cells of a sheet refer to. ``dates`` holds the styles that show a number as a date."""

    texts: list[str]
    dates: frozenset[str]
    epoch: np.datetime64


def fits(content: bytes) -> bool:
    """Whether this is a zip with a workbook."""
    return content.startswith(ZIP) and b"xl/workbook.xml" in content


def read(content: bytes, stated: Mapping[str, str]) -> Grid:
    """The cells of the first sheet that is shown and holds any."""
    archive = Archive(content)
    workbook = _tree(archive, "xl/workbook.xml")
    targets = {each.get("Id"): each.get("Target", "") for each in _tree(archive, "xl/_rels/workbook.xml.rels")}
    properties = next(_named(workbook, "workbookPr"), None)
    book = Book(
        texts=_shared_texts(archive),
        dates=_date_styles(archive),
        epoch=EPOCHS[properties is not None and properties.get("date1904") in ("1", "true")],
    )
    sheets = [sheet for sheet in _named(workbook, "sheet") if sheet.get("state", "visible") == "visible"]
    for sheet in sheets:
        target = targets.get(sheet.get(RELATION) or sheet.get(STRICT_RELATION)) or ""
        path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        if "worksheets/" not in path:
            continue
        rows, formulas = _rows(_elements(archive, path, "row"), book)
        if rows:
            name = sheet.get("name", "")
            notes = [f"Of {len(sheets)} sheets, {name!r} is read."] if len(sheets) > 1 else []
            if formulas:
                notes.append(f"{formulas} formulas have no stored result and count as missing: save the file in Excel.")
            skipped = overrides.skipped_lines_of(stated) or 0
            lines = range(skipped + 1, len(rows) + 1)
            return grid_of(rows[skipped:], stated, Dialect(format="xlsx", skipped_lines=skipped), notes, lines)
    raise UnreadableTable("no sheet of this file holds cells: save the sheet with the table as CSV")


def _tree(archive: Archive, name: str) -> ElementTree.Element:
    content = archive.read(name)
    _refuse_entities(content)
    try:
        return ElementTree.fromstring(content)
    except (ElementTree.ParseError, ValueError):
        raise UnreadableTable(f"{name!r} in the xlsx file is damaged: save it again") from None


def _refuse_entities(content: bytes) -> None:
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise UnreadableTable("this xlsx file declares entities, which no spreadsheet does: save it again")


def _elements(archive: Archive, name: str, tag: str) -> Iterator[ElementTree.Element]:
    """The elements of that tag one by one: a tree of them all would take ten times the memory of its text."""
    content = archive.read(name)
    _refuse_entities(content)
    parser: Any = ElementTree.XMLPullParser(("end",))
    wanted = ""
    try:
        for start in range(0, len(content), CHUNK):
            parser.feed(content[start : start + CHUNK])
            for _, element in parser.read_events():
                if element.tag == wanted or (not wanted and element.tag.rpartition("}")[2] == tag):
                    wanted = element.tag
                    yield element
                    element.clear()
        parser.close()
    except (ElementTree.ParseError, ValueError):
        raise UnreadableTable(f"{name!r} in the xlsx file is damaged: save it again") from None


def _named(element: ElementTree.Element, name: str) -> Iterator[ElementTree.Element]:
    """The elements below of that name, in whichever of the two namespaces that Excel writes."""
    return (each for each in element.iter() if each.tag.rpartition("}")[2] == name)


def _shared_texts(archive: Archive) -> list[str]:
    if "xl/sharedStrings.xml" not in archive.names:
        return []
    return [_text(item) for item in _elements(archive, "xl/sharedStrings.xml", "si")]


def _text(item: ElementTree.Element) -> str:
    """The text of a string, of all its runs, but not of the readings above Japanese ones."""
    found = []
    for child in item:
        name = child.tag.rpartition("}")[2]
        if name == "t":
            found.append(child.text or "")
        elif name == "r":
            found.extend(each.text or "" for each in _named(child, "t"))
    return "".join(found).strip()


def _date_styles(archive: Archive) -> frozenset[str]:
    if "xl/styles.xml" not in archive.names:
        return frozenset()
    styles = _tree(archive, "xl/styles.xml")
    dates = set(DATE_FORMATS)
    for each in _named(styles, "numFmt"):
        code = LITERAL.sub("", each.get("formatCode", "")).lower()
        if set(code) & set("ydhs") or re.search(r"m{3}", code):
            dates.add(_whole(each.get("numFmtId")))
    formats = next(_named(styles, "cellXfs"), ())
    return frozenset(str(i) for i, each in enumerate(formats) if _whole(each.get("numFmtId")) in dates)


def _rows(elements: Iterator[ElementTree.Element], book: Book) -> tuple[list[list[str]], int]:
    """The rows that hold a cell, all of one width, and how many formulas have no result."""
    rows = []
    width = formulas = 0
    places: dict[str, int] = {}
    for row in elements:
        cells: dict[int, str] = {}
        for position, cell in enumerate(row):
            letters = cell.get("r", "").rstrip(DIGITS)
            index = places.get(letters, -1) if letters else position
            if index < 0:
                index = places[letters] = _place(letters)
            value = _value(cell, book)
            if value:
                cells[index] = value
            elif value is None:
                formulas += 1
        if cells:
            width = max(width, max(cells) + 1)
            rows.append(cells)
            check_size(len(rows), width)
    return [[cells.get(index, "") for index in range(width)] for cells in rows], formulas


def _place(letters: str) -> int:
    """The column that these letters name: A is 0, AA is 26."""
    if not LETTERS.fullmatch(letters):
        raise UnreadableTable(f"{shown(letters)} is no column of a sheet: save the file again")
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    check_size(1, index)
    return index - 1


def _value(cell: ElementTree.Element, book: Book) -> str | None:
    """The text of a cell; None for a formula without a result."""
    if not len(cell):
        return ""
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        return "".join(map(_text, cell))
    last = cell[-1]
    value = last.text or "" if last.tag.endswith("}v") else ""
    if not value:
        return None if any(child.tag.endswith("}f") for child in cell) else ""
    if kind == "n":
        if cell.get("s", "0") in book.dates:
            return _date(value, book.epoch)
        return _shortest(value) if len(value) > MANY_DIGITS else value
    if kind == "s":
        index = _whole(value)
        return book.texts[index] if 0 <= index < len(book.texts) else ""
    if kind == "b":
        return "true" if value == "1" else "false"
    return value.strip()


def _shortest(value: str) -> str:
    """Excel writes 17 digits: the shortest text of the same number."""
    try:
        return repr(float(value)).removesuffix(".0")
    except ValueError:
        return value


def _date(value: str, epoch: np.datetime64) -> str:
    try:
        serial = float(value)
    except ValueError:
        return value
    if not 0 <= serial < LARGEST_SERIAL:
        return value
    seconds = round(serial * DAY)
    text = str(epoch + np.timedelta64(seconds, "s"))
    day, _, time = text.partition("T")
    if seconds < DAY:
        return time
    return day if time == "00:00:00" else f"{day} {time}"


def _whole(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else -1


xlsx = Format(name="xlsx", title="Excel (xlsx)", parts=("header", "skipped_lines"), fits=fits, read=read)
