"""Parquet, read with PyArrow where it is installed (the extra "tables")."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.data.tables.column import DATE, NUMBER
from engine.data.tables.errors import UnreadableTable
from engine.data.tables.formats.format import Format
from engine.data.tables.grid import Declared, Grid
from engine.data.tables.limits import MAX_UNPACKED, check_size
from engine.data.tables.table import Dialect

MARK = b"PAR1"
NOT_INSTALLED = (
    "parquet needs PyArrow on the server (pip install 'descent[tables]'): install it, or save the table as CSV"
)
INDEX = "__index_level_"


def read(content: bytes, stated: Mapping[str, str]) -> Grid:
    """The cells of a parquet file."""
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        raise UnreadableTable(NOT_INSTALLED, "format") from None
    try:
        file = parquet.ParquetFile(pyarrow.BufferReader(content))
        metadata = file.metadata
        check_size(metadata.num_rows, metadata.num_columns)
        unpacked = sum(metadata.row_group(i).total_byte_size for i in range(metadata.num_row_groups))
        if unpacked > MAX_UNPACKED:
            raise UnreadableTable(
                f"unpacked the file has {unpacked / 1e6:.0f} MB: give at most {MAX_UNPACKED // 1_000_000} MB"
            )
        table = file.read()
    except (pyarrow.ArrowException, OSError) as error:
        raise UnreadableTable(f"the parquet file is damaged ({str(error)[:100]}): save it again") from None
    grid = Grid(dialect=Dialect(format="parquet"), names=[], columns=[])
    for name, column in zip(table.column_names, table.columns, strict=True):
        types = pyarrow.types
        grid.names.append("" if name.startswith(INDEX) else name)
        grid.columns.append(_texts(column, pyarrow))
        if types.is_integer(column.type) or types.is_floating(column.type) or types.is_decimal(column.type):
            grid.declared[len(grid.names) - 1] = Declared(NUMBER)
        elif types.is_temporal(column.type):
            grid.declared[len(grid.names) - 1] = Declared(DATE)
    return grid


def _texts(column: Any, pyarrow: Any) -> list[str]:
    try:
        cells = column.cast(pyarrow.string()).to_pylist()
    except (pyarrow.ArrowNotImplementedError, pyarrow.ArrowInvalid):
        cells = [None if cell is None else str(cell) for cell in column.to_pylist()]
    return ["" if cell is None or cell == "nan" else cell.strip() for cell in cells]


parquet_files = Format(
    name="parquet", title="Parquet", parts=(), fits=lambda content: content.startswith(MARK), read=read
)
