"""The measured loss surface against the losses of the weights it shows."""

import numpy as np
import pytest

from engine.config import RunConfig, WeightChange
from engine.inspection.landscape import landscape
from engine.training.trainer import Trainer


def trained(config=None, epochs=30, every=5):
    trainer = Trainer(RunConfig.model_validate(config or {}))
    path = {}
    while trainer.epoch < epochs:
        if trainer.epoch % every == 0 and trainer.batch == 0:
            path[trainer.epoch] = (trainer.parameters[0], trainer.metrics.train_loss[0])
        trainer.advance(1000)
    return trainer, {e: w for e, (w, _) in path.items()}, {e: loss for e, (_, loss) in path.items()}


@pytest.mark.parametrize("directions", ["pca", "random"])
def test_the_centre_is_the_runs_loss_and_the_path_ends_there(directions):
    trainer, path, losses = trained()
    result = landscape(trainer, 11, directions, path)
    assert result.directions == directions
    assert result.loss[5, 5] == pytest.approx(trainer.metrics.train_loss[0], rel=1e-5)
    last = result.path[-1]
    assert (last.epoch, last.x, last.y) == (trainer.epoch, 0.0, 0.0)
    assert [p.epoch for p in result.path[:-1]] == sorted(path)
    for point in result.path[:-1]:
        assert point.loss == pytest.approx(losses[point.epoch], rel=1e-4)
    assert 0 < result.variance_explained <= 1


def test_pca_directions_explain_the_path():
    trainer, path, _ = trained()
    pca, chance = (landscape(trainer, 11, d, path) for d in ("pca", "random"))
    assert pca.variance_explained > 0.9 > chance.variance_explained
    assert all(abs(p.x) < pca.x[-1] and abs(p.y) < pca.y[-1] for p in pca.path)


def test_two_free_weights_give_the_exact_bowl():
    points = {"inputs": [[1, 0], [0, 1], [1, 1], [2, 1]], "targets": [2, 1, 3, 5]}
    config = {
        "dataset": {"name": "custom", **points, "task": "regression", "train_fraction": 1.0},
        "network": {"hidden": [], "bias": False},
        "training": {"loss": "half_squared_error", "learning_rate": 0.1, "batch_size": None},
    }
    trainer, path, _ = trained(config, epochs=20, every=1)
    result = landscape(trainer, 21, "pca", path)
    assert result.directions == "exact"
    data = trainer.data()
    for row, y in enumerate(result.y):
        for column, x in enumerate(result.x):
            expected = 0.5 * np.mean((data.inputs @ (x, y) - data.targets) ** 2)
            assert result.loss[row, column] == pytest.approx(expected, rel=1e-9)
    W = trainer.model().layers()[0].W[0]
    assert (result.path[-1].x, result.path[-1].y) == pytest.approx(tuple(W))
    assert result.variance_explained == pytest.approx(1.0)
    gradient = (data.inputs @ W - data.targets) @ data.inputs / 4
    assert result.gradient == pytest.approx(tuple(gradient), abs=1e-6)


def test_random_directions_are_filter_normalised():
    trainer, path, _ = trained()
    zero = landscape(trainer, 3, "random", path, seed=1)
    again = landscape(trainer, 3, "random", path, seed=1)
    np.testing.assert_array_equal(zero.loss, again.loss)
    assert not np.array_equal(zero.loss, landscape(trainer, 3, "random", path, seed=2).loss)


def test_a_run_that_has_not_moved_still_has_a_surface():
    trainer, _, _ = trained(epochs=0)
    result = landscape(trainer, 5, "pca", {})
    assert np.isfinite(result.loss).all()
    assert result.variance_explained is None
    assert len(result.path) == 1


@pytest.mark.parametrize("directions", ["pca", "random"])
def test_parameters_that_do_not_train_are_not_varied(directions):
    """With both output links cut and no biases the answer is always 0.5: the surface is flat at log 2."""
    trainer, _, _ = trained({"network": {"hidden": [{"units": 2}], "bias": False}}, epochs=0)
    cut = [{"layer": 1, "row": 0, "column": column} for column in range(2)]
    trainer.edit(WeightChange.model_validate({"cut": cut}))
    first = trainer.parameters[0]
    assert landscape(trainer, 5, directions, {}).loss == pytest.approx(np.full((5, 5), np.log(2.0)))
    trainer.advance(1000)
    assert landscape(trainer, 5, directions, {0: first}).loss == pytest.approx(np.full((5, 5), np.log(2.0)))


def test_an_even_resolution_and_unknown_directions_are_refused():
    trainer, path, _ = trained(epochs=1)
    with pytest.raises(ValueError, match="odd"):
        landscape(trainer, 10, "pca", path)
    with pytest.raises(ValueError, match="pca, random"):
        landscape(trainer, 11, "sideways", path)
