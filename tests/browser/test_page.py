"""The page end to end: it opens, trains, steps, takes changes and answers questions."""

import re
from typing import Any

import pytest

pytestmark = pytest.mark.browser

SPIRAL = "#data=spiral&net=8-relu,6-tanh&features=x1,x2,sin(x1),sin(x2)&optimizer=adam&rate=0.01&noise=0.05"


def layers(config: Any) -> list[tuple[int, str]]:
    return [(layer["units"], layer["activation"]) for layer in config["network"]["hidden"]]


def test_opens_at_rest_with_a_network(visit: Any) -> None:
    page = visit.open()
    assert visit.epoch() == 0
    assert page.get_by_role("button", name="Play", exact=True).is_visible()
    assert page.locator("#network-words").inner_text() == "2 inputs, 2 hidden layers, 25 weights and biases"
    assert page.locator(".layers .unit:visible").count() == 7 + 4 + 2 + 1


def test_is_readable_without_script(browser: Any, server: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(server)
    assert page.get_by_role("heading", name="Network").is_visible()
    assert page.locator("#f-training\\.learning_rate").input_value() == "0.03"
    assert page.locator(".tile").count() >= 6
    assert page.locator(".layers .unit").count() == 7 + 4 + 2 + 1
    context.close()


def test_play_trains_and_the_map_follows(visit: Any) -> None:
    page = visit.open()
    map_before, maps_before, chart_before = visit.pixels("map-canvas"), visit.pixels("maps"), visit.pixels("chart-loss")
    loss_before = float(page.locator("#test-loss").inner_text())
    page.get_by_role("button", name="Play", exact=True).click()
    visit.wait_epoch(30)
    assert visit.pixels("map-canvas") != map_before
    assert visit.pixels("maps") != maps_before
    assert visit.pixels("chart-loss") != chart_before
    assert float(page.locator("#test-loss").inner_text()) < loss_before
    page.get_by_role("button", name="Pause", exact=True).click()
    page.locator("body[data-state=paused]").wait_for()
    assert page.get_by_role("button", name="Play", exact=True).is_visible()


def test_steps_and_reset(visit: Any) -> None:
    page = visit.open()
    first = page.locator("#test-loss").inner_text()
    page.get_by_role("button", name="+1 epoch").click()
    visit.wait_epoch(1)
    page.get_by_role("button", name="+1 batch").click()
    visit.wait("() => document.querySelector('#time-live').textContent === 'live, batch 1'")
    assert visit.epoch() == 1
    assert page.locator("#test-loss").inner_text() != first
    page.get_by_role("button", name="Reset").click()
    visit.wait("(first) => document.querySelector('#test-loss').textContent === first", first)
    assert visit.epoch() == 0


def test_a_select_changes_the_run(visit: Any) -> None:
    page = visit.open()
    for path, value in {
        "training.optimizer.name": "adam",
        "training.loss": "mse",
        "network.initializer": "he_normal",
        "network.bias": "false",
    }.items():
        before, run = page.evaluate("() => location.hash"), visit.run()["id"]
        page.select_option(f'[id="f-{path}"]', value)
        visit.wait("(before) => location.hash !== before && !document.body.dataset.busy", before)
        assert visit.run()["id"] != run
    config = visit.run()["config"]
    assert config["training"]["optimizer"]["name"] == "adam"
    assert config["training"]["loss"] == "mse"
    assert config["network"]["initializer"] == "he_normal"
    assert config["network"]["bias"] is False


def test_choosing_data_features_layers_units_and_activation(visit: Any) -> None:
    page = visit.open()
    page.get_by_role("radio", name="Spiral, two arms").check(force=True)
    page.get_by_role("button", name="Input x1*x2").click()
    page.get_by_role("button", name="One hidden layer more").click()
    page.get_by_role("button", name="One unit more in layer 1").click()
    page.get_by_role("combobox", name="Activation of hidden layer 2").select_option("relu")
    visit.wait("() => document.querySelectorAll('.hidden-layer').length === 3 && !document.body.dataset.busy")
    visit.wait(
        """async () => {
          const runs = (await (await fetch('api/v1/runs')).json()).runs;
          const config = (await (await fetch(`api/v1/runs/${runs[0].id}`)).json()).config;
          return config.network.hidden.length === 3 && config.network.hidden[1].activation === 'relu';
        }"""
    )
    config = visit.run()["config"]
    assert config["dataset"]["name"] == "spiral"
    assert config["features"] == ["x1", "x2", "x1*x2"]
    assert [layer["units"] for layer in config["network"]["hidden"]] == [5, 2, 2]
    assert config["network"]["hidden"][1]["activation"] == "relu"


def test_a_live_change_keeps_the_model_and_the_epoch(visit: Any) -> None:
    page = visit.open()
    page.get_by_role("button", name="Play", exact=True).click()
    visit.wait_epoch(5)
    before = visit.run()["id"]
    rate = page.get_by_label("Learning rate", exact=True)
    rate.fill("0.1")
    rate.press("Enter")
    visit.wait("() => document.querySelector('#undo').disabled === false")
    run = visit.run()
    assert run["id"] == before
    assert run["config"]["training"]["learning_rate"] == 0.1
    assert run["epoch"] >= 5
    assert run["changes"][-1]["training"] == {"learning_rate": 0.1}


def test_a_refused_value_says_why(visit: Any) -> None:
    page = visit.open()
    rate = page.get_by_label("Learning rate", exact=True)
    rate.fill("-1")
    rate.press("Enter")
    reason = page.locator('[data-path="training.learning_rate"] .refusal')
    reason.wait_for()
    assert re.search("more than 0|greater than 0", reason.inner_text())
    assert rate.get_attribute("aria-invalid") == "true"
    rate.fill("fast")
    rate.press("Enter")
    visit.wait(
        "() => document.querySelector('[data-path=\"training.learning_rate\"] .refusal').textContent.includes('number')"
    )
    rate.press("Escape")
    reason.wait_for(state="hidden")
    assert rate.input_value() == "0.03"
    visit.errors.clear()  # The browser itself notes the refused request.


def test_pointing_at_the_map_predicts(visit: Any) -> None:
    page = visit.open()
    box = page.locator("#map-canvas").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 4)
    tip = page.locator("#tip")
    tip.wait_for()
    visit.wait("() => document.querySelector('#tip').textContent.includes('3.00')")
    assert re.match(r"Class [01], probability \d+\.\d %", tip.inner_text())


