"""Programmes: the list, the search, one programme's page, and the choice of one's district."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import preferences
from accounts.masking import format_phone
from accounts.models import District
from programs import finder, registry, scoring
from programs.deadlines import SEOUL
from programs.eligibility import Facts, Verdict, refusals, rules_of
from programs.forms.catalogue import ProgramFilterForm
from programs.models import Application, Call, DistrictCall, Program
from programs.models.catalogue import SafetyArea
from programs.selectors import catalogue

PAGE_SIZE = 12


@login_not_required
@require_safe
def program_list(request: HttpRequest) -> HttpResponse:
    form = ProgramFilterForm(request.GET, actor=request.actor)
    return render(request, "programs/list.html", _found(request, form) | {"form": form, "areas": _area_tabs(request)})


@login_not_required
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    form = ProgramFilterForm(request.GET, actor=request.actor)
    context = (
        _found(request, form) if form.criteria()["words"] else {"cards": [], "page": None, "total": 0, "words": ""}
    )
    return render(request, "programs/search.html", context)


def _found(request: HttpRequest, form: ProgramFilterForm) -> dict[str, Any]:
    now, criteria = timezone.now(), form.criteria()
    page = Paginator(catalogue.programmes(request.actor, now, **criteria), PAGE_SIZE).get_page(request.GET.get("page"))
    calls = catalogue.current_calls(request.actor, [program.pk for program in page], now)
    cards = [_card(program, calls.get(program.pk)) for program in page]
    return {"cards": cards, "page": page, "total": page.paginator.count, "words": criteria["words"]}


def _card(program: Program, call: Call | None) -> dict[str, Any]:
    reception = catalogue.Reception(program.reception)
    return {
        "program": program,
        "summary": program.localised("summary"),
        "areas": [SafetyArea(area).label for area in program.areas],
        "badge": reception.label,
        "tone": catalogue.TONES[reception],
        "opens_at": call.opens_at if call and reception == catalogue.Reception.SOON else None,
        "closes_at": call.closes_at if call and reception in ("open", "closed") else None,
        "is_open": reception == catalogue.Reception.OPEN,
    }


def _area_tabs(request: HttpRequest) -> list[dict[str, Any]]:
    """The areas as tabs; they keep what else was chosen."""
    chosen = request.GET.get("area", "")

    def url(area: str) -> str:
        query = request.GET.copy()
        query.pop("page", None)
        query["area"] = area
        return f"{reverse('programs:list')}?{query.urlencode()}"

    choices = [("", _("전체")), *SafetyArea.choices]
    return [{"label": label, "url": url(code), "current": code == chosen, "count": None} for code, label in choices]


@login_not_required
@require_safe
def program_page(request: HttpRequest, code: str) -> HttpResponse:
    program = get_object_or_404(Program.objects.visible_to(request.actor), pk=code)
    now, actor, service = timezone.now(), request.actor, registry.service_of(program.pk)
    call = catalogue.current_calls(actor, [program.pk], now).get(program.pk)
    context = {
        "program": program,
        "summary": program.localised("summary"),
        "areas": [SafetyArea(area).label for area in program.areas],
        "facts": _facts(program),
        "call": call,
        "city_phone": format_phone(program.phone),
        "past_calls": catalogue.past_calls(actor, program, now, other_than=call),
        "ended": bool(program.ends_on and program.ends_on < timezone.localdate(now)),
        "service": service,
        "service_terms": service.terms() if service else [],
    }
    if call:
        context |= _call_context(request, program, call)
    return render(request, "programs/program.html", context)


def _facts(program: Program) -> list[dict[str, Any]]:
    rows = [
        (_("누가"), "who"),
        (_("무엇을 얼마나"), "benefit"),
        (_("어떻게 신청하나"), "how"),
        (_("기간"), "period"),
    ]
    return [{"term": term, "text": text} for term, field in rows if (text := program.localised(field))]


def _call_context(request: HttpRequest, program: Program, call: Call) -> dict[str, Any]:
    now, actor = timezone.now(), request.actor
    profile = preferences.profile_of(request)
    district = preferences.district_code(request)
    share = catalogue.share_of(actor, call, district)
    standing = catalogue.standing(call, share, district, now)
    facts = finder.facts_of(profile, preferences.answers(request.session))
    facts["district"] = district
    day = now.astimezone(SEOUL).date()
    verdicts = finder.verdicts_of(rules_of([call.pk], day)[call.pk], facts, day)
    refused = bool(refusals(verdicts))
    in_portal = registry.find(program.pk) is not None
    mine = (
        Application.objects.visible_to(actor).filter(call=call).live().order_by("id").first() if actor.user else None
    )
    return {
        "in_portal": in_portal,
        "standing": standing,
        "share": share,
        "opens_at": share.effective_opens_at if share else call.opens_at,
        "closes_at": share.effective_closes_at if share else call.closes_at,
        "scored": scoring.terms_for_citizens(call, share.effective_closes_at if share else call.closes_at),
        "share_phone": format_phone(share.phone) if share else "",
        "conditions": _conditions(share),
        "documents": catalogue.documents_of(actor, call, district),
        "verdicts": [{"verdict": v, "note": finder.missing_of(v, facts) if v.met is None else ""} for v in verdicts],
        "answer": _answer(verdicts, facts),
        "mine": mine if actor.is_citizen else None,
        "may_apply": in_portal and standing.receives and not refused and not (actor.is_citizen and mine),
        "districts": [(d.pk, str(d)) for d in District.objects.visible_to(actor).order_by("name_ko")],
        "district_code": district,
        "from_profile": profile is not None,
    }


def _conditions(share: DistrictCall | None) -> str:
    if share is None:
        return ""
    return (get_language() == "en" and share.conditions_en) or share.conditions


def _answer(verdicts: list[Verdict], facts: Facts) -> str:
    """yes, no, unknown (some facts are missing), or ask (nothing is known of this person yet)."""
    if refusals(verdicts):
        return "no"
    if verdicts and not facts.get("birth_date") and not facts.get("birth_year"):
        return "ask"
    return "unknown" if any(verdict.met is None for verdict in verdicts) else "yes"


@login_not_required
@require_POST
def choose_district(request: HttpRequest) -> HttpResponse:
    """Keep a visitor's district in the session; no account needed."""
    code = request.POST.get("district", "")
    if code and not District.objects.visible_to(request.actor).filter(pk=code).exists():
        code = ""
    preferences.choose_district(request.session, code)
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return redirect(target if safe else "home")
