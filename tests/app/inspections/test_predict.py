"""Predictions of runs on tables: rows by column, classes and labels by name."""

import numpy as np
import pytest

from app.inspections.data import Data, data
from app.inspections.predict import Predictions, predict
from app.protocol.encoding import answer_pieces
from engine import RunConfig, Trainer
from engine.data.tables import read_table
from engine.pieces import result_of

BIRDS = "len,isle,kind\n" + "".join(f"{40 + 6 * (i % 3) + i / 60},{'TBD'[i % 3]},{'ABC'[i % 3]}\n" for i in range(60))
FLOWERS = "x,late,early\n" + "".join(
    f"{i},{'no' if i < 20 else 'yes'},{'yes' if i < 10 else 'no'}\n" for i in range(40)
)


def trainer_of(text, epochs, rate, **fields):
    table = read_table(text.encode())
    config = {"dataset": {"name": "table", "table": table.id, **fields}, "training": {"learning_rate": rate}}
    trainer = Trainer(RunConfig.model_validate(config), table=table)
    trainer.train(10**9, epochs)
    return trainer


def answer(trainer, rows):
    sent = result_of(answer_pieces(result_of(predict(trainer, 0, None, rows, 0.5))))
    return Predictions.model_validate_json(sent)


def test_classes_are_answered_by_name():
    found = answer(trainer_of(BIRDS, 60, 0.1, inputs=["len", "isle"]), [[40.5, "T"], {"isle": "D", "len": 52}])
    assert found.labels == ["A", "C"]
    assert found.indices == [0, 2]


def test_labels_are_answered_by_name():
    found = answer(trainer_of(FLOWERS, 200, 0.3, target=["late", "early"]), [[0], [39]])
    assert found.labels == [["early"], ["late"]]
    assert found.indices == [[0, 1], [1, 0]]


def test_a_number_is_answered_in_its_unit():
    houses = "size,price\n" + "".join(f"{50 + 3 * i},{150_000 + 7000 * i}\n" for i in range(30))
    found = answer(trainer_of(houses, 100, 0.03), [[77]])
    assert found.outputs[0][0] == pytest.approx(213_000, rel=0.1)
    assert found.labels is found.indices is None


def test_points_that_are_read_are_points_to_predict_for():
    gaps = BIRDS.replace("40.0,T", ",T").replace(",B,", ",,", 1)
    trainer = trainer_of(gaps, 1, 0.1, inputs=["len", "isle"], missing="category", validation_fraction=0.2)
    points = Data.model_validate_json(result_of(answer_pieces(data(trainer, 0, 60))))
    assert points.split == ["train"] * 30 + ["validation"] * 12 + ["test"] * 18
    assert [None, 2] in points.inputs
    predicted = np.array(answer(trainer, points.inputs).outputs)
    np.testing.assert_array_equal(predicted, trainer.model().predict(trainer.data().inputs))
