"""A run shows a lesson's claim only as the lesson's own variant, at the claim's epoch, by what was recorded of it."""

from types import SimpleNamespace

import pytest

from app.course import lessons
from app.course.claims import Evidence
from app.course.evidence import due, variant_of, variants_with, verdict
from app.inspections.evidence import evidence
from app.runs.session import Session
from engine.config import RunConfig
from engine.training.evaluation import FIGURES
from engine.training.trainer import Trainer

COURSE = {lesson.slug: lesson for lesson in lessons()}
ACCURACY = {"kind": "metric", "name": "test_accuracy"}
CUT = {"layer": 0, "row": 0, "column": 0}


def asked(**more):
    given = {"variant": None, "epoch": None, "quantity": ACCURACY, "source": "metrics", "comparison": "at_least"}
    return Evidence.model_validate({**given, "threshold": 0.95, **more})


def with_changes(slug, *changes):
    lesson = COURSE[slug]
    return variant_of(lesson, RunConfig.model_validate(lesson.variants[0].config), changes)


def test_seed_and_pace_are_free_all_else_is_the_lessons():
    lesson = COURSE["learning-rate"]
    tree = RunConfig.model_validate(lesson.variants[0].config).model_dump()
    free = {**tree, "seed": 7, "training": {**tree["training"], "pace": 3}}
    assert variants_with(lesson, RunConfig.model_validate(free)) == [lesson.variants[0]]
    other = {**tree, "training": {**tree["training"], "batch_size": 7}}
    assert variants_with(lesson, RunConfig.model_validate(other)) == []


def test_a_live_change_other_than_of_the_pace_ends_it():
    assert with_changes("learning-rate", {"epoch": 3, "batch": 0, "training": {"pace": 60}})
    assert with_changes("learning-rate", {"epoch": 3, "batch": 0, "training": {"batch_size": 7}}) is None
    assert with_changes("learning-rate", {"epoch": 0, "batch": 0, "cut": [CUT]}) is None


def test_the_lessons_own_edit_must_be_there_once_at_the_start():
    edit = COURSE["by-hand"].variants[0].edit.model_dump(mode="json", exclude_none=True)
    first = {"epoch": 0, "batch": 0, "member": 0, **edit, "edits": edit["edits"][::-1]}
    assert with_changes("by-hand", first)
    assert with_changes("by-hand", first | {"training": {"pace": 10}})
    assert with_changes("by-hand", first | {"training": {"pace": 10, "learning_rate": 1}}) is None
    for changes in ((), (first, first), ({**first, "epoch": 1},), ({**first, "edits": edit["edits"][1:]},)):
        assert with_changes("by-hand", *changes) is None


@pytest.mark.parametrize(
    ("wanted", "place", "ended", "at"),
    [
        ({}, (29, 0), False, None),
        ({}, (30, 0), False, 30),
        ({"epoch": 10}, (30, 5), False, 10),
        ({"epoch": 0, "source": "weights"}, (0, 0), False, 0),
        ({"epoch": 0, "source": "weights"}, (0, 3), False, None),
        ({"epoch": 0, "source": "weights"}, (30, 0), True, None),
        ({"source": "state"}, (4, 2), True, 4),
    ],
)
def test_evidence_is_due_at_its_epoch_or_at_an_earlier_end(wanted, place, ended, at):
    assert due(asked(**wanted), SimpleNamespace(epochs=30), *place, ended) == at


def test_nothing_is_judged_before_its_epoch_is_recorded():
    lesson = COURSE["one-neuron"]
    trainer = Trainer(RunConfig.model_validate(lesson.variants[0].config))
    rows = [trainer.metrics]
    while trainer.advance(trainer.batches_per_epoch):
        rows.append(trainer.metrics)

    def at(recorded):
        columns = {name: [getattr(row, name)[0] for row in rows[:recorded]] for name in FIGURES}
        answer = evidence(trainer, 0, lesson.slug, columns, [])
        return answer["claims"][0]["evidence"][0]

    assert at(0)["due"] is None
    assert at(lesson.epochs)["due"] == lesson.epochs
    assert at(lesson.epochs)["value"] == at(lesson.epochs + 1)["value"] == rows[-1].test_accuracy[0]


def test_no_more_is_sent_to_the_worker_than_the_lessons_epochs(monkeypatch, new_run):
    lesson, questions, query = COURSE["one-neuron"], [], Session.query

    async def noted(session, inspection, **arguments):
        questions.append(arguments)
        return await query(session, inspection, **arguments)

    monkeypatch.setattr(Session, "query", noted)
    run = new_run(lesson.variants[0].config)
    run.patch(training={"max_epochs": lesson.epochs + 5, "pace": None})
    run.step(epochs=lesson.epochs + 5)
    run.get("/evidence", lesson=lesson.slug)
    assert {len(column) for column in questions[-1]["columns"].values()} == {lesson.epochs + 1}


def test_the_verdict_has_enough_digits_to_differ():
    said = {value: verdict(asked(), value, known=True) for value in (0.62, 0.97, 0.94999, None)}
    assert "0.62, needs at least 0.95" in said[0.62]
    assert "0.97, asked: at least 0.95" in said[0.97]
    assert "0.94999, needs" in said[0.94999]
    assert "not a number" in said[None]
    assert verdict(asked(), None, known=False) == "test accuracy needs at least 0.95"
