"""Mini-batches: every example once an epoch, whatever the size; dropout and augmentation draw anew."""

from functools import partial

import numpy as np
import pytest

from engine.config import RunConfig, TrainingChange
from engine.nn.network import Pass
from engine.training import trainer as module

# What NumPy trains on, batch by batch; the kernel cuts the same order itself.
Trainer = partial(module.Trainer, arithmetic="numpy")


def run(*, samples=46, dropout=0.0, features="auto", sweep=None, **training):
    return RunConfig.model_validate(
        {
            "dataset": {"samples": samples, "train_fraction": 0.5},
            "features": features,
            "network": {"hidden": [{"units": 4, "dropout": dropout}]},
            "training": training,
            "sweep": sweep,
        }
    )


def examples(trainer, batch, member=None):
    """Which training points a batch holds, by their features."""
    x = batch.x if member is None else batch.x[member]
    points = trainer.data().inputs[: trainer.data().train].astype(np.float32)
    return [int(np.flatnonzero((points == column[:2]).all(axis=1))[0]) for column in x.T]


@pytest.mark.parametrize(
    ("batch_size", "widths"),
    [(5, [5, 5, 5, 5, 3]), (1, [1] * 23), (23, [23]), (None, [23]), (1000, [23]), (22, [22, 1])],
)
def test_every_example_is_used_once_per_epoch(batch_size, widths):
    trainer = Trainer(run(batch_size=batch_size))
    assert trainer.batches_per_epoch == len(widths)
    orders = []
    for _ in range(3):
        batches = trainer.batches.batches
        assert [batch.x.shape[1] for batch in batches] == widths
        assert [batch.scale for batch in batches] == [1 / width for width in widths]
        seen = [example for batch in batches for example in examples(trainer, batch)]
        assert sorted(seen) == list(range(23))
        orders.append(seen)
        assert [trainer.advance(1) for _ in widths] == [False] * (len(widths) - 1) + [True]
    assert orders[0] != orders[1] != orders[2]


def test_inputs_targets_and_transposed_inputs_are_aligned():
    trainer = Trainer(run(batch_size=5, features=["x1", "x2", "x1^2"]))
    data = trainer.data()
    for batch in trainer.batches.batches:
        np.testing.assert_array_equal(batch.x, batch.x_T.T)
        np.testing.assert_array_equal(batch.x[-1], 1.0)
        np.testing.assert_allclose(batch.x[2], batch.x[0] ** 2, rtol=1e-6)
        rows = examples(trainer, batch)
        # the pair of sigmoid and cross-entropy takes its targets as 1 - 2t
        np.testing.assert_array_equal(batch.t[0], 1 - 2 * data.targets[rows])


@pytest.mark.parametrize("change_to", [1, 4, 7, 1000, None])
def test_a_batch_size_changed_in_mid_epoch_skips_no_example(change_to):
    trainer = Trainer(run(batch_size=5))
    seen = [i for batch in trainer.batches.batches[:2] for i in examples(trainer, batch)]
    trainer.advance(2)
    trainer.change(TrainingChange(batch_size=change_to))
    assert (trainer.epoch, trainer.batch) == (0, 2)
    seen += [i for batch in trainer.batches.batches for i in examples(trainer, batch)]
    assert sorted(seen) == list(range(23))
    assert trainer.advance(100)
    assert trainer.epoch == 1
    assert trainer.batches_per_epoch == len(trainer.batches.batches) == -(-23 // min(change_to or 23, 23))


def test_members_with_different_seeds_have_different_orders():
    trainer = Trainer(run(batch_size=5, sweep={"parameter": "seed", "values": [1, 2]}))
    orders = [[i for b in trainer.batches.batches for i in examples(trainer, b, member)] for member in range(2)]
    assert orders[0] != orders[1]
    assert sorted(orders[0]) == sorted(orders[1]) == list(range(23))


def test_dropout_alone_changes_neither_weights_nor_order():
    plain, dropped = Trainer(run(batch_size=5)), Trainer(run(batch_size=5, dropout=0.5))
    np.testing.assert_array_equal(plain.parameters, dropped.parameters)
    np.testing.assert_array_equal(plain.batches.order, dropped.batches.order)


@pytest.mark.parametrize("rate", [0.1, 0.5, 0.9])
def test_dropout_is_inverted_and_keeps_the_mean(rate):
    trainer = Trainer(run(samples=4000, batch_size=None, dropout=rate))
    batch = trainer.batches.batches[0]
    (dropout,) = batch.buffers.dropouts
    total = np.zeros_like(dropout.mask)
    for _ in range(20):
        trainer.batches.draw_dropout(batch.buffers)
        assert set(np.unique(dropout.mask)) == {np.float32(0.0), np.float32(1 / (1 - rate))}
        total += dropout.mask
    draws = total.size * 20
    # a mask's variance is rate / (1 - rate): five standard errors
    assert abs(total.mean() / 20 - 1) < 5 * np.sqrt(rate / (1 - rate) / draws)


def test_dropout_draws_new_masks_for_every_batch():
    trainer = Trainer(run(batch_size=23, dropout=0.5))
    masks = []
    for _ in range(3):
        buffers = trainer.batches.batches[0].buffers
        trainer.advance(1)
        masks.append(buffers.dropouts[0].mask.copy())
    assert not np.array_equal(masks[0], masks[1])
    assert not np.array_equal(masks[1], masks[2])


def test_dropout_is_off_in_evaluation_and_in_answers():
    dropped, plain = Trainer(run(batch_size=5, dropout=0.9)), Trainer(run(batch_size=5))
    assert dropped.metrics == plain.metrics
    points = plain.data().inputs
    np.testing.assert_array_equal(dropped.model().predict(points), plain.model().predict(points))
    assert not Pass(dropped.network, 5).dropouts


def test_dropout_never_drops_the_row_of_the_biases():
    trainer = Trainer(run(batch_size=23, dropout=0.5))
    trainer.advance(1)
    buffers = trainer.batches.batches[0].buffers
    *_, kept, A = buffers.layers[0]
    mask = buffers.dropouts[0].mask
    np.testing.assert_array_equal(kept, buffers.hidden_A[0] * mask)
    np.testing.assert_array_equal(A[-1], 1.0)


def test_augmentation_moves_every_point_in_every_epoch():
    trainer = Trainer(run(batch_size=None, augmentation=0.5, features=["x1", "x2", "x1*x2"]))
    still = trainer.data().inputs[: trainer.data().train]
    seen = []
    for _ in range(2):
        batch = trainer.batches.batches[0]
        moved = batch.x[:2].T.astype(float) - still[trainer.batches.order[0]]
        assert np.abs(moved).max() <= 0.5 + 1e-6
        assert np.abs(moved).mean() > 0.15  # U(+-0.5) has 0.25
        np.testing.assert_allclose(batch.x[2], batch.x[0] * batch.x[1], rtol=1e-5, atol=1e-6)
        np.testing.assert_array_equal(batch.x[-1], 1.0)
        seen.append(moved)
        trainer.advance(1)
    assert not np.allclose(seen[0], seen[1])
    np.testing.assert_array_equal(still, Trainer(run()).data().inputs[:23])  # the points themselves stay


def test_evaluation_uses_the_points_as_they_are():
    assert Trainer(run(augmentation=3.0)).metrics == Trainer(run()).metrics
