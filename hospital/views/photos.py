"""A manager's photo, shown in a page and kept by nobody."""

from __future__ import annotations

from django.db.models.fields.files import FieldFile
from django.http import FileResponse


def send_photo(photo: FieldFile) -> FileResponse:
    kind = "image/png" if (photo.name or "").endswith(".png") else "image/jpeg"
    response = FileResponse(photo.open("rb"), content_type=kind)
    response.headers["Cache-Control"] = "no-store, private"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
