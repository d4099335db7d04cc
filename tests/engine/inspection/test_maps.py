"""Maps and frames of a network against its own predictions."""

import numpy as np
import pytest

from engine.config import RunConfig, WeightChange
from engine.inspection import maps
from engine.training.trainer import Trainer


def trained(config=None, epochs=5):
    trainer = Trainer(RunConfig.model_validate(config or {}))
    while trainer.epoch < epochs:
        trainer.advance(1000)
    return trainer


def values_of(frame, name, member=0):
    """A quantised map and the largest error that quantising may have made."""
    low, high = (frame[f"range.{name}"][member, :, k, None, None] for k in (0, 1))
    return low + frame[name][member] / 255 * (high - low), ((high - low) / 255 * 0.51).max() + 1e-6


def test_the_boundary_is_the_prediction_at_the_cells_centres():
    model = trained().model()
    grid = maps.boundary(model, resolution=10)
    assert grid.values.shape == (1, 10, 10)
    assert grid.x[0] == pytest.approx(-5.4)
    assert np.all(np.diff(grid.y) > 0)
    for row, column in ((0, 0), (3, 7), (9, 9)):
        expected = model.predict([[grid.x[column], grid.y[row]]])
        np.testing.assert_allclose(grid.values[:, row, column], expected[0], rtol=1e-5)
        assert grid.classes[row, column] == model.labels(expected)[0]


def test_one_input_gives_one_row_and_no_classes_for_numbers():
    grid = maps.boundary(trained({"dataset": {"name": "curve"}}).model(), resolution=25)
    assert grid.values.shape == (1, 1, 25)
    assert grid.classes is None


def test_inputs_off_the_axes_stay_at_their_training_means():
    trainer = trained({"dataset": {"name": "dining_hall"}, "network": {"hidden": []}})
    model = trainer.model()
    grid = maps.boundary(model, resolution=10, axes=(2, 0))
    data = trainer.data()
    point = data.inputs[: data.train].mean(axis=0)
    point[2], point[0] = grid.x[4], grid.y[7]
    np.testing.assert_allclose(grid.values[0, 7, 4], model.predict([point])[0, 0], rtol=1e-5)


def test_an_input_off_the_axes_is_held_where_it_is_asked_for():
    model = trained({"dataset": {"name": "dining_hall"}, "network": {"hidden": []}}).model()
    grid = maps.boundary(model, resolution=10, axes=(0, 1), hold={2: 4.5})
    point = [grid.x[4], grid.y[7], 4.5]
    np.testing.assert_allclose(grid.values[0, 7, 4], model.predict([point])[0, 0], rtol=1e-5)


@pytest.mark.parametrize("axes", [(0, 0), (0, 3), (-1, 0)])
def test_axes_that_do_not_exist_are_named(axes):
    model = trained({"dataset": {"name": "dining_hall"}}, epochs=0).model()
    with pytest.raises(ValueError, match="from 0 to 2"):
        maps.boundary(model, axes=axes)


@pytest.mark.parametrize("resolution", [10, 50, 100])
def test_a_frame_quantises_the_map_and_every_unit(resolution):
    trainer = trained({"network": {"hidden": [{"units": 5, "activation": "relu"}, {"units": 3}]}})
    frame = maps.frame(trainer, resolution=resolution, unit_resolution=25, include={"boundary", "neurons"})
    exact = maps.boundary(trainer.model(), resolution).values
    values, tolerance = values_of(frame, "boundary")
    assert frame["boundary"].dtype == np.uint8
    assert np.abs(values - exact).max() <= tolerance
    for layer, units in enumerate((5, 3)):
        assert frame[f"neurons.{layer}"].shape == (1, units, 25, 25)
        assert frame[f"range.neurons.{layer}"].shape == (1, units, 2)
    W, b = trainer.model().layers()[0].W, trainer.model().layers()[0].b
    side = maps.centres(25)
    points = np.stack(np.meshgrid(side, side), axis=-1)
    values, tolerance = values_of(frame, "neurons.0")
    expected = np.maximum(0, np.einsum("ui,yxi->uyx", W, points) + b[:, None, None])
    assert np.abs(values - expected).max() <= tolerance


