"""Managers, their credentials, shifts and absences."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
