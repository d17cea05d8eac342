"""The dispatcher: board, trips, plans and offers."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