def test_weights_and_gradients_have_the_shapes_of_the_contract():
    config = {"sweep": {"parameter": "training.learning_rate", "values": [0.01, 0.03, 0.1]}}
    trainer = trained(config)
    frame = maps.frame(trainer, members=[2, 0], include={"weights", "gradients", "boundary"})
    assert frame["weights.0"].shape == frame["gradients.0"].shape == (2, 4, 2)
    assert frame["biases.1"].shape == frame["gradients_bias.1"].shape == (2, 2)
    assert frame["boundary"].shape == (2, 1, 50, 50)
    for place, member in enumerate((2, 0)):
        np.testing.assert_array_equal(frame["weights.1"][place], trainer.model(member).layers()[1].W)
    assert frame["gradients.0"].any()
    assert not np.array_equal(frame["boundary"][0], frame["boundary"][1])


def test_flat_and_enormous_maps_are_finite():
    trainer = trained({"dataset": {"name": "plane"}, "network": {"hidden": [{"units": 2, "activation": "relu"}]}})
    edits = [{"layer": 0, "row": r, "column": c, "value": 3e38} for r in range(2) for c in range(2)]
    edits += [{"layer": 1, "row": 0, "column": c, "value": 3e38 * (-1) ** c} for c in range(2)]
    trainer.edit(WeightChange.model_validate({"edits": edits}))
    frame = maps.frame(trainer, include={"boundary", "neurons"})
    assert all(np.isfinite(array).all() for array in frame.values())
    trainer.edit(WeightChange.model_validate({"edits": [{**edit, "value": 0.0} for edit in edits]}))
    frame = maps.frame(trainer, include={"boundary"})
    assert not frame["boundary"].any()
    assert frame["range.boundary"][0, 0, 0] == frame["range.boundary"][0, 0, 1]


def test_looking_changes_nothing():
    watched, alone = trained(epochs=0), trained(epochs=0)
    for _ in range(30):
        watched.advance(10)
        alone.advance(10)
        maps.frame(watched, include={"boundary", "weights", "neurons", "gradients"})
        maps.boundary(watched.model())
    np.testing.assert_array_equal(watched.parameters, alone.parameters)
    assert watched.metrics == alone.metrics


WIDE = {
    "network": {"hidden": [{"units": 250, "activation": "relu"}] * 4},
    "sweep": {"parameter": "seed", "values": [1, 2]},
}


def test_all_pieces_of_a_frame_show_the_same_weights():
    trainer = trained(WIDE, epochs=1)
    model = trainer.model(1)
    exact = maps.boundary(model, 25).values
    last = model.layers()[-1]
    making = maps.frame_pieces(trainer, [1], 25, 25, {"weights", "boundary", "neurons"})
    pieces = 0
    while True:
        try:
            next(making)
        except StopIteration as end:
            frame = end.value
            break
        pieces += 1
        trainer.advance(1)
    assert pieces > 25 * 25 // 100
    values, tolerance = values_of(frame, "boundary")
    assert np.abs(values - exact).max() <= tolerance
    np.testing.assert_array_equal(frame["weights.4"][0], last.W)
    assert frame["neurons.3"].shape == (1, 250, 25, 25)
    assert not np.array_equal(trainer.model(1).layers()[-1].W, last.W)


def test_many_inputs_are_made_a_piece_at_a_time():
    config = {
        "dataset": {
            "name": "custom",
            "inputs": np.eye(300).tolist(),
            "targets": [0, 1] * 150,
            "task": "classification",
        },
        "network": {"hidden": [{"units": 100}]},
    }
    model = trained(config, epochs=0).model()
    made = []
    outputs = list(
        model.predict_pieces(9_000, lambda span: made.append(span) or np.zeros((span.stop - span.start, 300)))
    )
    assert len(made) == len(outputs) > 8
    assert max(span.stop - span.start for span in made) <= 1_000
    assert made[-1].stop == 9_000
