"""Settings come from the environment, and a wrong one is named."""

import pytest

from app.settings import Settings, SettingsError


def test_defaults_listen_on_loopback():
    settings = Settings.from_environment({})
    assert (settings.host, settings.port) == ("127.0.0.1", 8000)
    assert settings.workers >= 1


def test_values_are_read():
    settings = Settings.from_environment(
        {"DESCENT_PORT": "9000", "DESCENT_ALLOWED_HOSTS": "a.example, b.example", "DESCENT_ALLOW_EMBEDDING": "true"}
    )
    assert settings.port == 9000
    assert settings.allowed_hosts == ("a.example", "b.example")
    assert settings.allow_embedding


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("DESCENT_PORT", "http"),
        ("DESCENT_PORT", "70000"),
        ("DESCENT_WORKERS", "0"),
        ("DESCENT_MAX_STEP", "-1"),
        ("DESCENT_LOG_LEVEL", "loud"),
        ("DESCENT_CHECKPOINT_SECONDS", "5"),
    ],
)
def test_a_wrong_value_names_its_variable(variable, value):
    with pytest.raises(SettingsError, match=f"{variable}='{value}'"):
        Settings.from_environment({variable: value})


def test_an_unknown_setting_is_answered_with_the_known():
    with pytest.raises(SettingsError, match=r"DESCENT_NONSENSE is not a setting.*DESCENT_PORT"):
        Settings.from_environment({"DESCENT_NONSENSE": "1"})


def test_limits_are_the_settings_of_that_name():
    limits = Settings(max_units=32).limits()
    assert limits["max_units"] == 32
    assert all(name.startswith("max_") for name in limits)
