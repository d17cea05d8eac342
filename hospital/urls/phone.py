"""The manager's phone pages, and the incidents reported there: under /work/escort/."""

from django.urls import path

from hospital.views import incidents, phone

urlpatterns = [
    path("work/escort/my/", phone.my_day, name="phone_day"),
    path("work/escort/my/<int:pk>/", phone.my_page, name="phone_trip"),
    path("work/escort/my/<int:pk>/open/", phone.open_person, name="phone_open"),
    path("work/escort/my/<int:pk>/tap/", phone.tap, name="phone_tap"),
    path("work/escort/my/<int:pk>/delay/", phone.delay, name="phone_delay"),
    path("work/escort/my/<int:pk>/incident/", phone.incident, name="phone_incident"),
    path("work/escort/my/<int:pk>/sign/", phone.sign, name="phone_sign"),
    path("work/escort/my/<int:pk>/pay/", phone.pay, name="phone_pay"),
    path("work/escort/incidents/", incidents.incidents, name="incidents"),
    path("work/escort/incidents/<int:pk>/close/", incidents.close, name="incident_close"),
]
