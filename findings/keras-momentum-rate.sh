#!/usr/bin/env bash
# Keras 3.15.1 (JAX backend), optax 0.2.8, JAX 0.10.2, NumPy 2.4.6
# SGD with momentum keeps the learning rate inside the velocity: after the rate is lowered the old, larger steps roll on. In optax
# (and PyTorch) the velocity holds gradients only, and the new rate scales the whole step.
# Seen: after one step of gradient 1 at rate 1 and momentum 0.9, a step of gradient 0 at rate 0 moves the weight by 0.9 in Keras
# and by 0 in optax.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet keras==3.15.1 jax==0.10.2 optax==0.2.8 numpy==2.4.6
"$folder/venv/bin/python" - <<'PYTHON'
import os

os.environ["KERAS_BACKEND"] = "jax"
import jax.numpy as jnp
import keras
import numpy as np
import optax

weight = keras.Variable(np.zeros(1, "float32"))
optimizer = keras.optimizers.SGD(1.0, momentum=0.9)
optimizer.build([weight])
optimizer.apply([jnp.ones(1)], [weight])
before = float(weight.value[0])
optimizer.learning_rate = 0.0
optimizer.apply([jnp.zeros(1)], [weight])
by_keras = round(abs(float(weight.value[0]) - before), 6)

other = optax.inject_hyperparams(optax.sgd)(learning_rate=1.0, momentum=0.9)
state = other.init(jnp.zeros(1))
_, state = other.update(jnp.ones(1), state)
state.hyperparams["learning_rate"] = jnp.array(0.0)
step, _ = other.update(jnp.zeros(1), state)
by_optax = abs(float(step[0]))
print(f"the step at rate 0: {by_keras} in Keras, {by_optax} in optax")
if (by_keras, by_optax) != (0.9, 0.0):
    raise SystemExit("changed: 0.9 and 0 were expected")
PYTHON
