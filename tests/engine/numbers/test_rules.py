"""The two sets of rules: the old ones give what was recorded of them, the new ones the same bits on every machine."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from engine.config import RunConfig
from engine.numbers.rules import NUMPY, PORTABLE
from engine.numbers.streams import Purpose
from engine.training.trainer import Trainer
from tests.engine.numbers import starts

HERE = Path(__file__).parent
CONFIGS = starts.configs()
# SHA-256 of everything that the portable rules give for these configs, cut to 16 digits.
PINNED = json.loads((HERE / "fixtures" / "portable-1.json").read_text(encoding="utf-8"))


def test_the_portable_rules_give_these_bits():
    assert starts.digests(PORTABLE) == PINNED


def test_no_processors_way_of_computing_changes_them():
    """NumPy and OpenBLAS choose their code by processor when they are loaded: here, that of the oldest ones."""
    environment = {"OPENBLAS_CORETYPE": "Prescott", "NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4"}
    code = """if True:
        import json
        from engine.numbers.rules import PORTABLE
        from tests.engine.numbers.starts import digests
        print(json.dumps(digests(PORTABLE)))
    """
    command = [sys.executable, "-W", "ignore", "-c", code]
    done = subprocess.run(
        command, env=os.environ | environment, cwd=HERE.parents[2], capture_output=True, text=True, timeout=100
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == PINNED


@pytest.fixture(scope="module")
def recorded():
    """What the rules of NumPy gave before there were others."""
    with np.load(HERE / "fixtures" / "numpy-1.npz") as arrays:
        return dict(arrays)


# Formulas came after the old rules.
@pytest.mark.parametrize("name", [name for name in CONFIGS if name != "formula"])
def test_the_old_rules_give_what_was_recorded(name, recorded):
    got = {
        key: array for key, array in starts.numbers_of(starts.trainer_of(CONFIGS[name], NUMPY)).items() if array.size
    }
    expected = {key.partition("/")[2]: value for key, value in recorded.items() if key.partition("/")[0] == name}
    assert got.keys() == expected.keys()
    for key, array in got.items():
        assert array.dtype == expected[key].dtype
        if key in ("orders", "masks"):
            np.testing.assert_array_equal(array, expected[key])
        else:  # NumPy's sine and the like differ between processors in the last bits
            np.testing.assert_allclose(array, expected[key], rtol=1e-14 if array.itemsize == 8 else 1e-6, atol=1e-14)


def test_the_old_schedules_are_the_recorded_ones(recorded):
    for name, rates in starts.learning_rates(NUMPY).items():
        np.testing.assert_allclose(rates, recorded[f"schedule {name}"], rtol=1e-14)


@pytest.mark.parametrize("name", CONFIGS)
def test_both_rules_make_arrays_of_one_kind(name):
    old, new = (starts.numbers_of(starts.trainer_of(CONFIGS[name], rules)) for rules in (NUMPY, PORTABLE))
    for key, array in old.items():
        assert array.dtype == new[key].dtype
        assert array.shape == new[key].shape


def test_both_rules_compute_the_same_schedules():
    for key, array in starts.learning_rates(NUMPY).items():
        np.testing.assert_allclose(starts.learning_rates(PORTABLE)[key], array, rtol=1e-10, atol=1e-15)


def test_equal_seeds_are_no_twins():
    """The points of data seed 0 and the weights of run seed 0 came from one stream under the old rules."""

    def first(rules, purpose):
        return rules.stream(0, purpose).uniform(0.0, 1.0, 1000)

    np.testing.assert_array_equal(first(NUMPY, Purpose.POINTS), first(NUMPY, Purpose.WEIGHTS))
    assert abs(np.corrcoef(first(PORTABLE, Purpose.POINTS), first(PORTABLE, Purpose.WEIGHTS))[0, 1]) < 0.1


def test_a_run_keeps_its_rules():
    config = RunConfig.model_validate(CONFIGS["augmentation"])
    for rules in (NUMPY, PORTABLE):
        first = starts.trainer_of(CONFIGS["augmentation"], rules)
        first.advance(2)
        state = first.state()
        assert state["meta"]["rules"] == rules.name
        again = Trainer(config)
        again.restore(state)
        assert again.rules is rules
        np.testing.assert_array_equal(again.data().inputs, first.data().inputs)
        for trainer in (first, again):
            while trainer.epoch < 2:
                trainer.advance(100)
        np.testing.assert_array_equal(again.parameters, first.parameters)
        again.reset(seed=5)
        assert again.rules is rules


def test_a_state_of_an_earlier_build_has_the_old_rules():
    """It named no rules, and held the streams of weights, order, dropout and augmentation."""
    config = CONFIGS["dropout of seeds"]
    trainer = starts.trainer_of(config, NUMPY)
    trainer.advance(1)
    state = trainer.state()
    del state["meta"]["rules"]
    states = state["meta"]["batches"]["generators"]
    state["meta"]["batches"]["generators"] = [[np.random.PCG64(1).state, *member] for member in states]
    again = starts.trainer_of(config, PORTABLE)
    again.restore(state)
    assert again.rules is NUMPY
    for each in (trainer, again):
        while each.epoch < 2:
            each.advance(100)
    np.testing.assert_array_equal(again.parameters, trainer.parameters)


def test_the_error_for_unknown_rules_lists_the_known_ones():
    with pytest.raises(KeyError, match="portable-1, numpy-1"):
        Trainer(RunConfig(), rules="portable-9")
