"""The escort's entries of the console's menu."""

from __future__ import annotations


def add_navigation() -> None:
    """Called once, when the app is ready."""
