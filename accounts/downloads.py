"""Giving a file out: always as an attachment, and kept by no browser and no proxy."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def attachment(data: Any, name: str, content_type: str = XLSX) -> HttpResponseBase:
    """`data`: bytes, or a file open for reading, which is streamed and then closed. `name` may be Korean."""
    response: HttpResponseBase
    if isinstance(data, bytes):
        response = HttpResponse(data, content_type=content_type)
        response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    else:
        response = FileResponse(data, as_attachment=True, filename=name, content_type=content_type)
    response.headers["Cache-Control"] = "no-store, private"
    return response
