"""Managers, their credentials, shifts and absences: under /work/escort/managers/."""

from django.urls import path

from hospital.views import managers

urlpatterns = [
    path("work/escort/managers/", managers.managers, name="managers"),
    path("work/escort/managers/new/", managers.register, name="manager_new"),
    path("work/escort/managers/<int:pk>/", managers.manager, name="manager"),
    path("work/escort/managers/<int:pk>/<slug:what>/", managers.add, name="manager_add"),
    path("work/escort/shifts/<int:pk>/remove/", managers.remove_shift, name="shift_remove"),
    path("work/escort/absences/<int:pk>/remove/", managers.remove_absence, name="absence_remove"),
]
