"""The officers' queue for partner systems: masked, fifty cases a page, each page one row of the access log."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access_log import Action, record_access
from accounts.roles import DISTRICT_STAFF, Role
from programs.api.serializers import CasePageSerializer
from programs.forms.queue import filter_of
from programs.selectors import queue

READERS = (*DISTRICT_STAFF, Role.CITY_OFFICER)


class Queue(APIView):
    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request._request.actor.role not in READERS:
            raise PermissionDenied

    @extend_schema(
        tags=["queue"],
        operation_id="queue_list",
        responses=CasePageSerializer,
        parameters=[
            OpenApiParameter(
                "tab", enum=[name for name in queue.TABS if name != "found"], description="Default open."
            ),
            OpenApiParameter("sort", enum=list(queue.SORTS)),
            OpenApiParameter("program", description="Code of a programme."),
            OpenApiParameter("call", OpenApiTypes.INT),
            OpenApiParameter("state"),
            OpenApiParameter("district", description="5-digit code; for the city only."),
            OpenApiParameter("received_from", OpenApiTypes.DATE),
            OpenApiParameter("received_to", OpenApiTypes.DATE),
            OpenApiParameter("after", description="`next` of another page."),
            OpenApiParameter("before", description="`previous` of another page."),
        ],
    )
    def get(self, request: Request) -> Response:
        """Cases in the order of receipt, those this membership may see."""
        actor = request._request.actor
        wanted, form = filter_of(request.query_params, actor)
        if form.errors:
            raise ValidationError(form.errors)
        page = queue.page(
            actor,
            wanted,
            timezone.now(),
            after=request.query_params.get("after", ""),
            before=request.query_params.get("before", ""),
        )
        cases = [row.application for row in page.rows]
        record_access(
            actor, Action.LIST, about="applications", ids=[case.pk for case in cases], filter=wanted.for_log()
        )
        shown = {"next": page.next, "previous": page.previous, "results": cases}
        return Response(CasePageSerializer(shown).data)
