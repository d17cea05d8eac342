"""What citizens do: under /escort/."""

from django.urls import URLPattern, path

from hospital.views import booking, citizen

urlpatterns: list[URLPattern] = [
    path("escort/", citizen.escort, name="escort"),
    path("escort/book/", booking.book_trip, name="book"),
    path("escort/book/answer/", booking.answer, name="book_answer"),
    path("escort/hospitals/", booking.hospitals, name="find_hospitals"),
    path("escort/trips/<str:number>/", citizen.my_trip, name="my_trip"),
    path("escort/trips/<str:number>/cancel/", citizen.cancel_trip, name="my_trip_cancel"),
    path("escort/trips/<str:number>/photo/", citizen.trip_photo, name="my_trip_photo"),
]
