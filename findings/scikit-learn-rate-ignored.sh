#!/usr/bin/env bash
# scikit-learn 1.9.1, NumPy 2.4.6, SciPy 1.17.1
# MLPRegressor trained by partial_fit keeps its first learning rate: set_params(learning_rate_init=...) is taken, and does nothing.
# Seen: with the rate set from 0.1 to 1e-12 the next call moves a weight by 0.0156, to the last digit what it moves it by at 0.1.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet scikit-learn==1.9.1 numpy==2.4.6 scipy==1.17.1
"$folder/venv/bin/python" - <<'PYTHON'
import numpy as np
from sklearn.neural_network import MLPRegressor

x = np.linspace(-1.0, 1.0, 50)[:, None]
y = x[:, 0] ** 2


def moves(rate):
    """How far the second call moves the weights when the rate is set in between (None: it is left alone)."""
    model = MLPRegressor(hidden_layer_sizes=(4,), solver="sgd", momentum=0.0, learning_rate_init=0.1, random_state=0)
    model.partial_fit(x, y)
    if rate is not None:
        model.set_params(learning_rate_init=rate)
        assert model.learning_rate_init == rate
    before = [w.copy() for w in model.coefs_]
    model.partial_fit(x, y)
    return max(float(np.abs(w - b).max()) for w, b in zip(model.coefs_, before))


kept, lowered = moves(None), moves(1e-12)
print(f"largest move at 0.1: {kept:.4f}; after set_params(learning_rate_init=1e-12): {lowered:.4f}")
if lowered != kept:
    raise SystemExit("changed: the rate that was set has an effect")
PYTHON
