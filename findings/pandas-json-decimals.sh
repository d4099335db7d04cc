#!/usr/bin/env bash
# pandas 3.1.1, NumPy 2.4.6
# read_json reads some short decimals as the double beside the nearest one, unless precise_float=True is passed. The same
# numbers in a CSV file are read exactly, so one table in two formats is not equal.
# Seen: of 0.01, 0.02, ..., 10.00, 48 are other numbers: 0.35 becomes 0.35000000000000003.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet pandas==3.1.1 numpy==2.4.6
"$folder/venv/bin/python" - <<'PYTHON'
import io

import pandas as pd

texts = [f"{i / 100:.2f}" for i in range(1, 1001)]
exact = [float(text) for text in texts]
in_json = "[" + ",".join(f'{{"x":{text}}}' for text in texts) + "]"


def wrong(frame):
    return sum(read != right for read, right in zip(frame["x"].tolist(), exact))


seen = (
    wrong(pd.read_json(io.StringIO(in_json))),
    wrong(pd.read_json(io.StringIO(in_json), precise_float=True)),
    wrong(pd.read_csv(io.StringIO("x\n" + "\n".join(texts)))),
    pd.read_json(io.StringIO('[{"x":0.35}]'))["x"].tolist(),
)
print(seen)
if seen != (48, 0, 0, [0.35000000000000003]):
    raise SystemExit("changed: 48 of 1000 numbers were expected to differ")
PYTHON
