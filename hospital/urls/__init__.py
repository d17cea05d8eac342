"""The escort's addresses, by who uses them."""

from hospital.urls import agency, board, calls, citizen, figures, managers, money, phone, places, shared

app_name = "hospital"
urlpatterns = [
    *citizen.urlpatterns,
    *shared.urlpatterns,
    *calls.urlpatterns,
    *board.urlpatterns,
    *agency.urlpatterns,
    *phone.urlpatterns,
    *managers.urlpatterns,
    *money.urlpatterns,
    *figures.urlpatterns,
    *places.urlpatterns,
]
