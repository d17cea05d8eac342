"""Hubs and partner agencies: offers and their trips."""

from django.http import HttpResponse
from django.urls import URLPattern, path

urlpatterns: list[URLPattern] = [
    path("work/escort/offers/", lambda request: HttpResponse(), name="offers"),
]
