"""The environment of the portal's own processes on this machine. What is already set stays."""

import os

from portal.local.state import State

DEFAULT_PORT = "8000"


def port() -> str:
    return os.environ.get("PORT") or DEFAULT_PORT


def portal_environment(state: State) -> dict[str, str]:
    defaults = {
        "DEMO": "1",
        "SECRET_KEY": state.secret("SECRET_KEY"),
        "SITE_URL": f"http://localhost:{port()}",
        "PORT": port(),
        "STATE_DIR": str(state.folder),
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "PYTHONUNBUFFERED": "1",
    }
    return {name: os.environ.get(name) or value for name, value in defaults.items()}
