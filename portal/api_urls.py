"""/api/v1/ — each app adds its own part; beside them the schema, its page for people, and an answer to all else."""

from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularAPIView

from accounts.api_errors import NotThere
from portal import api_docs

urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(), name="api_schema"),
    path("docs/", api_docs.docs, name="api_docs"),
    path("", include("programs.api_urls")),
    path("", include("reports.api_urls")),
    re_path(r"^.*$", NotThere.as_view()),
]
