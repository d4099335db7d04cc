"""A model: raw inputs in, outputs and labels out, and its weights as the articles write them."""

import numpy as np
import pytest

from engine.config import RunConfig, WeightChange
from engine.nn.model import encode_targets, feature_rows
from engine.numbers.rules import PORTABLE
from engine.pieces import MAX_WIDTH
from engine.training.trainer import Trainer


def trained(tree=None, epochs=3):
    trainer = Trainer(RunConfig.model_validate(tree or {}))
    for _ in range(epochs):
        trainer.advance(1000)
    return trainer


def test_predictions_follow_from_the_weights_it_shows():
    tree = {
        "features": ["x2", "x1*x2"],
        "network": {"hidden": [{"units": 5}, {"units": 3, "activation": "relu"}]},
        "dataset": {"name": "blobs"},
    }
    model = trained(tree).model()
    points = np.random.default_rng(0).uniform(-6, 6, (20, 2))
    A = np.stack((points[:, 1], points[:, 0] * points[:, 1]))
    first, second, last = model.layers()
    assert first.W.shape == (5, 2)
    assert first.b.shape == (5,)
    A = np.tanh(first.W @ A + first.b[:, None])
    A = np.maximum(0, second.W @ A + second.b[:, None])
    Z = last.W @ A + last.b[:, None]
    P = np.exp(Z - Z.max(axis=0))
    np.testing.assert_allclose(model.predict(points), (P / P.sum(axis=0)).T, rtol=2e-4, atol=1e-6)


def test_a_point_alone_or_among_many_has_its_answer():
    model = trained().model()
    points = np.random.default_rng(0).uniform(-6, 6, (MAX_WIDTH + 7, 2))
    whole = model.predict(points)
    assert whole.shape == (MAX_WIDTH + 7, 1)
    np.testing.assert_allclose(whole[-7:], model.predict(points[-7:]), rtol=1e-5)
    np.testing.assert_allclose(whole[:1], model.predict(points[:1]), rtol=1e-5)
    assert model.predict(np.zeros((0, 2))).shape == (0, 1)


def test_an_answer_is_the_callers_own():
    model = trained().model()
    one = model.predict(np.ones((4, 2)))
    kept = one.copy()
    model.predict(np.zeros((4, 2)))
    np.testing.assert_array_equal(one, kept)


@pytest.mark.parametrize("inputs", [np.ones((3, 1)), np.ones((3, 3)), np.ones(2)], ids=lambda a: str(a.shape))
def test_inputs_of_another_shape_are_refused(inputs):
    with pytest.raises(ValueError, match="rows of 2 numbers"):
        trained(epochs=0).model().predict(inputs)


def test_a_model_is_a_copy_of_present_or_earlier_weights():
    trainer = trained()
    before, parameters = trainer.model(), trainer.parameters[0]
    points = trainer.data().inputs
    answer = before.predict(points)
    trainer.advance(1000)
    np.testing.assert_array_equal(before.predict(points), answer)
    assert not np.array_equal(trainer.model().predict(points), answer)
    np.testing.assert_array_equal(trainer.model(0, parameters).predict(points), answer)


def test_a_model_is_that_of_its_member():
    trainer = trained({"sweep": {"parameter": "seed", "values": [1, 2]}})
    points = trainer.data().inputs
    assert not np.array_equal(trainer.model(0).predict(points), trainer.model(1).predict(points))
    assert trainer.model(1).config.seed == 2
    with pytest.raises(ValueError, match=r"member 2 .* 0 to 1"):
        trainer.model(2)


def test_labels():
    binary, many = trained(epochs=0).model(), trained({"dataset": {"name": "blobs"}}, 0).model()
    outputs = np.array([[0.2], [0.5], [0.7]])
    assert binary.labels(outputs) == [0, 1, 1]
    assert binary.labels(outputs, 0.6) == [0, 0, 1]
    assert many.labels(np.array([[0.5, 0.3, 0.2], [0.1, 0.2, 0.7]])) == [0, 2]
    assert trained({"dataset": {"name": "plane"}}, 0).model().labels(outputs) is None


def test_a_tanh_outputs_threshold_is_a_share_of_the_way():
    model = trained({"network": {"output": "tanh"}}, 0).model()
    outputs = np.array([[-0.4], [0.0], [0.4]])
    assert model.labels(outputs) == [0, 1, 1]
    assert model.labels(outputs, 0.25) == [1, 1, 1]
    assert model.labels(outputs, 0.6) == [0, 0, 1]


def test_multilabel():
    dataset = {"name": "custom", "inputs": [[0], [1]], "targets": [[0, 1], [1, 1]], "task": "multilabel"}
    model = trained({"dataset": dataset}, 0).model()
    assert model.labels(np.array([[0.2, 0.9], [0.5, 0.4]])) == [[0, 1], [1, 0]]


def test_layers_are_copies_with_masks_where_a_link_is_cut():
    trainer = trained()
    assert all(layer.mask is None for layer in trainer.model().layers())
    trainer.edit(WeightChange.model_validate({"cut": [{"layer": 1, "row": 0, "column": 2}]}))
    layers = trainer.model().layers()
    assert layers[1].mask.tolist() == [[True, True, False, True], [True] * 4]
    assert layers[1].W[0, 2] == 0
    assert layers[0].mask.all()
    layers[0].W[:] = 9
    assert trainer.model().layers()[0].W.max() < 9
    assert all(layer.b is None for layer in trained({"network": {"bias": False}}).model().layers())


def test_features_come_in_rows_above_the_ones():
    config = RunConfig.model_validate({"features": ["x2", "x1^2"]})
    x = feature_rows(PORTABLE, config, np.array([[2.0, 3.0], [4.0, 5.0]]), np.float32)
    np.testing.assert_array_equal(x, np.array([[3, 5], [4, 16], [1, 1]], np.float32))
    assert x.dtype == np.float32
    no_bias = RunConfig.model_validate({"network": {"bias": False}})
    np.testing.assert_array_equal(feature_rows(PORTABLE, no_bias, np.ones((2, 2)), np.float32)[-1], 0.0)


@pytest.mark.parametrize(
    ("tree", "targets", "expected"),
    [
        ({}, [0, 1], [[0, 1]]),
        ({"network": {"output": "tanh"}}, [0, 1], [[-1, 1]]),
        ({"network": {"output": "softmax"}}, [0, 1], [[1, 0], [0, 1]]),
        ({"dataset": {"name": "blobs"}}, [2, 0], [[0, 1], [0, 0], [1, 0]]),
        ({"dataset": {"name": "blobs"}, "network": {"output": "tanh"}}, [2, 0], [[-1, 1], [-1, -1], [1, -1]]),
        ({"dataset": {"name": "plane"}}, [0.5, -2], [[0.5, -2]]),
    ],
    ids=str,
)
def test_targets_are_coded_as_the_output_says(tree, targets, expected):
    config = RunConfig.model_validate(tree)
    np.testing.assert_array_equal(encode_targets(config, np.array(targets)), expected)
