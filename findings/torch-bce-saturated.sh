#!/usr/bin/env bash
# PyTorch 2.13.0 (CPU), NumPy 2.4.6
# BCELoss after a float32 sigmoid: once an output is wrong by a z of about 17 its loss jumps from 16 to 100 and its gradient is
# exactly 0, so that the worst examples teach nothing. binary_cross_entropy_with_logits gives 17 and a gradient of 1.
# Seen: for the target 0 the losses at z = 16 and 17 are 15.9 and 100.0, the gradients 1.0 and 0.0; with logits 17.0 and 1.0.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet torch==2.13.0 numpy==2.4.6
"$folder/venv/bin/python" - <<'PYTHON'
import torch
from torch.nn import functional


def loss_and_gradient(loss, at):
    z = torch.tensor([at], requires_grad=True)
    value = loss(z)
    value.backward()
    return round(value.item(), 1), round(z.grad.item(), 2)


none = torch.zeros(1)
by_probability = [loss_and_gradient(lambda z: functional.binary_cross_entropy(torch.sigmoid(z), none), at) for at in (16.0, 17.0)]
by_logit = loss_and_gradient(lambda z: functional.binary_cross_entropy_with_logits(z, none), 17.0)
print(f"(loss, gradient) at z = 16 and 17 by the probability: {by_probability}; at 17 by the logit: {by_logit}")
if not (15 < by_probability[0][0] < 17 and by_probability[1] == (100.0, 0.0) and by_logit == (17.0, 1.0)):
    raise SystemExit("changed: a loss of 100 with gradient 0 was expected at 17")
PYTHON
