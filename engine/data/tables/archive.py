"""Packed files: gzip, and the members of a zip, with a limit on what they unpack to."""

from __future__ import annotations

import gzip
import io
import lzma
import zipfile
import zlib

from engine.data.tables.errors import UnreadableTable
from engine.data.tables.limits import MAX_UNPACKED

GZIP, ZIP = b"\x1f\x8b", b"PK\x03\x04"
TOO_LARGE = f"unpacked the file has more than {MAX_UNPACKED // 1_000_000} MB: give fewer rows"
# What zipfile raises for damaged files. RuntimeError is that of an encrypted member, and NotImplementedError, a kind of
# it, that of a compression or a version that Python does not have.
DAMAGED = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError, RuntimeError)


def gunzip(content: bytes) -> bytes:
    """What a gzip file holds, of all its parts: some programs write one after another."""
    try:
        unpacked = gzip.GzipFile(fileobj=io.BytesIO(content)).read(MAX_UNPACKED + 1)
    except EOFError:
        raise UnreadableTable("the gzip file ends too early: give all of it") from None
    except (OSError, zlib.error):
        raise UnreadableTable("the gzip file is damaged: pack it again, or give it unpacked") from None
    if len(unpacked) > MAX_UNPACKED:
        raise UnreadableTable(TOO_LARGE)
    return unpacked


class Archive:
    """The members of a zip file, in all of which at most MAX_UNPACKED bytes are read."""

    def __init__(self, content: bytes) -> None:
        self._left = MAX_UNPACKED
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
        except DAMAGED:
            raise UnreadableTable("the zip file is damaged: pack it again, or give its table unpacked") from None
        self.names = [info.filename for info in self._zip.infolist() if not info.is_dir()]

    def read(self, name: str) -> bytes:
        """The bytes of a member; UnreadableTable where it is damaged, encrypted or too large."""
        try:
            with self._zip.open(name) as member:
                content = member.read(self._left + 1)
        except DAMAGED:
            raise UnreadableTable(
                f"{name!r} in the zip file is damaged, encrypted or packed in a rare way: pack it again"
            ) from None
        except KeyError:
            raise UnreadableTable(f"the zip file has no {name!r}: save it again") from None
        if len(content) > self._left:
            raise UnreadableTable(TOO_LARGE)
        self._left -= len(content)
        return content
