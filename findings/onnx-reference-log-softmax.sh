#!/usr/bin/env bash
# onnx 1.23.2 (its reference evaluator), compared with onnxruntime 1.32.0, NumPy 2.4.6
# The reference implementation of LogSoftmax takes the logarithm of the softmax: a class that loses by more than 104 in float32
# has -inf, and with it an infinite cross-entropy. onnxruntime gives the finite value of the definition.
# Seen: for [1000, 0, -1000] the reference gives [0, -inf, -inf], onnxruntime [0, -1000, -2000].
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet onnx==1.23.2 onnxruntime==1.32.0 numpy==2.4.6
"$folder/venv/bin/python" - <<'PYTHON'
import numpy as np
import onnxruntime
from onnx import TensorProto, checker, helper
from onnx.reference import ReferenceEvaluator


def model(op, dtype, size, opset=20):
    """One node, checked: y = op(x)."""
    x, y = (helper.make_tensor_value_info(name, dtype, [size]) for name in "xy")
    graph = helper.make_graph([helper.make_node(op, ["x"], ["y"])], "one", [x], [y])
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=10)
    checker.check_model(made, full_check=True)
    return made


x = np.array([1000.0, 0.0, -1000.0], np.float32)
made = model("LogSoftmax", TensorProto.FLOAT, 3)
with np.errstate(divide="ignore"):
    reference = ReferenceEvaluator(made).run(None, {"x": x})[0].tolist()
runtime = onnxruntime.InferenceSession(made.SerializeToString()).run(None, {"x": x})[0].tolist()
print(f"onnx.reference: {reference}; onnxruntime: {runtime}")
if reference != [0.0, float("-inf"), float("-inf")] or runtime != [0.0, -1000.0, -2000.0]:
    raise SystemExit("changed: [0, -inf, -inf] and [0, -1000, -2000] were expected")
PYTHON
