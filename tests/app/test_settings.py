"""Settings come from the environment, and a wrong one is named."""

import os

import pytest

from app.api.docs import FILES
from app.environment import SettingsError
from app.main import create_app
from app.settings import Settings


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


@pytest.mark.parametrize(
    ("variable", "value", "read"),
    [
        ("DESCENT_ALLOWED_HOSTS", "http://Class.example:8000/, [::1]:80, a:9", ("class.example", "::1", "a")),
        ("DESCENT_ALLOWED_HOSTS", "*", ("*",)),
        ("DESCENT_CORS_ORIGINS", "https://Course.example:443/", ("https://course.example",)),
        ("DESCENT_TRUSTED_PROXIES", "10.1.2.3/8, ::1", ("10.0.0.0/8", "::1")),
        ("DESCENT_ROOT_PATH", "x", "/x"),
        ("DESCENT_ROOT_PATH", "/x/y/", "/x/y"),
        ("DESCENT_ROOT_PATH", "/", ""),
        ("DESCENT_ROOT_PATH", "/user/jo%40x.example/descent", "/user/jo@x.example/descent"),
    ],
)
def test_an_unambiguous_value_is_normalized(variable, value, read):
    settings = Settings.from_environment({variable: value})
    assert getattr(settings, variable.removeprefix("DESCENT_").lower()) == read


@pytest.mark.parametrize(
    ("variable", "value", "hint"),
    [
        ("DESCENT_ALLOWED_HOSTS", "*.example", "each name"),
        ("DESCENT_ALLOWED_HOSTS", ".example", "each name"),
        ("DESCENT_ALLOWED_HOSTS", "a.example/b", "leave out"),
        ("DESCENT_ALLOWED_HOSTS", "a b", "not a host name"),
        ("DESCENT_CORS_ORIGINS", "course.example", "https://"),
        ("DESCENT_CORS_ORIGINS", "https://course.example/x", "leave out"),
        ("DESCENT_TRUSTED_PROXIES", "nginx", "addresses"),
        ("DESCENT_ROOT_PATH", "https://class.example/x", "path alone"),
        ("DESCENT_ROOT_PATH", "/a b", "/descent"),
        ("DESCENT_ROOT_PATH", "/x/../y", "/descent"),
    ],
)
def test_a_value_that_cannot_match_is_refused_with_a_hint(variable, value, hint):
    with pytest.raises(SettingsError, match=variable) as refused:
        Settings.from_environment({variable: value})
    assert hint in str(refused.value)


def test_a_root_path_like_an_own_address_is_refused(tmp_path):
    paths = create_app(Settings(data_dir=tmp_path)).openapi()["paths"]
    for path in [*paths, "/static", "/docs", "/openapi.json", FILES]:
        with pytest.raises(SettingsError, match="own path"):
            Settings.from_environment({"DESCENT_ROOT_PATH": path.partition("/{")[0]})


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("DESCENT_PORT", "tcp://10.0.0.1:80"),
        ("DESCENT_SERVICE_HOST", "10.0.0.1"),
        ("DESCENT_SERVICE_PORT", "80"),
        ("DESCENT_SERVICE_PORT_HTTP", "80"),
        ("DESCENT_PORT_80_TCP", "tcp://10.0.0.1:80"),
        ("DESCENT_PORT_80_TCP_ADDR", "10.0.0.1"),
        ("DESCENT_WEB_SERVICE_HOST", "10.0.0.1"),
        ("DESCENT_WEB_PORT", "tcp://10.0.0.1:80"),
        ("DESCENT_NAME", "/proxy/descent"),
        ("DESCENT_ENV_LANG", "C"),
    ],
)
def test_variables_that_describe_a_service_are_ignored(variable, value):
    assert Settings.from_environment({variable: value}) == Settings.from_environment({})


@pytest.mark.parametrize(
    ("misspelt", "right"),
    [
        ("DESCENT_ALLOWED_HOST", "DESCENT_ALLOWED_HOSTS"),
        ("DESCENT_DATADIR", "DESCENT_DATA_DIR"),
        ("DESCENT_WORKER", "DESCENT_WORKERS"),
        ("DESCENT_MAX_RUNS_BY_OWNER", "DESCENT_MAX_RUNS_PER_OWNER"),
    ],
)
def test_the_error_for_a_misspelt_setting_names_the_nearest(misspelt, right):
    with pytest.raises(SettingsError, match=rf"{misspelt} is not .*mean {right}\?"):
        Settings.from_environment({misspelt: "1"})


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_an_empty_value_is_the_default(name):
    assert Settings.from_environment({f"DESCENT_{name.upper()}": " "}) == Settings.from_environment({})


def test_a_tilde_is_the_home_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert Settings.from_environment({"DESCENT_DATA_DIR": "~/runs"}).data_dir == tmp_path / "runs"


def test_a_missing_home_folder_is_reported(monkeypatch):
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)  # as it is for a user that has none
    for environment in ({}, {"DESCENT_DATA_DIR": "~/runs"}):
        with pytest.raises(SettingsError, match=r"DESCENT_DATA_DIR.*home folder"):
            Settings.from_environment(environment)


def test_the_error_for_an_unknown_setting_lists_the_known_ones():
    with pytest.raises(SettingsError, match=r"DESCENT_NONSENSE is not a setting.*DESCENT_PORT"):
        Settings.from_environment({"DESCENT_NONSENSE": "1"})


def test_limits_are_the_settings_of_that_name():
    limits = Settings(max_units=32).limits()
    assert limits["max_units"] == 32
    assert all(name.startswith("max_") for name in limits)
