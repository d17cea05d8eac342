"""Message texts by key. The Korean text is what the AlimTalk provider has approved: variables are written #{name}."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

_VARIABLE = re.compile(r"#\{([^}]+)\}")


@dataclass(frozen=True)
class MessageTemplate:
    """`title` and `body` by language; `provider_id` is the approved AlimTalk template's id."""

    key: str
    title: dict[str, str]
    body: dict[str, str]
    provider_id: str = ""


_templates: dict[str, MessageTemplate] = {}


def register_template(template: MessageTemplate) -> None:
    if template.key in _templates:
        raise ValueError(f"message template {template.key} is registered twice")
    if set(template.title) != {"ko", "en"} or set(template.body) != {"ko", "en"}:
        raise ValueError(f"message template {template.key} needs Korean and English")
    _templates[template.key] = template


def template(key: str) -> MessageTemplate:
    return _templates[key]


def render(key: str, variables: dict[str, Any], language: str) -> tuple[str, str]:
    """Title and body; a variable that is missing is an error, never an empty place in a notice."""
    found = _templates[key]

    def fill(text: str) -> str:
        return _VARIABLE.sub(lambda match: str(variables[match[1]]), text)

    return fill(found.title[language]), fill(found.body[language])
