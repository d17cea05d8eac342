"""The console: colleagues."""

from django.urls import path

from programs.views import people

urlpatterns = [
    path("work/people/", people.index, name="people"),
    path("work/people/find/", people.find, name="people_find"),
    path("work/people/invite/", people.invite, name="people_invite"),
    path("work/people/<int:membership_id>/", people.person, name="person"),
    path("work/people/<int:membership_id>/remind/", people.remind, name="person_remind"),
    path("work/people/<int:membership_id>/end/", people.end, name="person_end"),
    path("work/people/<int:membership_id>/role/", people.change_role, name="person_role"),
    path("work/people/<int:membership_id>/stand-in/", people.stand_in, name="person_stand_in"),
    path("work/people/<int:membership_id>/hand-over/", people.hand_over, name="person_hand_over"),
]
