"""The small parts behind `make`."""

import gettext
import stat

import pytest

from portal.local import demo, messages
from portal.local.environment import portal_environment
from portal.local.processes import LocalError, free_port, is_free
from portal.local.state import State
from portal.local.supervisor import read_procfile


@pytest.fixture
def state(tmp_path) -> State:
    return State(tmp_path / "state")


def test_a_secret_is_made_once_and_kept_private(state):
    secret = state.secret("SECRET_KEY")
    assert len(secret) >= 40
    assert State(state.folder).secret("SECRET_KEY") == secret
    assert state.secret("other") != secret
    assert stat.S_IMODE(state.path("state.json").stat().st_mode) == 0o600


def test_a_port_is_kept_while_it_is_free(state):
    port = state.port("postgres")
    assert is_free(port)
    assert State(state.folder).port("postgres") == port


def test_a_lock_is_refused_with_the_reason(state):
    with (
        state.locked("demo", otherwise="never said"),
        pytest.raises(LocalError, match="it runs"),
        State(state.folder).locked("demo", otherwise="it runs"),
    ):
        pass
    with state.locked("demo", otherwise="it is free again"):
        pass


def test_what_the_environment_says_goes_before_our_defaults(state, monkeypatch):
    monkeypatch.setenv("PORT", "8123")
    monkeypatch.setenv("SECRET_KEY", "given")
    monkeypatch.delenv("SITE_URL", raising=False)
    environment = portal_environment(state)
    assert environment["SITE_URL"] == "http://localhost:8123"
    assert environment["SECRET_KEY"] == "given"
    assert environment["DEMO"] == "1"


def test_a_free_port_can_be_had():
    assert is_free(free_port())


def test_the_procfile_names_the_three_processes_and_leaves_no_shell_behind():
    commands = read_procfile()
    assert list(commands) == ["web", "worker", "beat"]
    assert all(" exec " in command for command in commands.values())


def test_translations_are_compiled_without_gettext(tmp_path, monkeypatch):
    folder = tmp_path / "locale" / "en" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "신청"\nmsgstr "Apply"\n'
    )
    monkeypatch.setattr(messages, "PROJECT", tmp_path)
    messages.compile_all()
    with (folder / "django.mo").open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("신청") == "Apply"


def test_the_folder_of_front_end_packages_is_there_before_the_settings_look_for_it(monkeypatch, tmp_path, state):
    seen = []
    monkeypatch.setattr(demo, "PROJECT", tmp_path)
    monkeypatch.setattr(demo.messages, "compile_all", lambda: 0)
    monkeypatch.setattr(demo, "_step", lambda *_arguments: seen.append((tmp_path / "vendor").is_dir()))
    demo._prepare(state, {})
    assert seen == [True]
