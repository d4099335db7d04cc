"""What a trace has for the page: whether the output is fused with the loss, and the step plain."""

import pytest

CASES = {
    "sgd": ({}, True, True),
    "squared error": ({"training": {"loss": "mse"}}, False, True),
    "adam": ({"training": {"optimizer": {"name": "adam"}}}, True, False),
    "penalty": ({"training": {"regularizer": {"name": "l2", "rate": 0.01}}}, True, True),
}


@pytest.mark.parametrize(("config", "fused", "plain"), CASES.values(), ids=CASES)
def test_a_trace_says_whether_it_is_fused_and_plain(new_run, config, fused, plain):
    run = new_run(config)
    run.step(epochs=1)
    trace = run.get("/trace", layer=0)
    assert (trace["fused"], trace["plain_step"]) == (fused, plain)
