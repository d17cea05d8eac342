"""A citizen's own applications, for the citizen's own session only: a partner's token is nobody's citizen."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import PermissionDenied
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api_auth import PortalSession
from programs.api.serializers import OwnApplicationDetailSerializer, OwnApplicationSerializer
from programs.models import Application, ApplicationEvent
from programs.selectors.own import place_in_queue, timeline


class OwnView(APIView):
    authentication_classes = (PortalSession,)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if not request._request.actor.is_citizen:
            raise PermissionDenied

    def own(self) -> QuerySet[Application]:
        rows = Application.objects.visible_to(self.request._request.actor)
        return rows.select_related("program", "district_call").order_by("-received_at", "-pk")


@extend_schema(tags=["my applications"])
class OwnApplicationList(OwnView, ListAPIView):
    """My applications, the newest first."""

    serializer_class = OwnApplicationSerializer

    def get_queryset(self) -> QuerySet[Application]:
        return self.own()


class OwnApplicationDetail(OwnView):
    @extend_schema(
        tags=["my applications"],
        operation_id="my_application",
        responses=OwnApplicationDetailSerializer,
    )
    def get(self, request: Request, receipt_no: str) -> Response:
        """One of my applications: where it stands, what happened, and what comes next."""
        application = get_object_or_404(self.own(), receipt_no=receipt_no)
        events = (
            ApplicationEvent.objects.visible_to(request._request.actor)
            .filter(application=application)
            .select_related("note", "membership__organisation")
            .order_by("id")
        )
        application.place_in_queue = place_in_queue(application)
        application.timeline = timeline(application, list(events))
        return Response(OwnApplicationDetailSerializer(application).data)
