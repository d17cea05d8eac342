"""The call centre: under /work/escort/calls/ and /work/escort/people/."""

from django.urls import URLPattern, path

from hospital.views import call_booking, calls, people

urlpatterns: list[URLPattern] = [
    path("work/escort/calls/", calls.calls, name="calls"),
    path("work/escort/calls/begin/", calls.call_begin, name="call_begin"),
    path("work/escort/calls/<int:pk>/", calls.call, name="call"),
    path("work/escort/calls/<int:pk>/open/", calls.call_open, name="call_open"),
    path("work/escort/calls/<int:pk>/end/", calls.call_end, name="call_end"),
    path("work/escort/calls/<int:pk>/book/", call_booking.call_book, name="call_book"),
    path("work/escort/calls/<int:pk>/answer/", call_booking.call_answer, name="call_answer"),
    path("work/escort/people/<int:pk>/", people.person, name="person"),
    path("work/escort/people/<int:pk>/open/", people.person_open, name="person_open"),
    path("work/escort/people/<int:pk>/proofs/", people.proof_add, name="proof_add"),
    path("work/escort/bans/<int:pk>/lift/", people.ban_lift, name="ban_lift"),
    path("work/escort/people/fees/<int:pk>/", people.fee_take, name="fee_take"),
]
