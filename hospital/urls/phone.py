"""The manager's phone pages: under /work/escort/my/."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
