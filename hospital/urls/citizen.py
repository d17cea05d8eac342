"""What citizens do: under /escort/."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
