"""Every lesson is trained from several seeds, and every claim it makes holds."""

import math

import numpy as np
import pytest

from app.course import lessons, read
from app.course.claims import Bound, Contrast
from app.course.measuring import judge, train
from engine.config import RunConfig
from engine.data.points import make_data

SEEDS = range(5)


def by_slug(slug):
    return next(lesson for lesson in lessons() if lesson.slug == slug)


@pytest.mark.parametrize("lesson", lessons(), ids=lambda lesson: lesson.slug)
def test_every_claim_holds_and_the_first_run_shows_it(lesson):
    for claim, (finding, shown) in zip(lesson.claims, judge(lesson, SEEDS), strict=True):
        measured = f"{finding.value:.4g}, not {finding.comparison} {finding.threshold:g} ({finding.values})"
        assert finding.holds, f"{claim.says} {measured}"
        assert all(shown), f"{claim.says} A visitor's first run does not show it: {shown}"


def claims(kind):
    return [claim for lesson in lessons() for claim in lesson.claims if isinstance(claim, kind)]


@pytest.mark.parametrize("claim", claims(Bound), ids=lambda claim: claim.says[:40])
def test_a_bound_fails_on_the_other_side(claim):
    (evidence,) = claim.evidence
    beyond = evidence.threshold + (-1e-9 if evidence.comparison == "at_least" else 1e-9)
    assert claim.judge({claim.variant: [evidence.threshold] * 3}).holds
    assert not claim.judge({claim.variant: [beyond] * 3}).holds
    assert not evidence.shown_by(beyond)


@pytest.mark.parametrize("claim", claims(Contrast), ids=lambda claim: claim.says[:40])
def test_a_contrast_fails_without_the_difference(claim):
    for values in ([1.0, 1.0, 1.0], [math.nan, 1.0, 1.0]):
        assert not claim.judge({claim.higher: values, claim.lower: [1.0, 1.0, 1.0]}).holds


def test_seeds_are_judged_by_their_median_or_every_one():
    bound = {"kind": "bound", "says": "It is small.", "quantity": {"kind": "diverged"}, "at_most": 0.5}
    assert Bound.model_validate(bound).judge({None: [0.0, 0.0, 1.0]}).holds
    assert not Bound.model_validate({**bound, "seeds": "every"}).judge({None: [0.0, 0.0, 1.0]}).holds


def test_the_careless_till_is_compared_with_the_exact_solution():
    lesson = by_slug("dining-hall")
    config = next(variant.config for variant in lesson.variants if variant.name == "noisy")
    data = make_data(RunConfig.model_validate(config))
    exact, *_ = np.linalg.lstsq(data.inputs[: data.train], data.targets[: data.train], rcond=None)
    (claim,) = [claim for claim in lesson.claims if "least squares" in claim.says]
    np.testing.assert_allclose(claim.quantity.values, [exact], rtol=1e-7)


def test_the_limit_of_the_learning_rate_is_that_of_the_bowl():
    lesson = by_slug("learning-rate")
    x = np.array(lesson.variants[0].config["dataset"]["inputs"])
    curvature = np.linalg.eigvalsh(x.T @ x / len(x)).max()
    words = " ".join(lesson.text)
    assert rf"\lambda = {curvature:.2f}" in words
    assert f"the limit is {2 / curvature:.2f}" in words
    rates = {variant.name: variant.config["training"]["learning_rate"] for variant in lesson.variants}
    assert rates["low"] < rates["right"] < 2 / curvature < rates["high"]


def test_seeds_in_lockstep_are_the_runs_a_visitor_makes():
    lesson = by_slug("fewer-links")
    sparse = lesson.variants[1]
    ((_, together),) = train(sparse, [0, 3], [5])
    ((_, alone),) = train(sparse, [3], [5])
    assert together[1].column("test_loss") == alone[0].column("test_loss")
    masks = [run.trainer.model(run.member).layers()[0].mask for run in together]
    assert [mask.sum() for mask in masks] == [16, 16]


LESSON = """
title = "A lesson"
articles = ["A1"]
summary = "Enough words to be a summary."
text = "Words."
epochs = 10
config = {{ network = {{ hidden = [] }} }}
steps = [
    {{ do = "Press Play and look.", control = "Play", panel = "Curves" }},
    {{ do = "Press Reset and look.", control = "Reset", panel = "Curves" }},
]
{more}
[[claims]]
says = "It is small enough."
kind = "bound"
quantity = {quantity}
at_most = 1
{claim}
"""


@pytest.mark.parametrize(
    ("quantity", "claim", "more", "wrong"),
    [
        ('{ kind = "guess" }', "", "", "'metric', 'metric_error'"),
        ('{ kind = "metric", name = "tets_loss" }', "", "", "test_loss"),
        ('{ kind = "diverged" }', "epoch = 11", "", "after the lesson's last, 10"),
        ('{ kind = "diverged" }', "epoch = 5", "", "epoch 0 or at the last"),
        ('{ kind = "diverged" }', "at_least = 0", "", "one of at_least and at_most"),
        ('{ kind = "diverged" }', 'variant = "a"', "", "leave variant out"),
        ('{ kind = "diverged" }', 'variant = "a"', '[variants.b]\ntitle = "B"', "the lesson has b"),
        ('{ kind = "diverged" }', "", "[variants.b]", "title is missing"),
        ('{ kind = "diverged" }', "", '[variants.b]\ntitle = "B"\nconfig = { seed = -1 }', "seed"),
    ],
)
def test_a_lesson_that_is_wrong_says_where(quantity, claim, more, wrong):
    with pytest.raises(ValueError, match=r"^lesson 99-wrong\.toml: ") as error:
        read("99-wrong.toml", LESSON.format(quantity=quantity, claim=claim, more=more))
    assert wrong in str(error.value)
