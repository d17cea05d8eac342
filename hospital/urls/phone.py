"""The manager's phone pages, and the incidents reported there: under /work/escort/."""

from django.urls import path

from hospital.views import incidents, phone

urlpatterns = [
    path("work/escort/my/", phone.my_day, name="my_day"),
    path("work/escort/my/<int:pk>/", phone.my_page, name="my_trip"),
    path("work/escort/my/<int:pk>/open/", phone.open_person, name="my_trip_open"),
    path("work/escort/my/<int:pk>/tap/", phone.tap, name="my_trip_tap"),
    path("work/escort/my/<int:pk>/delay/", phone.delay, name="my_trip_delay"),
    path("work/escort/my/<int:pk>/incident/", phone.incident, name="my_trip_incident"),
    path("work/escort/my/<int:pk>/sign/", phone.sign, name="my_trip_sign"),
    path("work/escort/my/<int:pk>/pay/", phone.pay, name="my_trip_pay"),
    path("work/escort/incidents/", incidents.incidents, name="incidents"),
    path("work/escort/incidents/<int:pk>/close/", incidents.close, name="incident_close"),
]
