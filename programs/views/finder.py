"""The self-check (자가진단): a form that posts, answers kept in the session, a result that can be reloaded."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import preferences
from accounts.models import CitizenProfile
from programs import finder
from programs.forms.finder import FinderForm

GROUPS = (
    ("can", _("받을 수 있습니다"), "success", "check"),
    ("could", _("이러면 받을 수 있습니다"), "warning", "info"),
    ("cannot", _("받을 수 없습니다"), "neutral", "close"),
)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def form(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        asked = FinderForm(request.POST, actor=request.actor)
        if asked.is_valid():
            preferences.keep_answers(request.session, asked.answers())
            return redirect("programs:finder_result")
        return render(request, "programs/finder/form.html", {"form": asked}, status=422)
    kept = preferences.answers(request.session)
    initial = FinderForm.as_typed(kept) if kept else _from_profile(preferences.profile_of(request))
    if not kept and (code := preferences.district_code(request)):
        initial["district"] = code
    return render(request, "programs/finder/form.html", {"form": FinderForm(initial=initial, actor=request.actor)})


def _from_profile(profile: CitizenProfile | None) -> dict[str, object]:
    if profile is None:
        return {}
    return {
        "district": profile.district_id,
        "birth_year": profile.birth_date.year,
        "household_size": profile.household_size,
        "tenure": profile.tenure,
    }


@login_not_required
@require_safe
def result(request: HttpRequest) -> HttpResponse:
    answers = preferences.answers(request.session)
    if not answers:
        return redirect("programs:finder")
    facts = finder.facts_of(None, answers)
    findings = finder.find(request.actor, facts, timezone.now())
    groups = [
        {
            "code": code,
            "title": title,
            "tone": tone,
            "icon": icon,
            "findings": [f for f in findings if f.group == code],
        }
        for code, title, tone, icon in GROUPS
    ]
    return render(
        request,
        "programs/finder/result.html",
        {
            "groups": groups,
            "birth_year": facts["birth_year"],
            "has_profile": preferences.profile_of(request) is not None,
        },
    )


@login_not_required
@require_POST
def forget(request: HttpRequest) -> HttpResponse:
    preferences.forget_answers(request.session)
    return redirect("programs:finder")
