#!/usr/bin/env bash
# Keras 3.15.1 (JAX backend), optax 0.2.8, JAX 0.10.2, NumPy 2.4.6
# A class label outside 0 to K - 1 raises nothing. Keras's sparse cross-entropy gives it loss 0 and gradient 0, so that labels 1 to
# K train on K - 1 classes with a lower loss than is true. optax takes -1 for the last class, and K for a loss of NaN whose
# gradient is finite: training goes on.
# Seen: three classes, label 3: Keras loss 0, gradient all 0; optax loss NaN, gradient [0.87, 0.12, 0.02]; label -1: the loss of 2.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet keras==3.15.1 jax==0.10.2 optax==0.2.8 numpy==2.4.6
"$folder/venv/bin/python" - <<'PYTHON'
import os

os.environ["KERAS_BACKEND"] = "jax"
import jax
import jax.numpy as jnp
import keras
import numpy as np
import optax

z = jnp.array([[2.0, 0.0, -2.0]])
sparse = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def by_keras(z, label):
    return sparse(np.array([label]), z)


def by_optax(z, label):
    return optax.softmax_cross_entropy_with_integer_labels(z, jnp.array([label])).sum()


seen = {}
for loss in (by_keras, by_optax):
    for label in (2, 3, -1):
        value, gradient = jax.value_and_grad(loss)(z, label)
        seen[loss, label] = abs(round(float(value), 4)), np.abs(np.asarray(gradient)[0]).round(2).tolist()
        print(f"{loss.__name__}, label {label}: loss {seen[loss, label][0]}, size of the gradient {seen[loss, label][1]}")
nothing = (0.0, [0.0, 0.0, 0.0])
nan, gradient = seen[by_optax, 3]
if not (seen[by_keras, 3] == seen[by_keras, -1] == nothing and seen[by_optax, -1] == seen[by_optax, 2]):
    raise SystemExit("changed: no loss in Keras, and the last class for -1 in optax, were expected")
if nan == nan or not np.isfinite(gradient).all():
    raise SystemExit("changed: NaN with a finite gradient was expected of optax")
PYTHON
