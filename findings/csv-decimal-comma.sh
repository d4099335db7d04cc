#!/usr/bin/env bash
# DuckDB 2.0.1, pandas 3.1.1, NumPy 2.4.6
# Both read a European file whose numbers have a decimal comma as another table of whole numbers, without an error or a warning.
# DuckDB takes the header for a title and drops it; pandas moves the whole part into the index.
# Seen: "x", 1,5, 2,5, 3,25 is column0 = 1, 2, 3 and column1 = 5, 5, 25 to DuckDB, and x = 5, 5, 25 to pandas.
# With tabs between two such columns DuckDB gives three columns, cut within the numbers: (1, "5<tab>2", 5).
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet duckdb==2.0.1 pandas==3.1.1 numpy==2.4.6
"$folder/venv/bin/python" - <<'PYTHON'
import io
import tempfile
import warnings
from pathlib import Path

import duckdb
import pandas as pd

warnings.simplefilter("error")
one, two = "x\n1,5\n2,5\n3,25\n", "x\ty\n1,5\t2,5\n3,25\t4,75\n"


def by_duckdb(text):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "table.csv")
        path.write_text(text)
        table = duckdb.read_csv(str(path))
        return table.columns, table.fetchall()


frame = pd.read_csv(io.StringIO(one))
seen = [by_duckdb(one), by_duckdb(two), (list(frame.columns), frame["x"].tolist(), frame.index.tolist())]
expected = [
    (["column0", "column1"], [(1, 5), (2, 5), (3, 25)]),
    (["column0", "column1", "column2"], [(1, "5\t2", 5), (3, "25\t4", 75)]),
    (["x"], [5, 5, 25], [1, 2, 3]),
]
for read in seen:
    print(read)
if seen != expected:
    raise SystemExit(f"changed: {expected} was expected")
PYTHON
