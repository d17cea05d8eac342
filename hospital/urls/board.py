"""The dispatcher: board, trips, plans and unmet demand."""

from django.urls import URLPattern, path

from hospital.views import board, plans, trip_acts, trips

urlpatterns: list[URLPattern] = [
    path("work/escort/board/", board.board, name="board"),
    path("work/escort/board/<slug:day>/", board.board, name="board_day"),
    path("work/escort/board/<slug:day>/plan/", plans.propose, name="plan_propose"),
    path("work/escort/plans/<int:pk>/", plans.plan, name="plan"),
    path("work/escort/plans/<int:pk>/apply/", plans.apply, name="plan_apply"),
    path("work/escort/plans/<int:pk>/discard/", plans.discard, name="plan_discard"),
    path("work/escort/plans/<int:pk>/offer/", plans.offer_unserved, name="plan_offer"),
    path("work/escort/trips/", trips.trips, name="trips"),
    path("work/escort/trips/<int:pk>/", trips.trip, name="trip"),
    path("work/escort/trips/<int:pk>/open/", trips.open_trip, name="trip_open"),
    path("work/escort/trips/<int:pk>/<slug:code>/", trip_acts.act, name="trip_act"),
    path("work/escort/unmet/", trips.unmet, name="unmet"),
]
