#!/usr/bin/env bash
# scikit-learn 1.9.1, NumPy 2.4.6, SciPy 1.17.1
# train_test_split(stratify=y) leaves a class out of the test set where its share comes to less than half a row, without a
# warning: at 96 to 4 and a test share of 0.1, whatever the seed. Accuracy on such a test set says nothing of that class.
# Seen: 100 rows, 4 of class 1, test_size 0.1: no row of class 1 among the 10 test rows for each of 200 seeds.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet scikit-learn==1.9.1 numpy==2.4.6 scipy==1.17.1
"$folder/venv/bin/python" - <<'PYTHON'
import warnings

import numpy as np
from sklearn.model_selection import train_test_split

warnings.simplefilter("error")
y = np.repeat([0, 1], [96, 4])
found = [int(train_test_split(y, stratify=y, test_size=0.1, random_state=seed)[1].sum()) for seed in range(200)]
print(f"rows of class 1 in the test set, over 200 seeds: at most {max(found)}")
if max(found):
    raise SystemExit("changed: the small class reaches the test set")
PYTHON
