"""What the lessons say in words, held against what is measured."""

import re

import numpy as np
import pytest

from app.course import Lesson, lessons
from engine.config import RunConfig
from engine.data.points import make_data
from engine.training.trainer import Trainer

COURSE = {lesson.slug: lesson for lesson in lessons()}


def config_of(lesson: Lesson, variant: str | None) -> RunConfig:
    return RunConfig.model_validate(next(each.config for each in lesson.variants if each.name == variant))


def best_line(inputs: np.ndarray, targets: np.ndarray) -> float:
    """The largest share of points that a straight line leaves on the side of their class."""
    best = 0.0
    for angle in np.linspace(0.0, 2 * np.pi, 720, endpoint=False):
        along = inputs @ (np.cos(angle), np.sin(angle))
        gained = np.where(targets[along.argsort()] == 0, 1, -1)
        best = max(best, (targets.sum() + max(0, gained.cumsum().max())) / len(targets))
    return best


def test_the_text_on_exclusive_or_gives_the_best_lines_accuracy():
    lesson = COURSE["exclusive-or"]
    data = make_data(config_of(lesson, "neuron"))
    said = [int(share) for share in re.findall(r"(\d+) of 100", lesson.text[0])]
    assert said == [round(100 * best_line(data.inputs, data.targets))]
    assert "no better than chance" not in " ".join(lesson.text)


def test_the_delta_rule_is_the_engines_step():
    lesson = COURSE["dining-hall"]
    trainer = Trainer(config_of(lesson, "honest"), dtype=np.float64)
    data, before = trainer.data(), trainer.parameters[0, :3]
    x, t = data.inputs[: data.train], data.targets[: data.train]
    trainer.advance(1)
    step = trainer.config.training.learning_rate / len(x) * (t - x @ before) @ x
    np.testing.assert_allclose(trainer.parameters[0, :3] - before, step, rtol=1e-9)
    np.testing.assert_allclose(trainer.training_loss()[0], np.mean((t - x @ (before + step)) ** 2) / 2, rtol=1e-9)
    words = " ".join(lesson.text)
    assert rf"\tfrac{{\eta}}{{{len(x)}}} \sum" in words
    assert rf"\tfrac{{1}}{{{len(x)}}} \sum" in words


def test_only_the_first_layers_creases_are_called_straight():
    (sentence,) = re.findall(r"[^.]*straight crease[^.]*\.", " ".join(COURSE["circles"].text))
    assert "first layer" in sentence


def test_columns_are_set_where_the_text_uses_them():
    assert [lesson.slug for lesson in lessons() if lesson.columns] == ["by-hand"]


def test_the_first_loss_of_three_classes_is_as_shown():
    lesson = COURSE["three-classes"]
    loss = Trainer(config_of(lesson, "clouds")).metrics.train_loss[0]
    assert f"{loss:.3f}" in lesson.steps[0].do


@pytest.mark.parametrize("lesson", lessons(), ids=lambda lesson: lesson.slug)
def test_a_penalty_has_a_strength_and_no_rate(lesson: Lesson):
    words = [
        *lesson.text,
        lesson.summary,
        *(step.do for step in lesson.steps),
        *(claim.says for claim in lesson.claims),
    ]
    assert not re.findall(r"penalty's rate|rate of the penalty", " ".join(words))
    assert "Rate" not in [step.control for step in lesson.steps]


@pytest.mark.parametrize("lesson", lessons(), ids=lambda lesson: lesson.slug)
def test_a_number_that_a_claim_compares_by_is_a_least_or_a_most(lesson: Lesson):
    """A contrast holds by so much or more: its words say so."""
    for claim in lesson.claims:
        if claim.kind == "contrast" and re.search(r"\bby (0\.\d|a factor)|\d times as|gains? 0", claim.says):
            assert re.search(r"at least|and more|still", claim.says), claim.says
