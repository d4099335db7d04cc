"""The registry: one name one entry, and an unknown name is answered with the valid ones."""

from dataclasses import dataclass

import pytest

from engine.data.datasets import datasets
from engine.data.features import features
from engine.nn.activations import activations
from engine.nn.initializers import initializers
from engine.nn.losses import losses, outputs, pairs
from engine.nn.registry import Registry, UnknownNameError
from engine.nn.regularizers import regularizers
from engine.training.optimizers import optimizers
from engine.training.schedules import schedules

PUBLIC = {
    "activations": "sigmoid tanh relu leaky_relu prelu elu selu softplus gaussian gelu silu mish sine linear",
    "outputs": "sigmoid softmax linear tanh",
    "losses": "cross_entropy mse half_squared_error",
    "initializers": "glorot_uniform glorot_normal he_normal lecun_normal uniform zeros",
    "optimizers": "sgd momentum nesterov adagrad rmsprop adam adamw",
    "schedules": "constant step exponential inverse_time cosine warm_up",
    "regularizers": "none l1 l2",
    "datasets": "circle xor gauss spiral moons rings checkerboard blobs spirals plane bumps curve dining_hall",
}
REGISTRIES = {
    "activations": activations,
    "outputs": outputs,
    "losses": losses,
    "initializers": initializers,
    "optimizers": optimizers,
    "schedules": schedules,
    "regularizers": regularizers,
    "datasets": datasets,
    "features": features,
    "pairs": pairs,
}


@dataclass(frozen=True)
class Thing:
    name: str
    title: str = ""


def test_it_is_a_mapping_in_the_order_of_adding():
    things = Registry[Thing]("thing")
    assert things.add(Thing("b")) == Thing("b")
    things.add(Thing("a"))
    assert list(things) == ["b", "a"]
    assert len(things) == 2
    assert things["a"] == Thing("a")
    assert "c" not in things
    assert things.choices == "b, a"


def test_a_name_can_be_registered_once():
    things = Registry[Thing]("thing")
    things.add(Thing("a"))
    with pytest.raises(ValueError, match="thing 'a' is registered already"):
        things.add(Thing("a", "again"))


def test_the_error_for_an_unknown_name_lists_the_valid_ones():
    things = Registry[Thing]("thing")
    things.add(Thing("a"))
    things.add(Thing("b"))
    with pytest.raises(UnknownNameError) as caught:
        things["x"]
    assert all(part in str(caught.value) for part in ("thing", "'x'", "a, b"))
    assert things.get("x") is None


@pytest.mark.parametrize("kind", PUBLIC)
def test_every_public_name_is_there(kind):
    assert set(PUBLIC[kind].split()) <= set(REGISTRIES[kind])


@pytest.mark.parametrize(
    "entry", [entry for registry in REGISTRIES.values() for entry in registry.values()], ids=lambda e: e.name
)
def test_every_entry_says_what_it_is(entry):
    assert entry.title
    for name in ("formula", "derivative_formula", "delta_formula", "note"):
        assert getattr(entry, name, "stands")
    for p in (*getattr(entry, "parameters", ()), *getattr(entry, "learned", ())):
        assert p.title
        low = p.minimum if p.minimum is not None else p.above
        high = p.maximum if p.maximum is not None else p.below
        assert low is None or p.default > low or p.default == p.minimum
        assert high is None or p.default < high or p.default == p.maximum
