import pytest
from django.core.exceptions import ImproperlyConfigured

from portal.env import env_bool, env_int, env_list, env_secret, env_str, postgres_from_url


@pytest.mark.parametrize(
    ("text", "value"), [("1", True), ("TRUE", True), ("on", True), ("0", False), ("no", False), ("", None)]
)
def test_a_yes_or_no(monkeypatch, text, value):
    monkeypatch.setenv("SETTING", text)
    for default in (True, False):
        assert env_bool("SETTING", default) is (default if value is None else value)


@pytest.mark.parametrize(("read", "text"), [(env_bool, "maybe"), (env_int, "many")])
def test_a_wrong_value_names_the_variable(monkeypatch, read, text):
    monkeypatch.setenv("SETTING", text)
    with pytest.raises(ImproperlyConfigured, match=f"SETTING='{text}'"):
        read("SETTING", 0)


def test_what_is_absent_or_empty_is_the_default(monkeypatch):
    monkeypatch.setenv("SETTING", "")
    assert env_str("SETTING", "default") == "default"
    assert env_int("SETTING", 7) == 7
    assert env_list("SETTING", ["a"]) == ["a"]


def test_a_list_is_separated_by_commas(monkeypatch):
    monkeypatch.setenv("SETTING", "a, b,,c ")
    assert env_list("SETTING", []) == ["a", "b", "c"]


def test_a_missing_secret_is_an_error_where_it_matters(monkeypatch):
    monkeypatch.delenv("SETTING", raising=False)
    assert "demo" in env_secret("SETTING", insecure_default=True)
    with pytest.raises(ImproperlyConfigured, match="SETTING must be set"):
        env_secret("SETTING", insecure_default=False)


def test_the_address_of_a_database():
    settings = postgres_from_url("postgres://us%40er:p%2Fw@db.example:6543/na%20me")
    assert settings == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "na me",
        "USER": "us@er",
        "PASSWORD": "p/w",
        "HOST": "db.example",
        "PORT": "6543",
    }


def test_another_kind_of_database_is_refused():
    with pytest.raises(ImproperlyConfigured, match="must begin with postgres://"):
        postgres_from_url("mysql://user@host/name")
