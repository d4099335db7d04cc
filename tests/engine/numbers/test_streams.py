"""Random streams: NumPy's raw draws, the kernel's few lines on top of them, and no two streams alike."""

import ctypes
import hashlib
import itertools
import shutil
import subprocess
from copy import deepcopy
from pathlib import Path

import numpy as np
import pytest

from engine.numbers.streams import PortableStream, Purpose

KERNEL = Path(__file__).parents[3] / "engine" / "kernel"
WORD = 2**64 - 1


def sfc64(words):
    """The published generator, on Python's whole numbers."""
    a, b, c, counter = words
    while True:
        draw = (a + b + counter) & WORD
        a, b, c = b ^ (b >> 11), (c + (c << 3)) & WORD, (((c << 24) | (c >> 40)) + draw) & WORD
        counter += 1
        yield draw


@pytest.mark.parametrize(("seed", "purpose"), [(0, Purpose.POINTS), (7, Purpose.ORDER), (2**63 - 1, Purpose.DROPOUT)])
def test_a_stream_is_sfc64_from_seed_and_purpose(seed, purpose):
    expected = itertools.islice(sfc64([seed, purpose, 0, 1]), 18, 28)
    assert PortableStream(seed, purpose).raw(10).tolist() == list(expected)


def test_distributions_are_defined_by_the_raw_draws():
    def draws():
        return itertools.islice(sfc64([3, Purpose.WEIGHTS, 0, 1]), 18, None)

    def stream():
        return PortableStream(3, Purpose.WEIGHTS)

    assert stream().uniform(-2.0, 3.0, (4, 5)).reshape(-1).tolist() == [
        (draw >> 11) * 2.0**-53 * 5.0 - 2.0 for draw in itertools.islice(draws(), 20)
    ]
    assert stream().integers(-4, 3, 20).tolist() == [
        ((draw >> 32) * 7 >> 32) - 4 for draw in itertools.islice(draws(), 20)
    ]
    for dtype in (np.float32, np.float64):
        out = np.zeros((2, 10), dtype)
        stream().fill(out)
        assert out.reshape(-1).tolist() == [(draw >> 40) * 2.0**-24 for draw in itertools.islice(draws(), 20)]
    order, source = list(range(9)), draws()
    for place in range(8, 0, -1):
        other = (next(source) >> 32) * (place + 1) >> 32
        order[place], order[other] = order[other], order[place]
    assert stream().permutation(9).tolist() == order
    assert stream().permutation(1).tolist() == [0]
    np.testing.assert_array_equal(stream().normal(5), stream().normal((3, 2)).reshape(-1)[:5])


def test_a_state_continues_where_it_was_taken():
    stream = PortableStream(5, Purpose.NOISE)
    stream.normal(3)
    words, copy = stream.state, deepcopy(stream)
    assert all(type(word) is int for word in words)
    expected = stream.permutation(20).tolist()
    assert copy.permutation(20).tolist() == expected
    other = PortableStream(6, Purpose.SPLIT)
    other.state = words
    assert other.permutation(20).tolist() == expected


def test_the_kernel_draws_the_same(tmp_path):
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        pytest.skip("no compiler")
    source, library = tmp_path / "random.c", tmp_path / "random.so"
    source.write_text(
        '#include "random.h"\n'
        "void orders(Stream *s, int32_t *order, int32_t n) { shuffle(s, order, n); }\n"
        "void uniforms(Stream *s, float *out, int32_t n) { for (int32_t k = 0; k < n; k++) out[k] = uniform(s); }\n"
    )
    subprocess.run(
        [compiler, "-std=gnu11", "-shared", "-fPIC", f"-I{KERNEL}", source, "-o", library], check=True, timeout=100
    )
    kernel, stream = ctypes.CDLL(str(library)), PortableStream(9, Purpose.ORDER)
    words = (ctypes.c_uint64 * 4)(*stream.state)
    order, kept = np.zeros(1000, np.int32), np.zeros((3, 50), np.float32)
    for _ in range(2):
        kernel.orders(words, order.ctypes.data_as(ctypes.c_void_p), len(order))
        np.testing.assert_array_equal(stream.permutation(1000), order)
    kernel.uniforms(words, kept.ctypes.data_as(ctypes.c_void_p), kept.size)
    expected = np.zeros_like(kept)
    stream.fill(expected)
    np.testing.assert_array_equal(expected, kept)
    assert list(words) == stream.state


