"""The address: every choice in it, a run to watch by it, Back and Forward, and what a teacher hides."""

import re
from typing import Any

import pytest

from engine import kernel

pytestmark = pytest.mark.browser

CHOICES = (
    "#data=spirals&points=300&noise=0.1&flipped=0.05&train=0.6&classes=4&dataseed=3&features=x1,x2,x1*x2"
    "&net=6-relu-0.1,5-gelu&bias=on&init=he_normal&optimizer=momentum:momentum=0.8&rate=0.02&schedule=step:epochs=50:factor=0.5"
    "&batch=20&regularizer=l1&penalty=0.001&clip=5&epochs=400&patience=30&pace=60&seed=7&threshold=0.3&test=on&errors=on&log=off"
)


def copied(visit: Any, button: str) -> str:
    visit.context.grant_permissions(["clipboard-read", "clipboard-write"])
    visit.page.get_by_role("button", name=button, exact=True).click()
    visit.page.locator("#message").get_by_text("copied").wait_for()
    text: str = visit.page.evaluate("() => navigator.clipboard.readText()")
    return text


def test_a_copied_link_restores_every_choice_in_a_fresh_profile(visits: Any) -> None:
    first, second = visits(), visits()
    first.open(CHOICES)
    before = first.run()["config"]
    assert before["dataset"]["classes"] == 4
    assert before["training"]["clip_norm"] == 5
    link = copied(first, "Copy link")
    page = second.open(link[link.index("#") :])
    assert second.run()["config"] == before
    for name, on in {"test": True, "errors": True, "discrete": False, "log": False}.items():
        assert page.locator(f"[data-show={name}]").is_checked() is on


def test_a_run_link_shows_the_run_live_and_read_only(visits: Any) -> None:
    owner, viewer = visits(), visits()
    page = owner.open()
    page.get_by_role("button", name="Play", exact=True).click()
    owner.wait_epoch(20)
    link = copied(owner, "Copy run link")
    watched = viewer.open(link[link.index("#") :])
    viewer.wait_epoch(25)
    assert watched.evaluate("() => location.hash") == link[link.index("#") :]
    watched.locator("#chart-loss").focus()
    watched.keyboard.press("Home")
    viewer.wait("() => document.querySelector('#chart-says').textContent.startsWith('Epoch 0: test loss 0.')")
    assert watched.get_by_role("button", name="Pause", exact=True).is_disabled()
    page.get_by_role("button", name="Pause", exact=True).click()
    watched.locator("body[data-state=paused]").wait_for()


def test_back_and_forward_restore_what_they_say(visit: Any) -> None:
    page = visit.open()
    for name, units in (("spiral", 4), ("xor", 4)):
        page.locator(f"#datasets input[value={name}]").check(force=True)
        visit.wait("(name) => location.hash.includes(`data=${name}`)", name)
        assert page.locator(".hidden-layer").first.locator(".unit").count() == units
    page.get_by_role("tab", name="Inside").click()
    visit.wait("() => location.hash.includes('panel=inside')")
    page.go_back()
    visit.wait("() => document.querySelector('#tab-curves').getAttribute('aria-selected') === 'true'")
    page.go_back()
    visit.wait("() => document.querySelector('#datasets input:checked').value === 'spiral'")
    page.go_back()
    visit.wait("() => document.querySelector('#datasets input:checked').value === 'circle'")
    page.go_forward()
    visit.wait("() => document.querySelector('#datasets input:checked').value === 'spiral'")
    visit.wait("() => location.hash === '#data=spiral'")


