"""The bytes of a text file as text: by its byte order mark, as UTF-8, or else as Windows-1252."""

from __future__ import annotations

import codecs

from engine.data.tables.errors import UnreadableTable
from engine.errors import shown

MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
FALLBACK = "windows-1252"
SAMPLE = 4096
# Python has more, of which some are no encodings of text.
ENCODINGS = (
    "utf-8 utf-16 utf-16-le utf-16-be utf-32 windows-1250 windows-1251 windows-1252 windows-1253 windows-1254 "
    "windows-1255 windows-1256 windows-1257 windows-1258 iso-8859-1 iso-8859-2 iso-8859-5 iso-8859-7 iso-8859-9 "
    "iso-8859-15 koi8-r mac-roman shift_jis euc-jp euc-kr gb18030 big5"
).split()


def decode(content: bytes, encoding: str = "") -> tuple[str, str]:
    """The text, its line ends made "\\n", and the name of its encoding. UnreadableTable where it is no text."""
    if encoding:
        return _lines(_decoded(content, encoding)), encoding
    encoding = _guess(content)
    if encoding:
        return _lines(_decoded(content, encoding)), encoding.removesuffix("-le").removesuffix("-be")
    try:
        return _lines(content.decode()), "utf-8"
    except UnicodeDecodeError:
        return _lines(_decoded(content, FALLBACK)), FALLBACK


def _guess(content: bytes) -> str:
    for mark, encoding in MARKS:
        if content.startswith(mark):
            return encoding
    sample = content[:SAMPLE]
    for encoding, zeros in (("utf-16-le", sample[1::2]), ("utf-16-be", sample[::2])):
        if len(sample) >= 4 and zeros.count(0) > 0.7 * len(zeros):
            return encoding
    return ""


def _decoded(content: bytes, encoding: str) -> str:
    if encoding.lower() not in ENCODINGS:
        raise UnreadableTable(f"unknown encoding {shown(encoding)}: choose one of {', '.join(ENCODINGS)}", "encoding")
    try:
        return content.decode(encoding)
    except UnicodeError:
        if encoding == FALLBACK:
            return content.decode("latin-1")
        raise UnreadableTable(f"the file is not written in {encoding}: choose another encoding", "encoding") from None


def _lines(text: str) -> str:
    text = text.removeprefix("\ufeff")
    if "\0" in text[:SAMPLE]:
        raise UnreadableTable("this is no text: give a table as CSV, ARFF, LIBSVM, JSON, xlsx or parquet")
    return text.replace("\r\n", "\n").replace("\r", "\n")
