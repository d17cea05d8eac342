"""Pages that messages lead to, without a log-in: under /escort/t/."""

from django.urls import URLPattern, path

from hospital.views import shared

urlpatterns: list[URLPattern] = [
    path("escort/t/<str:token>/", shared.shared_trip, name="shared_trip"),
    path("escort/t/<str:token>/photo/", shared.shared_photo, name="shared_trip_photo"),
]
