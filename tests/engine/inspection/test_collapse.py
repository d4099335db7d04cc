"""A stack of linear layers does what its one matrix does."""

import numpy as np
import pytest

from engine.config import RunConfig, WeightChange
from engine.inspection.collapse import collapse
from engine.training.trainer import Trainer


def trained(dataset, *, bias=True, activation="linear", features="auto"):
    hidden = [{"units": units, "activation": activation} for units in (5, 3, 4)]
    config = {"dataset": dataset, "features": features, "network": {"hidden": hidden, "bias": bias}}
    config["training"] = {"learning_rate": 0.001}
    trainer = Trainer(RunConfig.model_validate(config))
    trainer.edit(WeightChange.model_validate({"cut": [{"layer": 1, "row": 0, "column": 2}]}))
    for _ in range(5):
        trainer.advance(trainer.batches_per_epoch)
    return trainer


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("name", ["xor", "blobs", "plane"])
def test_one_layer_gives_the_outputs_of_all(name, bias):
    trainer = trained({"name": name}, bias=bias, features=["x1", "x2", "x1*x2"])
    model, inputs = trainer.model(), trainer.data().inputs
    one = collapse(model, inputs)
    assert one.W.shape == (len(one.b), 3)
    assert one.error < 1e-5
    features = np.column_stack((inputs, inputs.prod(axis=1)))
    z = features @ one.W.T + one.b
    output = {"xor": lambda z: 1 / (1 + np.exp(-z)), "plane": lambda z: z}.get(name)
    if output is not None:
        np.testing.assert_allclose(model.predict(inputs), output(z), atol=1e-5)
    else:
        assert model.predict(inputs).argmax(axis=1).tolist() == z.argmax(axis=1).tolist()


def test_a_layer_with_a_bend_is_named():
    trainer = trained({"name": "xor"}, activation="tanh")
    with pytest.raises(ValueError, match="hidden layer 1 is tanh"):
        collapse(trainer.model(), trainer.data().inputs)
