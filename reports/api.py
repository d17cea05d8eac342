"""Figures for partner systems and staff: a list, and one figure with its question."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.roles import DISTRICT_STAFF, Role
from reports import figures, questions
from reports.asking import UnableToAsk, answer, parse_question

READERS = (*DISTRICT_STAFF, Role.CITY_OFFICER, Role.COUNCIL_READER)
ASKED = ("as_of", "since", "known_at", "district", "program", "item", "object_code", "fiscal_year")


class FigureSerializer(serializers.Serializer):
    name = serializers.CharField()
    label = serializers.CharField()
    unit = serializers.CharField()
    query = serializers.CharField(help_text="What is counted, in words.")
    program = serializers.CharField(allow_null=True)


class RowsSerializer(serializers.Serializer):
    count = serializers.IntegerField()
    sha256 = serializers.CharField(
        help_text="Digest: the SHA-256 of each id's decimal digits, as whole numbers added up modulo 2^256."
    )
    url = serializers.CharField()


class AnswerSerializer(FigureSerializer):
    value = serializers.CharField(
        allow_null=True, help_text="A whole number, or a decimal as text; null: nothing to divide by."
    )
    as_of = serializers.DateField()
    since = serializers.DateField(allow_null=True)
    known_at = serializers.DateTimeField()
    district = serializers.CharField(allow_null=True)
    item = serializers.CharField(allow_null=True)
    object_code = serializers.CharField(allow_null=True)
    fiscal_year = serializers.IntegerField(allow_null=True)
    rows = RowsSerializer()


class FigureView(APIView):
    """Figures are for the city, its districts and the council."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request._request.actor.role not in READERS:
            raise PermissionDenied


class FigureList(FigureView):
    @extend_schema(operation_id="figures_list", responses=FigureSerializer(many=True), tags=["figures"])
    def get(self, request: Request) -> Response:
        """Every figure there is."""
        return Response(FigureSerializer(figures.all_figures(), many=True).data)


class FigureDetail(FigureView):
    @extend_schema(
        operation_id="figures_retrieve",
        responses=AnswerSerializer,
        tags=["figures"],
        parameters=[
            OpenApiParameter("as_of", OpenApiTypes.DATE, description="Inclusive until 24:00 in Seoul; default today."),
            OpenApiParameter("since", OpenApiTypes.DATE, description="First day counted; not of a state as of a day."),
            OpenApiParameter("known_at", OpenApiTypes.DATETIME, description="Default: all that is known now."),
            OpenApiParameter("district", str, description="5-digit code. A district's staff: their own only."),
            OpenApiParameter("program", str, description="Code of one programme."),
            OpenApiParameter("item", str, description="Code of a budget project of any level."),
            OpenApiParameter("object_code", str, description="Of the budget: one object code, 201-01."),
            OpenApiParameter("fiscal_year", int, description="Of the budget; default: the as-of day's."),
        ],
    )
    def get(self, request: Request, name: str) -> Response:
        """One figure as of a day, with the number of rows behind it and the hash of their ids."""
        actor = request._request.actor
        asked = {key: request.query_params.get(key, "") for key in ASKED}
        if actor.district_id:
            if asked["district"] not in ("", actor.district_id):
                raise Http404
            asked["district"] = actor.district_id
        try:
            return Response(answer(figures.get(name), parse_question(**asked)))
        except questions.UnknownFigure as error:
            raise Http404 from error
        except UnableToAsk as error:
            raise ValidationError({error.field: [str(error)]}) from error
        except questions.Unanswerable as error:
            raise ValidationError({error.field: [str(error)]}) from error
