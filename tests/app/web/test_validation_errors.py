"""The errors of a rejected body name the field as the client wrote it, and what to write instead."""

import pytest
from pydantic import ValidationError

from app.api.schemas import CreateRun
from app.web.validation_errors import items


def told(config):
    with pytest.raises(ValidationError) as caught:
        CreateRun.model_validate({"config": config})
    return [(".".join(map(str, item.loc)), item.message) for item in items(caught.value.errors(), CreateRun)]


@pytest.mark.parametrize(
    ("config", "place", "says"),
    [
        ({"network": {"hidden": [{"units": 0}]}}, "config.network.hidden.0.units", "at least 1"),
        ({"training": {"learning_rate": "fast"}}, "config.training.learning_rate", "a number"),
        ({"trainin": {}}, "config.trainin", "dataset, features, network"),
        ({"training": {"optimizer": {"name": "adam", "beta": 1}}}, "config.training.optimizer.beta", "beta1, beta2"),
        ({"training": {"optimizer": {"name": "adam", "beta1": 2}}}, "config.training.optimizer.beta1", "less than 1"),
        (
            {"network": {"hidden": [{"activation": {"name": "leaky_relu", "slope": 5}}]}},
            "config.network.hidden.0.activation.slope",
            "at most 1",
        ),
        ({"network": {"hidden": [{"activation": "foo"}]}}, "config.network.hidden.0.activation", "sigmoid, tanh"),
        ({"dataset": {"name": "cirlce"}}, "config.dataset.name", "circle, xor"),
    ],
)
def test_an_error_names_the_field_and_what_to_change(config, place, says):
    ((loc, message),) = told(config)
    assert loc == place
    assert says in message
