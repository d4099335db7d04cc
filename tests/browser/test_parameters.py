"""The parameters of activations: on the layer that has them, refused with a reason, in the link, undone."""

from typing import Any

import pytest

pytestmark = pytest.mark.browser

SLOPE = "slope for negative z, hidden layer 1"


def activations(visit: Any) -> list[Any]:
    return [layer["activation"] for layer in visit.run()["config"]["network"]["hidden"]]


def test_only_activations_with_a_parameter_show_one(visit: Any) -> None:
    page = visit.open("#net=4-leaky_relu,3-elu,2-tanh")
    page.get_by_label(SLOPE).wait_for()
    assert page.locator(".parameter").count() == 2
    assert page.get_by_label(SLOPE).input_value() == "0.01"
    page.get_by_role("combobox", name="Activation of hidden layer 1").select_option("relu")
    page.get_by_label(SLOPE).wait_for(state="detached")
    assert page.locator(".parameter").count() == 1


def test_a_parameter_reaches_the_run_the_link_and_undo(visits: Any) -> None:
    first, second = visits(), visits()
    page = first.open("#net=4-leaky_relu,2-tanh")
    page.get_by_label(SLOPE).fill("0.25")
    page.keyboard.press("Enter")
    first.wait("() => location.hash === '#net=4-leaky_relu:slope=0.25,2-tanh'")
    assert activations(first) == [{"name": "leaky_relu", "slope": 0.25}, "tanh"]
    assert page.get_by_label(SLOPE).evaluate("(input) => input === document.activeElement")
    second.open(page.evaluate("() => location.hash"))
    assert activations(second) == activations(first)
    assert second.page.get_by_label(SLOPE).input_value() == "0.25"
    page.get_by_role("button", name="Undo").click()
    first.wait("() => location.hash === '#net=4-leaky_relu,2-tanh'")
    assert page.get_by_label(SLOPE).input_value() == "0.01"
    page.get_by_role("button", name="Redo").click()
    first.wait("() => location.hash.includes('slope=0.25')")
    page.go_back()
    first.wait("() => location.hash === '#net=4-leaky_relu,2-tanh'")
    first.wait("(label) => document.querySelector(`[aria-label='${label}']`).value === '0.01'", SLOPE)


def test_a_refused_parameter_says_why_and_escape_reverts(visit: Any) -> None:
    page = visit.open("#net=4-leaky_relu,2-tanh")
    slope = page.get_by_label(SLOPE)
    for typed, reason in (("3", "must be at most 1"), ("steep", "number")):
        slope.fill(typed)
        slope.press("Enter")
        page.locator(".parameter .refusal").get_by_text(reason).wait_for()
        assert slope.get_attribute("aria-invalid") == "true"
        assert slope.input_value() == typed
    slope.press("Escape")
    page.locator(".parameter .refusal").wait_for(state="hidden")
    assert slope.input_value() == "0.01"
    visit.errors.clear()  # The browser itself notes the refused request.
