"""Door guard after selection, under work/door-guard/."""

from django.urls import path

from safety.doorguard.views import claims, hand_over, households

app_name = "doorguard"
urlpatterns = [
    path("households/", households.households, name="households"),
    path("households/<str:receipt_no>/", households.household, name="household"),
    path("households/<str:receipt_no>/open/", households.open_household, name="household_open"),
    path("households/<str:receipt_no>/<slug:code>/", households.act, name="household_act"),
    path("hand-over/", hand_over.hand_over, name="hand_over"),
    path("claims/", claims.claims, name="claims"),
    path("claims/compute/", claims.compute, name="claim_compute"),
    path("claims/<int:pk>/", claims.claim, name="claim"),
    path("claims/<int:pk>/print/", claims.print_claim, name="claim_print"),
    path("claims/<int:pk>/download/", claims.download, name="claim_download"),
    path("claims/<int:pk>/lines/<int:line_id>/", claims.line, name="claim_line"),
    path("claims/<int:pk>/<slug:code>/", claims.act, name="claim_act"),
]