@pytest.mark.parametrize("slider", ["Learning rate, slider", "Pace"])
def test_a_slider_drag_is_one_entry_of_the_history(visit: Any, slider: str) -> None:
    page = visit.open()
    before = page.evaluate("() => history.length")
    handle = page.get_by_role("slider", name=slider, exact=True)
    box = handle.bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * 0.5, middle)
    page.mouse.down()
    for share in (0.6, 0.7, 0.8, 0.85, 0.9):
        page.mouse.move(box["x"] + box["width"] * share, middle)
    page.mouse.up()
    visit.wait("() => /rate=|pace=/.test(location.hash)")
    visit.wait(
        """async () => {
          const runs = (await (await fetch('api/v1/runs')).json()).runs;
          const { training } = (await (await fetch(`api/v1/runs/${runs[0].id}`)).json()).config;
          return training.learning_rate !== 0.03 || training.pace !== 30;
        }"""
    )
    assert page.evaluate("() => history.length") == before + 1
    page.go_back()
    visit.wait("() => location.hash === ''")
    visit.wait("() => document.querySelector('#pace-value').textContent === '30 epochs/s'")
    visit.wait("() => document.getElementById('f-training.learning_rate').value === '0.03'")


def test_a_link_can_hide_controls(visit: Any) -> None:
    page = visit.open("#hide=rate,optimizer,reset,layers,data")
    for selector in ("[data-path='training.learning_rate']", "#reset", ".data", "[aria-label='Hidden layers']"):
        page.locator(selector).first.wait_for(state="hidden")
    assert page.get_by_role("button", name="Play", exact=True).is_visible()
    page.get_by_role("tab", name="Use this").click()
    page.get_by_role("button", name="Link", exact=True).click()
    code = page.locator(".use code")
    assert "hide=rate,optimizer,reset,layers,data" in code.inner_text()
    page.locator(".hiding label", has_text="seed").locator("input").check(force=True)
    assert re.search(r"hide=[a-z,]*seed", code.inner_text())
    trained = page.locator(".use > .aside").last.inner_text()
    assert ("every machine" in trained) == (kernel.load() is not None)


def test_own_data_travels_in_the_link(visits: Any) -> None:
    """A table by its id; rows that a link from before tables holds are still read."""
    first, second = visits(), visits()
    page = first.open()
    page.get_by_role("button", name="Your own…").click()
    rows = "\n".join(f"{i / 2};{i % 5};{'ab'[i % 2]}" for i in range(30))
    page.get_by_label("or paste a table").fill(f"width;height;kind\n{rows}")
    page.get_by_role("button", name="Train on these").click()
    first.wait("() => location.hash.includes('data=table')")
    page.get_by_role("button", name="+1 epoch").click()
    first.wait_epoch(1)
    second.open(page.evaluate("() => location.hash"))
    assert second.run()["config"]["dataset"] == first.run()["config"]["dataset"]
    page.locator("#datasets input[value=xor]").check(force=True)
    first.wait("() => location.hash === '#data=xor'")
    old = visits()
    old.open("#data=custom&task=classification&rows=1_2_3;4_5_6;7_8_9&targets=0_1_0")
    assert old.run()["config"]["dataset"]["inputs"] == [[1, 2, 3], [4, 5, 6], [7, 8, 9]]


def test_a_link_of_the_tensorflow_playground_is_translated_once(visit: Any) -> None:
    page = visit.open("#dataset=xor&networkShape=3,3&noise=10&seed=0.88459&cosX=true")
    page.locator("#message-words").get_by_text("cosX=true").wait_for()
    first = visit.run()["config"]
    assert (first["seed"], first["dataset"]["noise"], first["network"]["output"]) == (88459, 0.1, "tanh")
    translated = page.evaluate("() => location.hash")
    assert "networkShape" not in translated
    page.reload()
    page.locator("body[data-connection=open]").wait_for()
    assert page.evaluate("() => location.hash") == translated
    assert visit.run()["config"] == first


def test_a_pasted_tensorflow_playground_link_is_read(visit: Any) -> None:
    page = visit.open()
    page.evaluate("() => { location.hash = '#problem=regression&regDataset=reg-gauss&networkShape=5&seed=0.5' }")
    visit.wait("() => location.hash.includes('data=bumps')")
    page.locator("#data-name").get_by_text("Bumps").wait_for()
    page.locator("#network-words").get_by_text("1 hidden layer").wait_for()  # counted once the server has the run
    config = visit.run()["config"]
    assert (config["seed"], config["network"]["output"], config["training"]["loss"]) == (
        50000,
        "linear",
        "half_squared_error",
    )
    assert "networkShape" not in page.evaluate("() => location.hash")


