"""What the reading process does: a file to a table in its stored form, with the document that describes it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from app.errors import ErrorItem, InvalidArgument, rejected
from app.tables.document import document
from engine.data.tables import UnreadableTable, read_table


@dataclass(frozen=True, slots=True)
class ReadTable:
    """A table that was read: its id, its stored form, and its document in JSON, without the file's name."""

    id: str
    content: bytes
    document: str


def read_file(content: bytes, overrides: Mapping[str, str]) -> ReadTable:
    """Reads a file. InvalidArgument says what to change, and names the overruled part of the dialect at fault."""
    try:
        table = read_table(content, overrides=overrides)
    except UnreadableTable as error:
        message = str(error)
        if error.loc:
            raise rejected([ErrorItem(loc=["query", *error.loc], message=message)]) from None
        raise InvalidArgument(f"{message[:1].upper()}{message[1:]}.") from None
    text = json.dumps(document(table), separators=(",", ":"), allow_nan=False)
    return ReadTable(table.id, table.to_bytes(), text)
