"""The console: the privacy officer's pages."""

from django.urls import path

from programs.views import log_review, privacy

urlpatterns = [
    path("work/privacy/", log_review.index, name="log_review"),
    path("work/privacy/requests/", privacy.requests, name="privacy_queue"),
    path("work/privacy/requests/<int:request_id>/", privacy.request_detail, name="privacy_request"),
    path("work/privacy/downloads/", privacy.downloads, name="privacy_downloads"),
    path("work/privacy/destructions/", privacy.destructions, name="privacy_destructions"),
    path("work/privacy/log/<int:row_id>/", log_review.row, name="log_row"),
    path("work/privacy/months/<slug:code>/<str:name>/", log_review.month, name="log_month"),
    path("work/privacy/months/<slug:code>/<str:name>/rows/", log_review.rows, name="log_rows"),
]
