"""One small interface, one module a provider."""

from __future__ import annotations

from typing import Any, Protocol

from notifications.channels.base import PermanentFailure
from notifications.channels.email import EmailChannel
from notifications.channels.mailbox import MailboxChannel
from notifications.channels.solapi import SolapiChannel


class Channel(Protocol):
    def send(
        self, *, key: str, to: str, template: str, title: str, body: str, variables: dict[str, Any], language: str
    ) -> str:
        """Send, honouring `key`, and return the provider's reference. Raises PermanentFailure, else to retry."""


_channels: dict[str, Channel] = {
    "mailbox": MailboxChannel(),
    "email": EmailChannel(),
    "solapi": SolapiChannel(),
}


def channel_for(name: str) -> Channel:
    return _channels[name]


__all__ = ["Channel", "PermanentFailure", "channel_for"]
