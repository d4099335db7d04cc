#!/usr/bin/env bash
# onnxruntime 1.32.0 (CPU), onnx 1.23.2, NumPy 2.4.6
# A float64 model that the ONNX checker accepts cannot be loaded where it has Elu, Selu, LeakyRelu, Softplus, Softsign, Mish, Erf
# or exact Gelu: there is no kernel. Relu, Tanh, Sigmoid, Exp, Softmax and LogSoftmax have one.
# Seen: NOT_IMPLEMENTED for the first eight, a result for the other six.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet onnx==1.23.2 onnxruntime==1.32.0 numpy==2.4.6
"$folder/venv/bin/python" - <<'PYTHON'
import numpy as np
import onnxruntime
from onnx import TensorProto, checker, helper
from onnxruntime.capi.onnxruntime_pybind11_state import NotImplemented as NoKernel


def model(op, dtype, size, opset=20):
    """One node, checked: y = op(x)."""
    x, y = (helper.make_tensor_value_info(name, dtype, [size]) for name in "xy")
    graph = helper.make_graph([helper.make_node(op, ["x"], ["y"])], "one", [x], [y])
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=10)
    checker.check_model(made, full_check=True)
    return made


runs, lacks = [], []
for op in "Relu Tanh Sigmoid Exp Softmax LogSoftmax Elu Selu LeakyRelu Softplus Softsign Mish Erf Gelu".split():
    made = model(op, TensorProto.DOUBLE, 3).SerializeToString()
    try:
        onnxruntime.InferenceSession(made)
        runs.append(op)
    except NoKernel:
        lacks.append(op)
print("run in float64:", *runs)
print("no kernel:", *lacks)
if len(runs) != 6 or lacks != "Elu Selu LeakyRelu Softplus Softsign Mish Erf Gelu".split():
    raise SystemExit("changed: 6 and 8 were expected")
PYTHON
