#!/usr/bin/env bash
# scikit-learn 1.9.1, NumPy 2.4.6, SciPy 1.17.1
# The L2 penalty of MLPRegressor and MLPClassifier is divided by the rows of each mini-batch: the same alpha in batches of 1, 10
# and 100 shrinks the weights 10 and 100 times less a step, and 100 and 10,000 times less an epoch.
# Seen: with rate 0.1, alpha 1 and no error to learn from, one step multiplies a weight by 0.9, 0.99 and 0.999.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet scikit-learn==1.9.1 numpy==2.4.6 scipy==1.17.1
"$folder/venv/bin/python" - <<'PYTHON'
import numpy as np
from sklearn.neural_network import MLPRegressor

for rows, expected in ((1, 0.9), (10, 0.99), (100, 0.999)):
    x, y = np.zeros((rows, 1)), np.zeros(rows)
    model = MLPRegressor(
        hidden_layer_sizes=(1,), activation="identity", solver="sgd", momentum=0.0, learning_rate_init=0.1, alpha=1.0,
        batch_size=rows, random_state=0,
    )  # fmt: skip
    model.partial_fit(x, y)
    before = model.coefs_[0][0, 0]
    model.partial_fit(x, y)
    factor = float(model.coefs_[0][0, 0] / before)
    print(f"batch of {rows}: one step multiplies the weight by {factor:.6f}")
    if abs(factor - expected) > 1e-9:
        raise SystemExit(f"changed: {expected} was expected")
PYTHON
