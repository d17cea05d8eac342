"""What drf-spectacular cannot see by itself: our token, and that every error is a problem."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension

PROBLEM = {
    "type": "object",
    "description": "RFC 9457 problem details.",
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {"type": "object", "description": "By field, where the request has errors."},
    },
    "required": ["type", "title", "status", "detail"],
}
_REF = {"content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}


class PartnerTokenScheme(OpenApiAuthenticationExtension):
    target_class = "accounts.api_auth.PartnerTokenAuthentication"
    name = "partnerToken"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "Issued to a partner system by the city."}


class SessionScheme(OpenApiAuthenticationExtension):
    target_class = "accounts.api_auth.PortalSession"
    name = "cookieAuth"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}


def add_problems(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Every operation may answer with a problem."""
    result["components"].setdefault("schemas", {})["Problem"] = PROBLEM
    for operations in result["paths"].values():
        for operation in operations.values():
            answers = operation["responses"]
            words = {"400": "The request has errors.", "429": "Asked too often."}
            if any(operation.get("security", [])):
                words |= {"401": "Not signed in.", "403": "Not for this role."}
            if any(one["in"] == "path" for one in operation.get("parameters", ())):
                words["404"] = "Not found."
            for status, description in words.items():
                answers.setdefault(status, {"description": description, **_REF})
    return result
