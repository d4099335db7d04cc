#!/usr/bin/env bash
# onnxruntime 1.32.0 (CPU), onnx 1.23.2, NumPy 2.4.6
# Sigmoid in float32 is a rational approximation: past -10 its relative error grows from 0.02 % to all of the value, it is not
# monotone, and it is exactly 0 from about -18, where float32 holds 1.5e-8. The logarithm of such a probability is -inf.
# Seen: at -15 3.58e-7 for 3.06e-7 (17 % off), at -16 5.96e-8 for 1.13e-7, at -16.5 8.94e-8 (more than at -16), at -18 0.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet onnx==1.23.2 onnxruntime==1.32.0 numpy==2.4.6
"$folder/venv/bin/python" - <<'PYTHON'
import numpy as np
import onnxruntime
from onnx import TensorProto, checker, helper


def model(op, dtype, size, opset=20):
    """One node, checked: y = op(x)."""
    x, y = (helper.make_tensor_value_info(name, dtype, [size]) for name in "xy")
    graph = helper.make_graph([helper.make_node(op, ["x"], ["y"])], "one", [x], [y])
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=10)
    checker.check_model(made, full_check=True)
    return made


def run(op, values):
    session = onnxruntime.InferenceSession(model(op, TensorProto.FLOAT, len(values)).SerializeToString())
    return session.run(None, {"x": np.array(values, np.float32)})[0].astype(float)


at = np.array([-10.0, -15.0, -16.0, -16.5, -18.0])
got, exact = run("Sigmoid", at), 1 / (1 + np.exp(-at))
for z, p, q in zip(at, got, exact):
    print(f"sigmoid({z:g}) = {p:.3g}, exactly {q:.3g}")
wrong = np.abs(got / exact - 1)
if not (wrong[0] < 1e-3 and wrong[1] > 0.1 and got[3] > got[2] and got[4] == 0):
    raise SystemExit("changed: 17 % off at -15, not monotone at -16, and 0 at -18 were expected")
PYTHON