def test_the_map_answers_to_arrow_keys(visit: Any) -> None:
    page = visit.open()
    page.locator("#map-canvas").focus()
    for key in ("ArrowRight", "ArrowRight", "Shift+ArrowUp"):
        page.keyboard.press(key)
    visit.wait("() => /Class [01].*0\\.20, 1\\.00/.test(document.querySelector('#map-says').textContent)")
    page.keyboard.press("Escape")
    page.locator("#tip").wait_for(state="hidden")


def test_the_prediction_is_the_endpoints(visit: Any) -> None:
    page = visit.open()
    page.locator("#map-canvas").focus()
    page.keyboard.press("ArrowRight")
    visit.wait("() => document.querySelector('#map-says').textContent !== ''")
    said = page.locator("#map-says").inner_text()
    answer = page.evaluate(
        """async (id) => (await fetch(`api/v1/runs/${id}/predict`, {
             method: 'POST', headers: {'content-type': 'application/json'}, body: JSON.stringify({inputs: [[0, 0]]})
           })).json()""",
        visit.run()["id"],
    )
    label, output = answer["labels"][0], answer["outputs"][0][0]
    probability = output if label == 1 else 1 - output
    assert said.startswith(f"Class {label}, probability {probability * 100:.1f} %")


def test_undo_brings_the_old_run_back_with_its_weights(visit: Any) -> None:
    page = visit.open()
    page.get_by_role("button", name="Play", exact=True).click()
    visit.wait_epoch(10)
    page.get_by_role("button", name="Pause", exact=True).click()
    page.locator("body[data-state=paused]").wait_for()
    epoch = visit.run()["epoch"]
    page.get_by_role("button", name="One unit more in layer 1").click()
    visit.wait("() => document.querySelector('#epoch').textContent === '000,000'")
    page.get_by_role("button", name="Undo").click()
    visit.wait_epoch(epoch)
    assert visit.epoch() == epoch
    assert page.locator(".layers .hidden-layer").first.locator(".unit").count() == 4
    page.get_by_role("button", name="Redo").click()
    visit.wait("() => document.querySelectorAll('.hidden-layer')[0].querySelectorAll('.unit').length === 5")


