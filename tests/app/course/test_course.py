"""The course: its files, its route, its note, and that a visitor's run over REST shows what a lesson claims."""

import math
import re
import tomllib
from itertools import chain, pairwise
from pathlib import Path
from typing import get_args
from xml.etree import ElementTree

import httpx
import numpy as np
import pytest

from app.course import Lesson, lessons, read
from app.course.measuring import train
from app.course.quantities import AnyQuantity, Quantity, Source
from engine.config import RunConfig

ROOT = Path(__file__).parents[3]
NOTE = (ROOT / "docs" / "lessons.md").read_text(encoding="utf-8")
QUANTITIES: dict[str, type[Quantity]] = {
    get_args(each.model_fields["kind"].annotation)[0]: each for each in get_args(get_args(AnyQuantity)[0])
}
COURSE = pytest.mark.parametrize("lesson", lessons(), ids=lambda lesson: lesson.slug)


def test_there_are_lessons_in_order_under_names_of_their_own():
    course = lessons()
    assert len(course) >= 16
    assert [lesson.number for lesson in course] == list(range(1, len(course) + 1))
    for name in ("slug", "title", "summary"):
        assert len({getattr(lesson, name) for lesson in course}) == len(course)


def test_every_article_is_taught_and_every_erratum_is_put_right():
    assert {article for lesson in lessons() for article in lesson.articles} == {"A1", "A2", "A3", "A4", "A5"}
    errata = {lesson.slug: lesson.erratum for lesson in lessons() if lesson.erratum}
    assert "A1" in errata["learning-rate"]
    assert "A2" in errata["one-neuron"]
    assert "A5" in errata["by-hand"]


@COURSE
def test_a_lesson_is_short_and_its_formulas_are_marked(lesson: Lesson):
    assert len(" ".join(lesson.text).split()) < 220
    for words in (*lesson.text, lesson.erratum or ""):
        plain = re.sub(r"\\\(.+?\\\)", "", words)
        assert "\\" not in plain, f"a formula is not closed or not marked: {words}"
        assert "$" not in words
    for words in (lesson.title, lesson.summary, *(claim.says for claim in lesson.claims)):
        assert "\\" not in words


@COURSE
def test_every_variant_is_explained_and_ends_with_the_lesson(lesson: Lesson):
    spoken_of = {name for claim in lesson.claims for name in claim.variants}
    for variant in lesson.variants:
        config = RunConfig.model_validate(variant.config)
        assert config.training.max_epochs == lesson.epochs
        assert config.seed == 0
        assert config.sweep is None
        assert variant.name in spoken_of
        assert (variant.title is None) == (variant.name is None)


@COURSE
def test_the_traced_examples_fit_into_one_trace(lesson: Lesson):
    for claim in lesson.claims:
        for variant in lesson.variants:
            if claim.quantity.source == "trace" and variant.name in claim.variants:
                data = RunConfig.model_validate(variant.config).dataset
                points = len(data.inputs) if data.inputs else data.samples
                assert points * data.train_fraction <= 256


@COURSE
def test_every_formula_is_typeset(lesson: Lesson):
    for tex, formula in lesson.formulas.items():
        assert any(rf"\({tex}\)" in words for words in (*lesson.text, lesson.erratum or ""))
        math = ElementTree.fromstring(formula)
        assert math.tag == "{http://www.w3.org/1998/Math/MathML}math"
        assert "\\" not in "".join(math.itertext()), f"a command was not understood: {tex}"


# ---- the note


def test_the_documentation_lists_exactly_the_quantities():
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \| .+ \|$", NOTE, re.MULTILINE)
    assert rows == [(kind, quantity.source) for kind, quantity in QUANTITIES.items()]
    assert {source for _, source in rows} == set(get_args(Source))


def test_the_note_names_every_field_of_evidence():
    evidence = lessons()[0].claims[0].evidence[0]
    assert f"`{{{', '.join(type(evidence).model_fields)}}}`" in NOTE


def test_the_lesson_in_the_note_is_one():
    (example,) = re.findall(r"^```toml\n(.*?)^```", NOTE, re.MULTILINE | re.DOTALL)
    lesson = read("99-tall-steps.toml", example)
    assert (lesson.number, lesson.slug, len(lesson.text)) == (99, "tall-steps", 2)
    optional = {"erratum", "edit", "columns"}
    shown = set(tomllib.loads(example)) | optional
    assert shown == set(Lesson.model_fields) - {"slug", "number"} | {"config", "edit"}


# ---- the route


def test_the_course_over_rest(server):
    address = f"{server.address}/api/v1/lessons"
    answer = httpx.get(address).raise_for_status().json()
    assert [each["slug"] for each in answer["lessons"]] == [lesson.slug for lesson in lessons()]
    assert httpx.get(f"{address}/dining-hall").json() == answer["lessons"][1]
    claim = answer["lessons"][0]["claims"][1]
    assert [each["variant"] for each in claim["evidence"]] == ["clouds", "ring"]
    assert {each["comparison"] for each in claim["evidence"]} == {"at_least", "at_most"}


def test_a_variants_config_is_that_of_the_run_made_of_it(server, new_run):
    for slug in ("one-neuron", "by-hand", "overfitting"):
        for variant in httpx.get(f"{server.address}/api/v1/lessons/{slug}").json()["variants"]:
            assert new_run(variant["config"]).get()["config"] == variant["config"]


def test_the_error_for_an_unknown_lesson_lists_the_known_ones(server):
    response = httpx.get(f"{server.address}/api/v1/lessons/burgers")
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"
    assert all(lesson.slug in response.json()["detail"] for lesson in lessons())


