"""Pages that need no account."""

from django.urls import path

from programs.views import catalogue, finder

urlpatterns = [
    path("programs/", catalogue.program_list, name="list"),
    path("programs/<slug:code>/", catalogue.program_page, name="program"),
    path("search/", catalogue.search, name="search"),
    path("district/", catalogue.choose_district, name="choose_district"),
    path("finder/", finder.form, name="finder"),
    path("finder/result/", finder.result, name="finder_result"),
    path("finder/forget/", finder.forget, name="finder_forget"),
]