def test_undo_goes_back_in_the_history_and_back_undoes(visit: Any) -> None:
    page = visit.open()
    entries = page.evaluate("() => history.length")
    for count, name in enumerate(("spiral", "xor"), 1):
        page.locator(f"#datasets input[value={name}]").check(force=True)
        visit.wait("(name) => location.hash === `#data=${name}`", name)
        assert page.evaluate("() => history.length") == entries + count
    page.keyboard.press("Control+z")
    visit.wait("() => location.hash === '#data=spiral'")
    page.keyboard.press("Control+y")
    visit.wait("() => location.hash === '#data=xor'")
    page.get_by_role("button", name="Undo").click()
    visit.wait("() => location.hash === '#data=spiral'")
    page.go_back()
    visit.wait("() => location.hash === '' && document.querySelector('#datasets input:checked').value === 'circle'")
    page.locator("#undo:disabled").wait_for()
    page.go_forward()
    visit.wait("() => location.hash === '#data=spiral' && !document.querySelector('#undo').disabled")
    page.get_by_role("button", name="Redo").click()
    visit.wait("() => location.hash === '#data=xor' && document.querySelector('#redo').disabled")
    assert page.evaluate("() => history.length") == entries + 2


def test_the_page_works_when_the_address_cannot_be_written(visit: Any) -> None:
    """WebKit throws once a page wrote a hundred addresses in half a minute."""
    visit.page.add_init_script(
        """for (const how of ['replaceState', 'pushState']) {
             const write = history[how];
             history[how] = function (...rest) {
               if (window.refused === undefined) return write.apply(this, rest);
               window.refused++;
               throw new DOMException('too many', 'SecurityError');
             };
           }"""
    )
    page = visit.open("#threshold=0.4")
    page.evaluate("() => { window.refused = 0; }")
    page.locator("#threshold-slider").press("ArrowRight")
    visit.wait("() => document.querySelector('#threshold-value').textContent === '0.41' && window.refused > 0")
    page.locator("#datasets input[value=xor]").check(force=True)
    visit.wait("() => document.querySelector('#data-name').textContent.includes('XOR') || window.refused > 1")
    page.evaluate("() => { window.refused = undefined; }")
    page.locator("#threshold-slider").press("ArrowRight")
    visit.wait("() => location.hash.includes('threshold=0.42') && location.hash.includes('data=xor')")


def test_dragging_a_slider_writes_the_address_seldom(visit: Any) -> None:
    page = visit.open()
    page.evaluate(
        """() => { window.written = 0;
             for (const how of ['replaceState', 'pushState']) {
               const write = history[how];
               history[how] = function (...rest) {
                 if (String(rest[2]).includes('threshold')) window.written++;
                 return write.apply(this, rest);
               };
             } }"""
    )
    # Once at the beginning, once at the end, and between them once in 400 ms: a busy machine may take so long.
    took = page.locator("#threshold-slider").evaluate(
        """(slider) => {
          const start = performance.now();
          for (let i = 0; i < 60; i++) {
            slider.stepDown();
            slider.dispatchEvent(new Event('input', { bubbles: true }));
          }
          return performance.now() - start;
        }"""
    )
    visit.wait("() => location.hash === '#threshold=0.01'")
    assert 1 <= page.evaluate("() => window.written") <= 2 + took // 400


def test_undo_leads_back_past_the_networks_that_are_kept(visit: Any) -> None:
    page = visit.open()
    first = visit.run()["config"]["seed"]
    for _ in range(14):
        before = page.locator("#seed").input_value()
        page.get_by_role("button", name="Another seed").click()
        visit.wait("(seed) => document.querySelector('#seed').value !== seed", before)
    for _ in range(14):
        before = page.locator("#seed").input_value()
        page.locator("#undo:enabled").click()
        visit.wait("(seed) => document.querySelector('#seed').value !== seed", before)
    page.locator("#undo:disabled").wait_for()
    assert page.locator("#seed").input_value() == str(first)
    page.locator("#message").get_by_text("Only the settings").wait_for()