# ---- a visitor's run


def of_run(run, evidence, epoch):
    """The quantity as a page works it out from the API's answers, by the table of the note."""
    quantity = evidence["quantity"]
    kind, source = quantity["kind"], evidence["source"]
    if source == "metrics":
        column = run.get("/metrics")["members"][0][quantity["name"]][: epoch + 1]
        now = run.get()["metrics"][0][quantity["name"]]
        if kind == "metric":
            return now
        if kind == "metric_error":
            return abs(now - quantity["value"]) / abs(quantity["value"])
        if kind == "rise":
            return now / min(column)
        last = column[-quantity["epochs"] - 1 :]
        return sum(abs(after - before) for before, after in pairwise(last)) / (len(last) - 1)
    if source == "state":
        return float(run.get()["state"] == "diverged")
    if source == "weights":
        layer = run.get("/weights")["layers"][quantity["layer"]]
        if kind == "weight_error":
            pairs = zip(chain(*layer["W"]), chain(*quantity["values"]), strict=True)
            return max(abs(w - v) / abs(v) for w, v in pairs)
        columns = zip(*layer["W"], strict=True)
        return max(max(column) - min(column) for column in [*columns, layer["b"]])
    if source == "diagnostics":
        layers = run.get("/diagnostics")["layers"]
        if kind == "gradient_ratio":
            return layers[quantity["layer"]]["gradient_norm"] / layers[quantity["over"]]["gradient_norm"]
        return sum(len(each["dead"]) for each in layers[:-1]) / sum(each["units"] for each in layers[:-1])
    if source == "collapsed":
        return run.get("/collapsed")["max_difference"]
    whole = run.get("/trace", count=256)["layers"]
    if kind == "downhill":
        gradient, step = flat(whole, "dW", "db"), flat([each["update"] for each in whole], "W", "b")
        return -float(gradient @ step) / math.hypot(*gradient) / math.hypot(*step)
    part = run.get("/trace", count=quantity["points"])["layers"]
    return math.hypot(*(flat(part, "dW", "db") - flat(whole, "dW", "db"))) / math.hypot(*flat(whole, "dW", "db"))


def flat(layers, *names):
    return np.concatenate([np.ravel(layer[name]) for layer in layers for name in names if layer[name] is not None])


def first_of_each_kind():
    """(lesson, claim, evidence) where a kind of quantity first appears in the course."""
    found = {}
    for lesson in lessons():
        for i, claim in enumerate(lesson.claims):
            for j, _ in enumerate(claim.evidence):
                found.setdefault(claim.quantity.kind, (lesson.slug, i, j))
    return found


def test_the_course_uses_every_quantity():
    assert first_of_each_kind().keys() == QUANTITIES.keys()


@pytest.mark.parametrize(("slug", "i", "j"), first_of_each_kind().values(), ids=first_of_each_kind())
def test_a_run_over_rest_shows_the_evidence_as_the_seeds_do(server, new_run, slug, i, j):
    lesson = httpx.get(f"{server.address}/api/v1/lessons/{slug}").json()
    evidence = lesson["claims"][i]["evidence"][j]
    (variant,) = [each for each in lesson["variants"] if each["name"] == evidence["variant"]]
    epoch = lesson["epochs"] if evidence["epoch"] is None else evidence["epoch"]
    run = new_run(variant["config"])
    if variant["edit"] is not None:
        run.call("PATCH", "/weights", variant["edit"])
    if epoch:
        run.step(to_epoch=epoch)
    value = of_run(run, evidence, epoch)
    answer = run.get("/evidence", lesson=slug)
    assert (answer["matches"], answer["settings_match"], answer["variant"]) == (True, True, variant["name"])
    seen = answer["claims"][i]["evidence"][j]
    assert (seen["due"], seen["shown"]) == (min(epoch, answer["epoch"]), True)
    assert seen["value"] == pytest.approx(value, rel=1e-6, abs=1e-9)
    assert value >= evidence["threshold"] if evidence["comparison"] == "at_least" else value <= evidence["threshold"]

    (course,) = [each for each in lessons() if each.slug == slug]
    (its_variant,) = [each for each in course.variants if each.name == evidence["variant"]]
    ((_, (trained,)),) = train(its_variant, [0], [epoch])
    assert value == pytest.approx(course.claims[i].quantity.measure(trained), rel=1e-6, abs=1e-9)


def test_evidence_is_for_an_unchanged_run_of_the_lesson(new_run):
    lesson = next(each for each in lessons() if each.slug == "learning-rate")
    changed = new_run(RunConfig.model_validate(lesson.variants[0].config).model_dump(mode="json"))
    assert changed.get("/evidence", lesson=lesson.slug)["variant"] == lesson.variants[0].name
    changed.call("PATCH", "", {"training": {"pace": 5}})
    assert changed.get("/evidence", lesson=lesson.slug)["matches"]
    changed.call("PATCH", "", {"training": {"batch_size": 7}})
    answer = changed.get("/evidence", lesson=lesson.slug)
    assert (answer["matches"], answer["settings_match"], answer["variant"]) == (False, False, None)
    evidence = [each for claim in answer["claims"] for each in claim["evidence"]]
    assert all(each["due"] is each["value"] is None and not each["shown"] for each in evidence)
    assert "lesson" in changed.call("GET", "/evidence?lesson=nothing", status=404)["detail"]


def test_a_network_that_is_not_linear_does_not_collapse(new_run):
    run = new_run({"network": {"hidden": [{"units": 2, "activation": "linear"}, {"units": 2}]}})
    assert "hidden layer 2 is tanh" in run.call("GET", "/collapsed", status=409)["detail"]
