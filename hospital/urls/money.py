"""Fees, settlements, replay: under /work/escort/."""

from django.urls import path

from hospital.views import fees, settlements

urlpatterns = [
    path("work/escort/settlements/", settlements.settlements, name="settlements"),
    path("work/escort/settlements/compute/", settlements.compute, name="settlement_compute"),
    path("work/escort/settlements/<int:pk>/", settlements.settlement, name="settlement"),
    path("work/escort/settlements/<int:pk>/print/", settlements.print_settlement, name="settlement_print"),
    path("work/escort/settlements/<int:pk>/download/", settlements.download, name="settlement_download"),
    path("work/escort/settlements/<int:pk>/lines/<int:line_id>/", settlements.line, name="settlement_line"),
    path("work/escort/settlements/<int:pk>/<slug:code>/", settlements.act, name="settlement_act"),
    path("work/escort/fees/", fees.fees, name="fees"),
    path("work/escort/fees/<int:pk>/pay/", fees.pay, name="fee_pay"),
    path("work/escort/replay/", fees.replay_trips, name="replay"),
]
