"""Data sets: shapes, balance, the domain, and what noise does, for every entry."""

import math

import numpy as np
import pytest

from engine.data.datasets import datasets, generate
from engine.nn.losses import CLASSIFICATION

ENTRIES = list(datasets.values())
CASES = [(e, k) for e in ENTRIES for k in ((2, 3, 5, 10) if e.many_classes else (e.classes,))]
IDS = [f"{e.name}-{k}" for e, k in CASES]


def points_of(name, n=600, noise=0.0, seed=0, **options):
    entry = datasets[name]
    options.setdefault("variant", entry.variants[0] if entry.variants else "")
    options.setdefault("classes", entry.classes)
    return generate(entry, n, noise, seed, **options)


@pytest.mark.parametrize(("entry", "classes"), CASES, ids=IDS)
@pytest.mark.parametrize("n", [2, 7, 500])
@pytest.mark.parametrize("noise", [0.0, 0.5])
def test_shapes_and_finite_numbers(entry, classes, n, noise):
    points, targets = points_of(entry.name, n, noise, classes=classes)
    assert points.shape == (n, entry.inputs)
    assert targets.shape == (n,)
    assert np.isfinite(points).all()
    assert np.isfinite(targets).all()
    assert np.issubdtype(targets.dtype, np.integer) == (entry.task == CLASSIFICATION)


@pytest.mark.parametrize(
    ("entry", "classes"), [c for c in CASES if c[0].task == CLASSIFICATION], ids=lambda v: str(v)[:20]
)
def test_classes_are_balanced(entry, classes):
    for seed in range(3):
        counts = np.bincount(points_of(entry.name, 600, seed=seed, classes=classes)[1], minlength=classes)
        assert len(counts) == classes
        drawn = entry.name in ("xor", "checkerboard", "formula")  # there the label follows from the place
        assert np.abs(counts - 600 / classes).max() <= (5 * math.sqrt(600) / 2 if drawn else 1)


@pytest.mark.parametrize(("entry", "classes"), CASES, ids=IDS)
def test_points_lie_in_the_domain(entry, classes):
    for seed in range(3):
        points, _ = points_of(entry.name, 500, seed=seed, classes=classes)
        assert np.abs(points).max() <= 6
        assert np.abs(points).max() >= 3, "it would be a dot in the middle of the view"


@pytest.mark.parametrize(("entry", "classes"), CASES, ids=IDS)
def test_a_seed_is_a_data_set(entry, classes):
    one, same, other = (points_of(entry.name, 50, 0.2, seed, classes=classes) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one[0], same[0])
    np.testing.assert_array_equal(one[1], same[1])
    assert not np.array_equal(one[0], other[0])


@pytest.mark.parametrize(("entry", "classes"), CASES, ids=IDS)
def test_noise_moves_points_further_and_leaves_labels(entry, classes):
    still, targets = points_of(entry.name, 400, 0.0, classes=classes)
    shifts = []
    for noise in (0.1, 0.5):
        points, same = points_of(entry.name, 400, noise, classes=classes)
        np.testing.assert_array_equal(targets, same)
        shifts.append(np.abs(points - still).mean())
    assert 0 < shifts[0] < shifts[1]
    if entry.shift:  # the same displacement, scaled: the points travel along straight lines as the slider moves
        low, high = (points_of(entry.name, 400, noise, classes=classes)[0] - still for noise in (0.1, 0.5))
        np.testing.assert_allclose(high, 5 * low, atol=1e-12)


def radius(points):
    return np.hypot(*points.T)


def test_circle():
    points, inner = points_of("circle", 2000)
    r = radius(points)
    assert (r[inner == 1] <= 2.5).all()
    assert ((r[inner == 0] >= 3.5) & (r[inner == 0] <= 5)).all()
    moved, _ = points_of("circle", 2000, 0.5)
    assert np.abs(moved - points).max() <= 2.5
    assert np.abs(moved - points).max() > 2.4


