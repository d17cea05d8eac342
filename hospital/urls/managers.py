"""Managers, their credentials, shifts and absences: under /work/escort/managers/."""

from django.urls import path

from hospital.views import managers, roster

urlpatterns = [
    path("work/escort/managers/", managers.managers, name="managers"),
    path("work/escort/managers/new/", managers.register, name="manager_new"),
    path("work/escort/managers/<int:pk>/", managers.manager, name="manager"),
    path("work/escort/managers/invite/", managers.invite, name="manager_invite"),
    path("work/escort/managers/<int:pk>/picture/", managers.picture, name="manager_picture"),
    path("work/escort/managers/<int:pk>/<slug:what>/", managers.add, name="manager_add"),
    path("work/escort/shifts/<int:pk>/remove/", managers.remove_shift, name="shift_remove"),
    path("work/escort/absences/<int:pk>/remove/", managers.remove_absence, name="absence_remove"),
    path("work/escort/credentials/<int:pk>/end/", managers.end_credential, name="credential_end"),
    path("work/escort/roster/", roster.roster, name="roster"),
    path("work/escort/roster/copy/", roster.copy, name="roster_copy"),
]
