#!/usr/bin/env bash
# scikit-learn 1.9.1, NumPy 2.4.6, SciPy 1.17.1
# MLPRegressor with an integer random_state shuffles alike in every call of partial_fit after the first: a loop of 100 calls sees
# one order of mini-batches 99 times, where fit draws a new one for each epoch.
# Seen: on 20 rows in batches of 1 the orders of calls 2 to 6 are equal; those of epochs 2 to 6 of fit are five different ones.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet scikit-learn==1.9.1 numpy==2.4.6 scipy==1.17.1
"$folder/venv/bin/python" - <<'PYTHON'
import numpy as np
from sklearn.neural_network import MLPRegressor

x, y = np.arange(20.0)[:, None], np.zeros(20)
orders = []


class Watched(MLPRegressor):
    """Writes down which row each mini-batch of one row holds."""

    def _backprop(self, X, y, *rest):
        orders[-1].append(int(X[0, 0]))
        return super()._backprop(X, y, *rest)

    def _update_no_improvement_count(self, *rest):
        orders.append([])  # called once at the end of each epoch
        return super()._update_no_improvement_count(*rest)


def epochs(train):
    orders[:] = [[]]
    train(Watched(hidden_layer_sizes=(2,), solver="sgd", learning_rate_init=1e-6, batch_size=1, random_state=0, max_iter=6))
    seen = [tuple(order) for order in orders if order]
    assert all(sorted(order) == list(range(20)) for order in seen), seen
    return seen


def by_calls(model):
    for _ in range(6):
        model.partial_fit(x, y)


def by_fit(model):
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(x, y)


calls, fit = epochs(by_calls), epochs(by_fit)
print(f"different orders in calls 2 to 6 of partial_fit: {len(set(calls[1:]))}; in epochs 2 to 6 of fit: {len(set(fit[1:]))}")
if len(set(calls[1:])) != 1 or len(set(fit[1:])) != 5:
    raise SystemExit("changed: 1 and 5 were expected")
PYTHON
