#!/usr/bin/env bash
# safetensors 0.8.0 (safetensors.numpy) with NumPy 2.4.6
# save() writes a transposed, Fortran-ordered or stepped array with its shape and with other values, and says nothing.
# Seen: [[0, 3], [1, 4], [2, 5]], the transpose of a (2, 3) array, comes back as [[0, 1], [2, 3], [4, 5]];
#       [0, 2, 4], every second of six numbers, comes back as [0, 1, 2].
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet safetensors==0.8.0 numpy==2.4.6
"$folder/venv/bin/python" - <<'PYTHON'
import numpy as np
from safetensors.numpy import load, save

numbers = np.arange(6.0)
views = {
    "transposed": (numbers.reshape(2, 3).T, [[0, 1], [2, 3], [4, 5]]),
    "Fortran order": (np.asfortranarray(numbers.reshape(2, 3)), [[0, 3, 1], [4, 2, 5]]),
    "stepped": (numbers[::2], [0, 1, 2]),
}
for name, (array, expected) in views.items():
    read = load(save({"w": array}))["w"]
    print(f"{name}: written {array.tolist()}, read {read.tolist()}")
    if read.shape != array.shape or read.tolist() != expected:
        raise SystemExit(f"changed: {name} was expected to come back as {expected}")
    if load(save({"w": np.ascontiguousarray(array)}))["w"].tolist() != array.tolist():
        raise SystemExit("changed: np.ascontiguousarray no longer keeps the values")
PYTHON
