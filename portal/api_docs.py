"""The API's documentation for people, drawn from the schema itself: no script, and readable by screen readers.

Swagger UI runs under our policy, but its own mark-up breaks six accessibility rules (axe: nested-interactive,
color-contrast and others), which is the law here; so the page is ours."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from drf_spectacular.generators import SchemaGenerator

JSON = "application/json"


@require_GET
@login_not_required
def docs(request: HttpRequest) -> HttpResponse:
    return render(request, "api/docs.html", {"groups": _groups(get_language())})


@lru_cache(maxsize=4)
def _groups(language: str) -> list[dict[str, Any]]:
    """The operations by tag; the schema only changes with the code."""
    schema = SchemaGenerator().get_schema(request=None, public=True)
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            groups.setdefault(operation["tags"][0], []).append(_operation(schema, path, method, operation))
    return [{"name": name, "operations": operations} for name, operations in groups.items()]


def _operation(schema: dict[str, Any], path: str, method: str, operation: dict[str, Any]) -> dict[str, Any]:
    asked = operation.get("requestBody", {}).get("content", {}).get(JSON, {}).get("schema", {})
    told = operation["responses"].get("200", {}).get("content", {}).get(JSON, {}).get("schema", {})
    return {
        "id": operation["operationId"],
        "method": method.upper(),
        "path": path,
        "text": operation.get("description", ""),
        "who": _who(operation),
        "parameters": [
            {
                "name": one["name"],
                "type": _type(schema, one["schema"]),
                "required": one.get("required", False),
                "text": one.get("description", ""),
            }
            for one in operation.get("parameters", ())
        ],
        "asked": _fields(schema, asked),
        "told": _fields(schema, told),
    }


def _who(operation: dict[str, Any]) -> str:
    names = {name for one in operation.get("security", [{}]) for name in one}
    if "partnerToken" in names:
        return _("연계 시스템 토큰 또는 로그인한 담당자")
    return _("로그인한 시민") if names else _("누구나")


def _resolved(schema: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    for wrapped in part.get("allOf", part.get("oneOf", ()))[:1]:
        part = wrapped
    if "$ref" in part:
        part = schema["components"]["schemas"][part["$ref"].rsplit("/", 1)[1]]
    return part


def _type(schema: dict[str, Any], part: dict[str, Any]) -> str:
    """A type in a few words: a list's items, and the values of a choice."""
    part = _resolved(schema, part)
    if part.get("type") == "array":
        return _("%(what)s 목록") % {"what": _type(schema, part["items"])}
    values = ", ".join(str(value) for value in part.get("enum", ()) if value not in ("", None))
    return values or part.get("format") or str(part.get("type", "object"))


def _fields(schema: dict[str, Any], part: dict[str, Any], prefix: str = "") -> list[dict[str, Any]]:
    """Every field with its path, those inside others below them."""
    part = _resolved(schema, part)
    if part.get("type") == "array":
        return _fields(schema, part["items"], prefix or "[].")
    required, rows = part.get("required", ()), []
    for name, inner in part.get("properties", {}).items():
        rows.append(
            {
                "name": f"{prefix}{name}",
                "type": _type(schema, inner),
                "required": name in required,
                "text": inner.get("description", ""),
            }
        )
        deep = _resolved(schema, inner)
        if deep.get("type") == "array":
            rows += _fields(schema, deep["items"], f"{prefix}{name}[].")
        elif "properties" in deep:
            rows += _fields(schema, deep, f"{prefix}{name}.")
    return rows
