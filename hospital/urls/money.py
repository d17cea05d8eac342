"""Fees, settlements, replay: under /work/escort/."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
