"""The catalogue and the self-check: for everybody, without an account."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from programs import finder
from programs.api.serializers import (
    FactsSerializer,
    FindingSerializer,
    ProgramDetailSerializer,
    ProgramSerializer,
)
from programs.deadlines import SEOUL
from programs.eligibility import KINDS, rules_of
from programs.models import Call
from programs.models.catalogue import SafetyArea
from programs.selectors import catalogue


class PublicView(APIView):
    authentication_classes = ()
    permission_classes = (AllowAny,)


@extend_schema(
    tags=["programs"],
    parameters=[
        OpenApiParameter("area", enum=SafetyArea.values, description="One of the four safety areas."),
        OpenApiParameter("district", description="5-digit code: only programmes this district takes part in."),
        OpenApiParameter("reception", enum=catalogue.Reception.values),
        OpenApiParameter("q", description="Words to look for."),
    ],
)
class ProgramList(PublicView, ListAPIView):
    """Every published programme, what receives applications first."""

    serializer_class = ProgramSerializer

    def get_queryset(self) -> Any:
        asked = self.request.query_params
        return catalogue.programmes(
            self.request._request.actor,
            timezone.now(),
            area=asked.get("area", ""),
            district=asked.get("district") or None,
            state=asked.get("reception", ""),
            words=asked.get("q", ""),
        )


class ProgramDetail(PublicView):
    @extend_schema(tags=["programs"], operation_id="programs_retrieve", responses=ProgramDetailSerializer)
    def get(self, request: Request, code: str) -> Response:
        """One programme with the call that matters now: its rules, its documents, and the places left by district."""
        now, actor = timezone.now(), request._request.actor
        program = get_object_or_404(catalogue.programmes(actor, now), code=code)
        program.call = catalogue.current_calls(actor, [code], now).get(code)
        if program.call:
            self._fill(program.call, request)
        return Response(ProgramDetailSerializer(program, context={"now": now}).data)

    def _fill(self, call: Call, request: Request) -> None:
        actor = request._request.actor
        call.districts = catalogue.shares_of(actor, call)
        call.documents = catalogue.every_document(actor, call)
        day = timezone.now().astimezone(SEOUL).date()
        call.rules_now = [
            {
                "text": KINDS[rule.kind].describe(rule.params),
                "basis": rule.basis,
                "since": rule.valid.lower,
                "district": rule.district_id,
            }
            for rule in rules_of([call.pk], day)[call.pk]
        ]


class Finder(PublicView):
    @extend_schema(
        tags=["finder"],
        operation_id="finder",
        request=FactsSerializer,
        responses=FindingSerializer(many=True),
    )
    def post(self, request: Request) -> Response:
        """Which programmes a person can get, could get, and cannot get, with the rule. Nothing is kept."""
        asked = FactsSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        facts = finder.facts_of(None, dict(asked.validated_data))
        found = finder.find(request._request.actor, facts, timezone.now())
        return Response(FindingSerializer(found, many=True).data)
