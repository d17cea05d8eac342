"""Errors of the API as problem details (RFC 9457)."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView, exception_handler


def problem_details(error: Exception, context: dict[str, Any]) -> Response | None:
    """`{type, title, status, detail, errors?}` with media type application/problem+json."""
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    response = exception_handler(error, context)
    if response is None:
        return None
    problem: dict[str, Any] = {
        "type": "about:blank",
        "title": response.status_text,
        "status": response.status_code,
    }
    if isinstance(error, exceptions.ValidationError):
        problem |= {"detail": "The request has errors.", "errors": response.data}
    else:
        problem["detail"] = str(getattr(error, "detail", ""))
    response.data = problem
    response.content_type = "application/problem+json"
    return response


class NotThere(APIView):
    """Whatever address below /api/ names nothing: a problem too, not a page."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        raise exceptions.NotFound
