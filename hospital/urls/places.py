"""Hospitals and their import: under /work/escort/hospitals/."""

from django.urls import path

from hospital.views import places

urlpatterns = [
    path("work/escort/hospitals/", places.hospitals, name="hospitals"),
    path("work/escort/hospitals/new/", places.add, name="hospital_new"),
    path("work/escort/hospitals/<int:pk>/", places.edit, name="hospital"),
    path("work/escort/hospitals/files/", places.files, name="hospital_files"),
    path("work/escort/hospitals/files/<uuid:key>/", places.file, name="hospital_file"),
    path("work/escort/hospitals/files/<uuid:key>/confirm/", places.confirm, name="hospital_file_confirm"),
    path("work/escort/hospitals/files/<uuid:key>/give-up/", places.give_up, name="hospital_file_give_up"),
]
