"""The citizen's own details: asked once, kept for every application; and leaving."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import identity, leaving, preferences
from accounts.decorators import roles_required
from accounts.forms import LeaveForm, ProfileForm
from accounts.models import CitizenProfile, User
from accounts.navigation import account_tabs
from accounts.roles import Role

# What the self-check asked that the profile asks too.
_SHARED = ("district", "household_size", "tenure")


def _next(request: HttpRequest) -> str:
    target = request.POST.get("next") or request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if safe else ""


def _initial(request: HttpRequest) -> dict[str, Any]:
    """A first profile begins with what the self-check was told."""
    answers = preferences.answers(request.session)
    initial = {name: answers[name] for name in _SHARED if answers.get(name)}
    if answers.get("birth_year"):
        initial["birth_date"] = f"{answers['birth_year']}-"
    return {"district": preferences.district_code(request)} | initial


def keep_language(user: User, language: str) -> None:
    """In which language the person is written to from now on; a form that does not ask changes nothing."""
    if language and language != user.language:
        user.language = language
        user.save(update_fields=["language"])


@roles_required(Role.CITIZEN)
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Ask or change the details. Without script the dong list is renewed by a button, which saves nothing."""
    kept = CitizenProfile.objects.visible_to(request.actor).first()
    if request.method == "POST" and "narrow" not in request.POST:
        form = ProfileForm(request.POST, instance=kept)
        if form.is_valid():
            form.instance.user = request.user
            with transaction.atomic():
                form.save()
                keep_language(request.user, form.cleaned_data["language"])
            messages.success(request, _("내 정보를 저장했습니다. 신청할 때 다시 묻지 않습니다."))
            return redirect(_next(request) or ("accounts:profile" if kept else "home"))
        status = 422
    else:
        initial = request.POST.dict() if request.method == "POST" else {} if kept else _initial(request)
        initial = {"language": request.user.language} | initial
        form, status = ProfileForm(initial=initial, instance=kept), 200
    context = {
        "form": form,
        "is_new": kept is None,
        "next": _next(request),
        "offers_identity": identity.is_offered(),
        "kept": kept,
        "tabs": account_tabs("accounts:profile"),
    }
    return render(request, "accounts/profile.html", context, status=status)


@roles_required(Role.CITIZEN)
@require_safe
def dongs(request: HttpRequest) -> HttpResponse:
    """The field of dongs of one district, for the script that follows the choice of district."""
    form = ProfileForm(initial={"district": request.GET.get("district", "")})
    return render(request, "accounts/_dong_field.html", {"form": form})


@roles_required(Role.CITIZEN)
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest) -> HttpResponse:
    form = LeaveForm(request.POST or None, user=request.user)
    reasons: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            leaving.leave(request.actor)
        except leaving.UnableToLeave as error:
            reasons = error.reasons
        else:
            logout(request)
            messages.success(request, _("탈퇴했습니다. 그동안 이용해 주셔서 고맙습니다."))
            return redirect("home")
    elif request.method != "POST":
        reasons = leaving.reasons_to_stay(request.user)
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "reasons": reasons, "tabs": account_tabs("accounts:settings")}
    return render(request, "accounts/leave.html", context, status=status)
