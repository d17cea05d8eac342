from django.urls import path

from reports import api

urlpatterns = [
    path("figures/", api.FigureList.as_view(), name="figures"),
    path("figures/<str:name>/", api.FigureDetail.as_view(), name="figure"),
]
