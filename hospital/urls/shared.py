"""Pages that messages lead to, without a log-in: under /escort/t/."""

from django.http import HttpResponse
from django.urls import URLPattern, path

urlpatterns: list[URLPattern] = [
    path("escort/t/<str:token>/", lambda request, token: HttpResponse(), name="shared_trip"),
]