def test_the_confusion_matrix_counts_the_test_points(visit: Any) -> None:
    page = visit.open()
    page.locator("#confusion td.right").first.wait_for()
    figures = [int(text) for text in page.locator("#confusion td b").all_inner_texts()]
    assert sum(figures) == 250
    assert page.locator("#confusion h3").inner_text() == "Test points at threshold 0.50"


def test_three_classes_have_three_outputs_and_no_threshold(visit: Any) -> None:
    page = visit.open("#data=blobs")
    assert page.locator(".outputs .unit").count() == 3
    assert page.locator("#threshold").is_hidden()
    assert page.locator("#classes li").all_inner_texts() == ["class 0", "class 1", "class 2"]


def test_the_link_restores_every_choice(visit: Any) -> None:
    page = visit.open(SPIRAL)
    config = visit.run()["config"]
    assert config["dataset"]["name"] == "spiral"
    assert config["features"] == ["x1", "x2", "sin(x1)", "sin(x2)"]
    assert [(layer["units"], layer["activation"]) for layer in config["network"]["hidden"]] == [
        (8, "relu"),
        (6, "tanh"),
    ]
    assert config["training"]["optimizer"]["name"] == "adam"
    assert page.locator("#data-name").inner_text() == "Spiral, two arms"


def test_going_back_restores_what_the_address_says(visit: Any) -> None:
    page = visit.open()
    page.get_by_role("button", name="One hidden layer more").click()
    visit.wait("() => location.hash.includes('net=')")
    page.go_back()
    visit.wait("() => document.querySelectorAll('.hidden-layer').length === 2")


def test_time_goes_back_to_a_recorded_epoch_and_live_returns(visit: Any) -> None:
    page = visit.open()
    start = page.locator("#test-loss").inner_text()
    page.get_by_role("button", name="Play", exact=True).click()
    visit.wait_epoch(30)
    page.get_by_role("button", name="Pause", exact=True).click()
    page.locator("body[data-state=paused]").wait_for()
    now = visit.pixels("map-canvas")
    page.locator("#time-slider").focus()
    page.keyboard.press("Home")
    stale = page.locator("#map-stale")
    stale.wait_for()
    assert stale.inner_text() == "epoch 0"
    # Readouts change ten times a second at most, and the map with its frame.
    visit.wait("(start) => document.getElementById('test-loss').innerText === start", start)
    visit.wait("(now) => document.getElementById('map-canvas').toDataURL() !== now", now)
    page.get_by_role("button", name="back to live").click()
    stale.wait_for(state="hidden")
    visit.wait("(now) => document.getElementById('map-canvas').toDataURL() === now", now)


def test_another_owners_run_is_shown_live_and_read_only(visits: Any) -> None:
    owner, viewer = visits(), visits()
    page = owner.open()
    page.get_by_role("button", name="Play", exact=True).click()
    owner.wait_epoch(5)
    watched = viewer.open(f"#run={owner.run()['id']}")
    viewer.wait_epoch(10)
    watched.locator("#message").get_by_text("You are watching").wait_for()
    assert watched.get_by_role("button", name="Pause", exact=True).is_disabled()
    assert watched.locator(".settings").evaluate("(part) => part.inert") is True
