"""Runs on tables: what they learn, and that people read and write their own units and names."""

import numpy as np
import pytest

from engine import RunConfig, Trainer
from engine.data.tables import read_table
from engine.inspection.frozen_run import FrozenRun
from engine.inspection.maps import boundary, frame

HOUSES = "size,price\n" + "".join(f"{50 + 3 * i},{150_000 + 7000 * i}\n" for i in range(30))


def trainer_of(text, epochs=0, training=None, **fields):
    table = read_table(text.encode())
    config = {"dataset": {"name": "table", "table": table.id, **fields}, "training": training or {}}
    trainer = Trainer(RunConfig.model_validate(config), table=table)
    trainer.train(10**9, epochs)
    return trainer


def birds(count=60):
    rng = np.random.default_rng(0)
    rows = []
    for index in range(count):
        kind = index % 3
        rows.append(
            f"{40 + 6 * kind + rng.normal():.1f},{18 - 2 * kind + rng.normal() / 2:.1f},{'TBD'[kind]},{'ABC'[kind]}\n"
        )
    return "len,wid,isle,kind\n" + "".join(rows)


def test_house_prices_on_a_line_are_learnt_in_300_epochs():
    trainer = trainer_of(HOUSES, epochs=300)
    metrics = trainer.metrics
    assert metrics.test_r2[0] > 0.98
    predicted, data = trainer.model().predict(trainer.data().inputs), trainer.data()
    errors = (predicted - data.targets)[data.sets["test"]]
    assert metrics.test_error[0] == pytest.approx(np.sqrt((errors**2).mean()), rel=1e-4)
    spread = data.targets[data.sets["test"]]
    assert metrics.test_r2[0] == pytest.approx(1 - (errors**2).sum() / ((spread - spread.mean()) ** 2).sum(), rel=1e-4)
    assert trainer.model().predict([[77.0]])[0, 0] == pytest.approx(213_000, rel=0.05)


def test_a_regression_of_many_inputs_reaches_the_r2_of_least_squares():
    rng = np.random.default_rng(1)
    x = rng.normal(size=(300, 6)) * [1, 10, 100, 0.01, 5, 1] + [0, 50, 1000, 3, 0, 1]
    y = x @ [3, -0.5, 0.04, 700, 1, 0] + 20 + rng.normal(size=300) * 3
    text = "a,b,c,d,e,f,y\n" + "".join(
        ",".join(f"{v:.5f}" for v in (*row, t)) + "\n" for row, t in zip(x, y, strict=True)
    )
    trainer = trainer_of(text, epochs=100, train_fraction=0.7)
    data = trainer.data()
    train, test = data.sets["train"], data.sets["test"]
    ones = np.column_stack((data.inputs, np.ones(len(data.inputs))))
    exact = ones[test] @ np.linalg.lstsq(ones[train], data.targets[train, 0], rcond=None)[0]
    own = data.targets[test, 0]
    best = 1 - ((exact - own) ** 2).sum() / ((own - own.mean()) ** 2).sum()
    assert trainer.metrics.test_r2[0] > best - 0.05


def test_the_test_rows_do_not_touch_the_scaling():
    lines = HOUSES.splitlines()
    other = "\n".join([*lines[:-6], *(f"{9000 + i},{i}" for i in range(6))])
    plain, changed = (trainer_of(text, split="ordered", train_fraction=0.8, epochs=3) for text in (HOUSES, other))
    assert plain.data().preprocessing.offset.tolist() == changed.data().preprocessing.offset.tolist()
    np.testing.assert_array_equal(plain.parameters, changed.parameters)


def test_classes_are_learnt():
    assert trainer_of(birds(), epochs=60).metrics.test_accuracy[0] > 0.9


def test_maps_are_in_raw_units():
    trainer = trainer_of(HOUSES, epochs=20)
    grid = boundary(trainer.model(), resolution=25)
    assert 40 < grid.x[0] < 50 < 137 < grid.x[-1] < 147
    np.testing.assert_allclose(grid.values[0, 0], trainer.model().predict(grid.x[:, None])[:, 0], rtol=1e-6)
    (shown,) = frame(trainer, resolution=25, include=("boundary",))["range.boundary"]
    np.testing.assert_allclose(shown[0], [grid.values.min(), grid.values.max()], rtol=1e-5)


def test_an_axis_of_a_category_goes_from_value_to_value():
    trainer = trainer_of(birds(), epochs=5, inputs=["len", "wid", "isle"])
    grid = boundary(trainer.model(), resolution=30, axes=(2, 0))
    assert (grid.x[0], grid.x[-1]) == pytest.approx((-0.45, 2.45))
    columns = grid.values[:, :, :].transpose(2, 0, 1)
    for value in range(3):  # ten cells each, all alike
        assert (columns[10 * value : 10 * value + 10] == columns[10 * value]).all()


def test_a_run_on_a_table_continues_bit_for_bit():
    table = read_table(birds().encode())
    fields = {
        "name": "table",
        "table": table.id,
        "missing": "median",
        "train_fraction": 0.6,
        "validation_fraction": 0.2,
    }
    config = RunConfig.model_validate({"dataset": fields, "training": {"batch_size": 7}})
    whole, half = Trainer(config, table=table), Trainer(config, table=table)
    half.train(23, None)
    state = half.state()
    again = Trainer(config, table=table)
    again.restore(state | {"meta": state["meta"] | {"config": config.model_dump()}})
    assert again.config.columns == whole.config.columns
    whole.train(10**9, 9)
    again.train(10**9, 9)
    np.testing.assert_array_equal(again.parameters, whole.parameters)
    assert again.metrics == whole.metrics
    assert whole.metrics.validation_accuracy[0] > 0


def test_it_trains_as_numpy_does():
    table = read_table(HOUSES.encode())
    config = RunConfig.model_validate({"dataset": {"name": "table", "table": table.id}})
    ours, theirs = (Trainer(config, table=table, arithmetic=name) for name in (None, "numpy"))
    for trainer in (ours, theirs):
        trainer.train(10**9, 5)
    np.testing.assert_allclose(ours.network.w, theirs.network.w, rtol=1e-3, atol=1e-5)
    for name in ("test_loss", "test_r2", "test_error"):
        np.testing.assert_allclose(getattr(ours.metrics, name), getattr(theirs.metrics, name), rtol=1e-4)


def test_an_inspection_sees_what_the_network_sees():
    trainer = trainer_of(HOUSES, epochs=3)
    frozen = FrozenRun.of(trainer)
    np.testing.assert_allclose(frozen.x, trainer.evaluation.x, atol=1e-6)
    np.testing.assert_allclose(frozen.t, trainer.evaluation.t, atol=1e-6)
