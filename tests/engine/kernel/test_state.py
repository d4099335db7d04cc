"""What the caller may change between two calls of the compiled arithmetic, and what a call leaves of the processor."""

import ctypes
import platform
import shutil
import subprocess

import numpy as np
import pytest

from engine.kernel import bodies, load
from tests.engine.kernel.harness import Lockstep, Network

pytestmark = pytest.mark.skipif(not bodies(), reason="there is no C compiler")

RNG = np.random.default_rng(0)
X = RNG.uniform(-5, 5, (50, 2)).astype(np.float32)
T = (np.hypot(*X.T) < 3).astype(np.float32)[:, None]
FIRST = slice(0, 12)  # the parameters of the first of the layers 2-4-3-1
ADAM = {"optimizer": "adam", "parameters": (0.9, 0.999, 1e-8), "rate": 0.01, "l2": 0.01}


def network(seed=1, x=X, body="base", **options):
    w = np.random.default_rng(seed).normal(0, 0.5, 31)
    return Network(load(body), [2, 4, 3, 1], ["tanh", "relu"], x.copy(), T, w, seed=seed, **ADAM | options)


def hold(member, places):
    """Links at ``places`` neither learn nor shrink."""
    member.free[places] = member.weight[places] = 0.0
    member.run.rule.free = member.free.ctypes.data


@pytest.mark.parametrize("body", bodies())
def test_a_frozen_layer_keeps_its_weights(body):
    free, frozen = network(body=body), network(body=body)
    hold(frozen, FIRST)
    before = frozen.w[FIRST].copy()
    free.train(1, batches=1)
    frozen.train(1, batches=1)
    np.testing.assert_array_equal(frozen.w[12:], free.w[12:])
    frozen.train(5)
    np.testing.assert_array_equal(frozen.w[FIRST], before)
    assert (frozen.w[12:31] != free.w[12:31]).all()


@pytest.mark.parametrize("body", bodies())
def test_members_differ_in_data_masks_rates_and_order(body):
    def members():
        made = [network(seed, X + np.float32(seed), body, rate=seed / 100) for seed in (1, 2, 3)]
        made[2].w[[1, 13]] = 0.0
        for member, places in zip(made, ([], FIRST, [1, 13]), strict=True):
            hold(member, places)
        return made

    alone = members()
    for member in alone:
        member.train(10)
    together = Lockstep(members())
    together.train(10)
    for lane, member in enumerate(alone):
        np.testing.assert_array_equal(together.w[:, lane], member.w)
    assert not alone[2].w[[1, 13]].any()


@pytest.mark.parametrize("body", bodies())
def test_data_replaced_between_batches_are_used_by_the_next(body):
    other = X[::-1].copy()
    run = network(body=body)
    run.train(1, batches=1)
    given = network(x=other, body=body)
    for name in ("w", "slot0", "slot1"):
        getattr(given, name)[:] = getattr(run, name)
    given.run.state.power1, given.run.state.power2 = run.run.state.power1, run.run.state.power2
    given.run.place = run.run.place
    run.x[:] = other
    for member in (run, given):
        assert member.train(1, batches=3)[1] == 3
    np.testing.assert_array_equal(run.w, given.w)
    unchanged = network(body=body)
    unchanged.train(1, batches=4)
    assert (run.w[:31] != unchanged.w[:31]).any()


def test_given_weights_are_trained_on_from():
    run, given = network(), network(seed=7)
    given.w[:] = run.w
    given.order[:] = run.order
    for member in (run, given):
        member.train(1, batches=5)
    np.testing.assert_array_equal(run.w, given.w)


@pytest.mark.parametrize("body", bodies())
def test_every_nan_that_leaves_is_the_same(body):
    run = network(body=body)
    run.w[:31] = np.resize([np.inf, -np.inf, -np.nan, 1.0], 31)
    values = run.evaluate(X, 2, 8).view(np.uint32)
    row = np.frombuffer(bytes(run.measure()), np.uint32)
    nan = np.isnan(values.view(np.float32))
    assert nan.any()
    assert set(values[nan].tolist()) == {0x7FC00000} == {int(row[0])}


CONTROL = """
#include <immintrin.h>
unsigned get(void) { return _mm_getcsr(); }
void set(unsigned value) { _mm_setcsr(value); }
"""


@pytest.mark.skipif(platform.machine() != "x86_64" or not shutil.which("cc"), reason="x86-64 with a compiler")
@pytest.mark.parametrize("body", bodies())
def test_denormals_are_kept_whatever_the_thread_has_set(tmp_path, body):
    (tmp_path / "control.c").write_text(CONTROL)
    built = tmp_path / "control.so"
    subprocess.run(["cc", "-shared", "-fPIC", tmp_path / "control.c", "-o", built], check=True, timeout=60)
    control = ctypes.CDLL(str(built))

    def trained():
        run = network(body=body, optimizer="sgd", rate=1e-3, l2=0.0)
        run.w[:] *= 1e-20  # the gradient of the first layer is a product of such weights
        run.train(1)
        return run.w.tobytes(), run.g.tobytes(), run.evaluate(X, 2, 8).tobytes()

    usual, flushing = control.get(), 0x9FC0
    expected = trained()
    assert (np.abs(np.frombuffer(expected[1], np.float32)[FIRST]) < 1e-38).any()
    control.set(flushing)
    try:
        found, left = trained(), control.get()
    finally:
        control.set(usual)
    assert found == expected
    assert left & ~0x3F == flushing & ~0x3F  # apart from the flags that other arithmetic has raised
