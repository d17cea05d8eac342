from programs.urls import citizen, city, decisions, files, people, privacy, public, staff

app_name = "programs"
urlpatterns = [
    *public.urlpatterns,
    *citizen.urlpatterns,
    *staff.urlpatterns,
    *decisions.urlpatterns,
    *city.urlpatterns,
    *people.urlpatterns,
    *files.urlpatterns,
    *privacy.urlpatterns,
]
