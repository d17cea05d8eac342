"""Hubs and partner agencies: offers, their trips and their managers' day."""

from django.urls import URLPattern, path

from hospital.views import agency, board, trips

urlpatterns: list[URLPattern] = [
    path("work/escort/offers/", agency.offers, name="offers"),
    path("work/escort/offers/<int:pk>/accept/", agency.accept, name="offer_accept"),
    path("work/escort/offers/<int:pk>/decline/", agency.decline, name="offer_decline"),
    path("work/escort/agency/trips/", trips.own_trips, name="own_trips"),
    path("work/escort/agency/trips/<int:pk>/", trips.own_trip, name="own_trip"),
    path("work/escort/agency/board/", board.own_board, name="own_board"),
    path("work/escort/agency/board/<slug:day>/", board.own_board, name="own_board_day"),
]
