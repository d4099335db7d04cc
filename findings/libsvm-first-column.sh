#!/usr/bin/env bash
# scikit-learn 1.9.1, NumPy 2.4.6, SciPy 1.17.1
# dump_svmlight_file and load_svmlight_file do not agree on their defaults: where the first column is all zeros the reader takes
# the file to count from 1, and the column is gone.
# Seen: [[0, 5, 6], [0, 7, 8]] comes back as [[5, 6], [7, 8]], with 2 features in place of 3.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet scikit-learn==1.9.1 numpy==2.4.6 scipy==1.17.1
"$folder/venv/bin/python" - <<'PYTHON'
import io

import numpy as np
from sklearn.datasets import dump_svmlight_file, load_svmlight_file

x = np.array([[0.0, 5.0, 6.0], [0.0, 7.0, 8.0]])
file = io.BytesIO()
dump_svmlight_file(x, [0, 1], file)
file.seek(0)
read = load_svmlight_file(file)[0].toarray()
print(f"written {x.tolist()}, read {read.tolist()}")
if read.tolist() != [[5.0, 6.0], [7.0, 8.0]]:
    raise SystemExit("changed: the first column was expected to be lost")
PYTHON