def test_xor_keeps_off_the_axes():
    points, label = points_of("xor", 2000)
    assert np.abs(points).min() >= 0.3
    assert np.abs(points).max() <= 5.3
    np.testing.assert_array_equal(label, points.prod(axis=1) >= 0)


@pytest.mark.parametrize(("noise", "variance"), [(0.0, 0.5), (0.5, 4.0)])
def test_the_clouds_of_gauss(noise, variance):
    points, label = points_of("gauss", 20000, noise)
    for value, centre in ((1, 2.0), (0, -2.0)):
        cloud = points[label == value]
        np.testing.assert_allclose(cloud.mean(axis=0), centre, atol=0.1)
        np.testing.assert_allclose(cloud.var(axis=0), variance, rtol=0.05)


def test_spiral_follows_its_formula():
    points, label = points_of("spiral", 200)
    for value, turn in ((1, 0.0), (0, math.pi)):
        i = np.arange(100)
        r, t = 5 * i / 100, 1.75 * 2 * math.pi * i / 100 + turn
        np.testing.assert_allclose(points[label == value], np.column_stack((r * np.sin(t), r * np.cos(t))), atol=1e-12)


def test_the_arms_of_spirals_keep_apart_without_noise():
    points, label = points_of("spirals", 300, classes=3)
    assert radius(points).max() <= 5
    step = np.arange(300) // 3 / 100
    angle = np.arctan2(points[:, 0], points[:, 1]) - 2 * math.pi * label / 3 - 4 * step
    wobble = (angle[5:] + math.pi) % (2 * math.pi) - math.pi
    assert wobble.std() == pytest.approx(0.2, rel=0.2)


def test_moons_and_rings_have_scikit_learns_shapes():
    points, label = points_of("moons", 500)
    x = points / 3.2 + (0.5, 0.25)
    np.testing.assert_allclose(radius(x[label == 0]), 1, atol=1e-9)
    np.testing.assert_allclose(radius(x[label == 1] - (1, 0.5)), 1, atol=1e-9)
    assert (x[label == 0, 1] >= 0).all()
    assert (x[label == 1, 1] <= 0.5).all()
    points, label = points_of("rings", 500)
    np.testing.assert_allclose(radius(points[label == 1]) / radius(points[label == 0])[:250], 0.5)


def test_checkerboard_has_four_by_four_cells():
    points, label = points_of("checkerboard", 4000)
    cell = np.floor((points + 6) / 3).astype(int)
    assert {tuple(c) for c in cell} == {(i, j) for i in range(4) for j in range(4)}
    np.testing.assert_array_equal(label, cell.sum(axis=1) % 2)


def test_plane_and_dining_hall_are_linear():
    points, z = points_of("plane")
    np.testing.assert_allclose(z, points.sum(axis=1) / 10)
    servings, total = points_of("dining_hall")
    assert set(np.unique(servings)) == set(range(6))
    np.testing.assert_allclose(total, servings @ [2.5, 1.5, 1.0])


def test_bumps_have_their_heights_and_signs():
    points, z = points_of("bumps", 20000)
    for x, y, sign in ((-4, 2.5, 1), (0, 2.5, -1), (4, 2.5, 1), (-4, -2.5, -1), (0, -2.5, 1), (4, -2.5, -1)):
        d = radius(points - (x, y))
        near = d < 1
        np.testing.assert_allclose(z[near], sign * (1 - d[near] / 2), atol=1e-12)
    assert (z[radius(points - (2, 2.5)) < 0.05] ** 2 < 1e-2).all()


@pytest.mark.parametrize(("variant", "f"), [("sine", np.sin), ("step", np.sign)])
def test_curves(variant, f):
    x, y = points_of("curve", 500, variant=variant)
    np.testing.assert_allclose(y, f(x[:, 0]), atol=1e-12)
    assert len({tuple(points_of("curve", 9, variant=v)[1]) for v in datasets["curve"].variants}) == 3
