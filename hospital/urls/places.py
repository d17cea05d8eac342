"""Hospitals and their import."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