def test_no_two_purposes_or_seeds_share_a_stream():
    streams = {(seed, purpose): PortableStream(seed, purpose).raw(4000) for seed in (0, 1, 2) for purpose in Purpose}
    everything = np.concatenate(list(streams.values()))
    assert len(np.unique(everything)) == len(everything)
    units = np.array([(draws >> np.uint64(11)) * 2.0**-53 for draws in streams.values()])
    correlations = np.corrcoef(units)[np.triu_indices(len(units), 1)]
    assert np.abs(correlations).max() < 5 / np.sqrt(4000)


@pytest.mark.parametrize("word", range(2), ids=["seed", "purpose"])
def test_one_bit_of_a_seed_changes_half_of_the_bits(word):
    flips = []
    for bit in range(62):
        changed = [0, 0]
        changed[word] = 1 << bit
        first, second = PortableStream(0, 0).raw(8), PortableStream(*changed).raw(8)
        flips.append(np.unpackbits((first ^ second).view(np.uint8)).mean())
    assert np.abs(np.array(flips) - 0.5).max() < 5 * 0.5 / np.sqrt(8 * 64)


def test_uniforms_are_spread_evenly():
    values = PortableStream(0, Purpose.POINTS).uniform(-1.0, 1.0, 100_000)
    assert values.min() >= -1.0
    assert values.max() < 1.0
    counts = np.histogram(values, 100, (-1.0, 1.0))[0]
    chi_squared = ((counts - 1000) ** 2 / 1000).sum()
    assert 60 < chi_squared < 150  # 99 degrees of freedom: one in a thousand lies past 149


def test_normals_have_the_moments_and_the_tails():
    values = PortableStream(1, Purpose.WEIGHTS).normal(200_000)
    pairs = values.reshape(-1, 2)
    for power, moment, variance in [(1, 0, 1), (2, 1, 2), (3, 0, 15), (4, 3, 96)]:
        assert abs((values**power).mean() - moment) < 4 * np.sqrt(variance / len(values))
    assert abs(np.corrcoef(pairs.T)[0, 1]) < 4 / np.sqrt(len(pairs))
    for sigmas, share in [(1, 0.317311), (2, 0.045500), (3, 0.0026998)]:
        got = (np.abs(values) > sigmas).mean()
        assert abs(got - share) < 4 * np.sqrt(share / len(values))


def test_every_order_and_every_number_is_as_likely():
    chi_squared = 0.0
    for seed in range(10):
        stream = PortableStream(seed, Purpose.SPLIT)
        orders = np.array([stream.permutation(4) for _ in range(1200)])
        codes, counts = np.unique(orders @ (64, 16, 4, 1), return_counts=True)
        assert len(codes) == 24
        chi_squared += ((counts - 50) ** 2 / 50).sum()
    assert 160 < chi_squared < 300  # 230 degrees of freedom: one in a thousand lies past 301
    numbers = PortableStream(2, Purpose.SPLIT).integers(3, 10, 70_000)
    assert np.abs(np.bincount(numbers)[3:] - 10_000).max() < 400
    assert set(numbers.tolist()) == set(range(3, 10))


def test_the_bits_are_these_on_every_machine():
    stream = PortableStream(4, Purpose.WEIGHTS)
    made = (stream.normal(2001), stream.uniform(-3.0, 7.0, 500), stream.permutation(500), stream.integers(0, 9, 99))
    bits = hashlib.sha256(b"".join(np.asarray(each, "<f8").tobytes() for each in made))
    assert bits.hexdigest()[:16] == "4bff175bb9c91515"
