"""The escort's figures: under /work/escort/figures/."""

from django.urls import path

from hospital.views import figures

urlpatterns = [path("work/escort/figures/", figures.overview, name="figures")]
