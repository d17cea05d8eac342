"""What a visitor told us without an account, kept in the session: their district and the self-check's answers.

A session outlives signing up, so nothing is asked twice.
"""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest

from accounts.models import CitizenProfile
from accounts.roles import Actor


class ActingRequest(HttpRequest):
    """A request as the middleware leaves it; the profile is put there by `profile_of`."""

    actor: Actor
    own_profile: CitizenProfile | None


_DISTRICT = "district"
_ANSWERS = "self_check"


def profile_of(request: ActingRequest) -> CitizenProfile | None:
    """The signed-in person's own profile, asked once a request; None for visitors and before it is filled in."""
    if not hasattr(request, "own_profile"):
        request.own_profile = None if request.actor.is_anonymous else _read_profile(request.actor)
    return request.own_profile


def _read_profile(actor: Actor) -> CitizenProfile | None:
    profile = CitizenProfile.objects.visible_to(actor).select_related("district").first()
    if profile and actor.user:
        profile.user = actor.user  # read already
    return profile


def profile_district(request: ActingRequest) -> str | None:
    """The district of the signed-in person's own profile, without reading anything else of it."""
    if hasattr(request, "own_profile"):
        return request.own_profile.district_id if request.own_profile else None
    if request.actor.is_anonymous:
        return None
    return CitizenProfile.objects.visible_to(request.actor).values_list("district_id", flat=True).first()


def session_district(session: SessionBase) -> str | None:
    """The district a visitor chose, or told the self-check."""
    return session.get(_DISTRICT) or answers(session).get("district")


def district_code(request: ActingRequest) -> str | None:
    """Where this person lives: by the profile, else as chosen or answered in this session."""
    return profile_district(request) or session_district(request.session)


def choose_district(session: SessionBase, code: str) -> None:
    """Remember a visitor's district; an empty code forgets it."""
    if code:
        session[_DISTRICT] = code
    else:
        session.pop(_DISTRICT, None)


def answers(session: SessionBase) -> dict[str, Any]:
    """The self-check's answers as plain JSON values, {} when it was never filled in."""
    return session.get(_ANSWERS, {})


def keep_answers(session: SessionBase, given: dict[str, Any]) -> None:
    session[_ANSWERS] = given
    choose_district(session, given.get("district", ""))


def forget_answers(session: SessionBase) -> None:
    session.pop(_ANSWERS, None)
