"""Real data sets: each entry says what its table holds, and a config that names one is enough."""

import numpy as np
import pytest

from engine.config import RunConfig
from engine.data.points import make_data
from engine.data.resolve import resolve
from engine.data.sets import sets
from engine.data.sets.registry import _read
from engine.errors import InvalidArgument
from engine.training.trainer import Trainer


def bound(name, **dataset):
    return resolve(RunConfig.model_validate({"dataset": {"name": name, **dataset}}), None)


@pytest.mark.parametrize("name", sets)
def test_an_entry_says_what_its_table_holds(name):
    entry, config = sets[name], bound(name)
    names = [column.name for column in entry.table().columns]
    assert {*entry.inputs, *entry.units, entry.target} <= {*names}
    assert (config.task, config.samples, config.encoded_inputs) == (entry.task, entry.rows, entry.encoded)
    assert (config.inputs, len(config.columns.classes)) == (entry.raw, entry.classes)
    assert config.columns.targets == (entry.target,)
    assert RunConfig.from_stored(config.stored) == config


def test_a_file_is_read_when_a_config_is_bound():
    _read.cache_clear()
    config = RunConfig.model_validate({"dataset": {"name": "iris"}})
    assert _read.cache_info().currsize == 0
    resolve(config, None)
    assert _read.cache_info().currsize == 1


def test_a_set_takes_the_options_of_a_table():
    config = bound("penguins", inputs=["body_mass_g", "island"], target="flipper_length_mm", missing="median")
    assert (config.task, config.encoded_inputs, config.samples) == ("regression", 4, 342)
    data = make_data(config)
    assert 170 < data.targets.min() < data.targets.max() < 240  # millimetres


@pytest.mark.parametrize(
    ("field", "value"), [("table", "abc"), ("classes", 3), ("targets", [1, 2]), ("inputs", [[1], [2]])]
)
def test_what_does_not_belong_to_a_set_is_refused(field, value):
    with pytest.raises(ValueError, match=field):
        RunConfig.model_validate({"dataset": {"name": "iris", field: value}})


def test_an_unknown_column_of_a_set_is_refused():
    with pytest.raises(InvalidArgument, match="petal_width_cm"):
        bound("iris", inputs=["petal_widht"])


def test_pixels_become_sixteenths_and_blank_ones_stay():
    trainer = Trainer(RunConfig.model_validate({"dataset": {"name": "digits"}}))
    data = trainer.data()
    assert trainer.network.sizes[0] == 64
    np.testing.assert_array_equal(data.preprocessing.encode(data.inputs), data.inputs / 16)


@pytest.mark.parametrize(("split", "accuracy"), [("stratified", 0.97), ("ordered", 0.92)])
def test_digits_are_learned_in_sixty_epochs(split, accuracy):
    tree = {"seed": 1, "dataset": {"name": "digits", "split": split, "train_fraction": 0.7}, **sets["digits"].suggests}
    trainer = Trainer(RunConfig.model_validate(tree))
    trainer.train(10**6, until=60)
    assert trainer.metrics.test_accuracy[0] >= accuracy
