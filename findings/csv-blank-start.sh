#!/usr/bin/env bash
# Polars 2.1.0, DuckDB 2.0.1
# A column of numbers that begins with many empty cells is read as text, not as numbers: from 100 empty cells on by Polars, and
# from some 20,000 on by DuckDB. What comes first decides, so that one table has two types, depending on the order of its rows.
# Seen: 99 blanks and then 1.5 is Float64 to Polars, 100 blanks String; 20,000 and 30,000 blanks are DOUBLE and VARCHAR to DuckDB.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet polars==2.1.0 duckdb==2.0.1
"$folder/venv/bin/python" - <<'PYTHON'
import tempfile
from pathlib import Path

import duckdb
import polars as pl


def types(blanks):
    text = "a,b\n" + "".join(f"{i},\n" for i in range(blanks)) + "1,1.5\n" * 10
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "table.csv")
        path.write_text(text)
        return str(pl.read_csv(path).schema["b"]), str(duckdb.read_csv(str(path)).types[1])


seen = {blanks: types(blanks) for blanks in (99, 100, 20_000, 30_000)}
expected = {
    99: ("Float64", "DOUBLE"),
    100: ("String", "DOUBLE"),
    20_000: ("String", "DOUBLE"),
    30_000: ("String", "VARCHAR"),
}
for blanks, (polars, duck) in seen.items():
    print(f"{blanks} blanks, then 1.5: {polars} to Polars, {duck} to DuckDB")
if seen != expected:
    raise SystemExit(f"changed: {expected} was expected")
PYTHON
