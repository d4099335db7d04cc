#!/usr/bin/env bash
# PyArrow 26.0.1, compared with Polars 2.1.0
# PyArrow's CSV reader makes doubles of whole numbers past 2^63, in silence: identifiers that differ in their last digits become
# one. Polars keeps them.
# Seen: the ids 12345678901234567890 and 12345678901234567891 are one double in PyArrow, and two Int128 in Polars.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet pyarrow==26.0.1 polars==2.1.0
"$folder/venv/bin/python" - <<'PYTHON'
import io

import polars as pl
import pyarrow.csv

text = b"id,v\n12345678901234567890,1\n12345678901234567891,2\n"
arrow = pyarrow.csv.read_csv(io.BytesIO(text))["id"]
polars = pl.read_csv(text)["id"]
seen = {"PyArrow": (str(arrow.type), len(arrow.unique())), "Polars": (str(polars.dtype), polars.n_unique())}
print(f"type and different ids: {seen}")
if seen != {"PyArrow": ("double", 1), "Polars": ("Int128", 2)}:
    raise SystemExit("changed: one double and two Int128 were expected")
PYTHON
