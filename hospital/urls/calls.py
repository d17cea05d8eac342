"""The call centre: under /work/escort/calls/."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
