"""Booking by a citizen: one page, the answer at once beside it, a look at everything, then the booking."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.decorators import roles_required
from accounts.models import CitizenProfile
from accounts.preferences import profile_of
from accounts.roles import OPERATOR_STAFF, Role
from hospital.booking import UnableToBook, book, record_unmet
from hospital.forms.booking import BookingForm, first_values, words_kept
from hospital.forms.citizen import CitizenBookingForm, values_again
from hospital.letters import CALL_CENTER
from hospital.models import Hospital, Trip
from hospital.possible import Answer, Wish, ask
from hospital.sealed import seal, unseal
from hospital.selectors.citizen import family_service_user_id, own_service_user_id, recent_hospitals
from hospital.selectors.places import find_hospitals
from hospital.standing import asked_on
from programs.workflow import UnableToPerform

citizen_only = roles_required(Role.CITIZEN)


def _form(request: HttpRequest, profile: CitizenProfile, data: Any = None, **options: Any) -> CitizenBookingForm:
    """Raises UnableToPerform where no terms are in force."""
    terms, consents = asked_on(timezone.localdate(), profile.district_id)
    return CitizenBookingForm(data, actor=request.actor, profile=profile, terms=terms, consents=consents, **options)


@require_http_methods(["GET", "POST"])
@citizen_only
def book_trip(request: HttpRequest) -> HttpResponse:
    looked_over = unseal(request.POST.get("sealed", ""), user_id=request.actor.user_id) if _confirms(request) else None
    if looked_over:
        with suppress(UnableToPerform):  # else the form says why not, with all that was typed
            return _booked(request, book(looked_over, actor=request.actor))
    profile = profile_of(request)
    if profile is None:
        messages.info(request, _("예약하기 전에 내 정보를 한 번 적어 주십시오."))
        return redirect(f"{reverse('accounts:profile')}?{urlencode({'next': request.get_full_path()})}")
    try:
        if request.method == "GET":
            return _start(request, profile)
        return _sent(request, _form(request, profile, request.POST))
    except UnableToPerform as refused:
        messages.error(request, str(refused))
        return redirect("hospital:escort")


def _confirms(request: HttpRequest) -> bool:
    return request.method == "POST" and request.POST.get("step") == "book"


def _booked(request: HttpRequest, trip: Trip) -> HttpResponse:
    messages.success(request, _("예약하였습니다. 매니저가 정해지면 알려 드립니다."))
    return redirect("hospital:my_trip", trip.number)


def _sent(request: HttpRequest, form: CitizenBookingForm) -> HttpResponse:
    step = request.POST.get("step")
    if step in ("edit", "find"):  # the latter is the search for a hospital without script
        again = _form(request, form.profile, initial=words_kept(form))
        return _page(request, again, words=request.POST.get("q", ""))
    if not form.is_valid():
        return _page(request, form, status=422)
    return _book(request, form) if _confirms(request) else _review(request, form)


def _start(request: HttpRequest, profile: CitizenProfile) -> HttpResponse:
    initial: dict[str, Any] = {"whom": "me"} | first_values()
    if number := request.GET.get("again"):
        past = Trip.objects.visible_to(request.actor).select_related("hospital", "service_user")
        initial = values_again(get_object_or_404(past, number=number), profile)
    return _page(request, _form(request, profile, initial=initial))


def _page(
    request: HttpRequest, form: CitizenBookingForm, *, status: int = 200, words: str = "", answer: Any = None
) -> HttpResponse:
    context = {
        "form": form,
        "profile": form.profile,
        "answer": answer,
        "call_center": CALL_CENTER,
        **hospital_choices(request, form.chosen_hospital(), words),
    }
    return render(request, "hospital/book.html", context, status=status)


def hospital_choices(request: HttpRequest, chosen: Hospital | None, words: str) -> dict[str, Any]:
    """What may be chosen: what was chosen already, what was found, else one's last ones."""
    words = words[:40]
    found = list(find_hospitals(request.actor, words))
    recent = recent_hospitals(request.actor) if request.actor.is_citizen and not words.strip() else []
    rows = [*([chosen] if chosen else []), *(row for row in (found or recent) if row != chosen)]
    return {
        "hospitals": rows,
        "chosen": chosen,
        "words": words,
        "nothing": bool(words.strip()) and not found,
        "are_recent": bool(recent),
    }


@require_GET
@roles_required(Role.CITIZEN, *OPERATOR_STAFF)
def hospitals(request: HttpRequest) -> HttpResponse:
    """The results alone, while a name is typed."""
    pk = request.GET.get("hospital", "")
    rows = Hospital.objects.visible_to(request.actor).filter(open=True).select_related("district")
    chosen = rows.filter(pk=pk).first() if pk.isdigit() and len(pk) < 16 else None
    context = hospital_choices(request, chosen, request.GET.get("q", ""))
    return render(request, "hospital/_hospitals.html", context)


def _ask(request: HttpRequest, form: CitizenBookingForm, wish: Wish) -> Answer:
    """Raises UnableToPerform."""
    if form.for_oneself:
        person = own_service_user_id(form.profile)
    else:
        person = family_service_user_id(request.actor, form.family_index())
    return ask(wish, person, timezone.now())


@require_POST
@citizen_only
def answer(request: HttpRequest) -> HttpResponse:
    """What booking it would mean, as far as it is filled in. Nothing is kept."""
    profile = profile_of(request)
    if profile is None:
        return render(request, "hospital/_answer.html", {"lacking": [_("내 정보")], "call_center": CALL_CENTER})
    try:
        form = _form(request, profile, request.POST)
        context = answer_context(form, lambda wish: _ask(request, form, wish))
    except UnableToPerform as refused:
        context = {"trouble": str(refused)}
    return render(request, "hospital/_answer.html", context | {"call_center": CALL_CENTER})


def answer_context(form: BookingForm, find: Callable[[Wish], Answer]) -> dict[str, Any]:
    """The answer, or what is lacking for one. Errors are told when the form is sent."""
    form.is_valid()
    wish = form.wish()
    return {"answer": find(wish)} if wish else {"lacking": form.lacking()}


def _review(request: HttpRequest, form: CitizenBookingForm) -> HttpResponse:
    """Everything once more, with the answer. A wish that cannot be met is recorded as such."""
    try:
        found = _ask(request, form, form.whole_wish())
        if found.refusals:
            record_unmet(found.wish, found.refusals, key=form.cleaned_data["key"], actor=request.actor)
    except UnableToPerform as refused:
        form.add_error(None, str(refused))
        return _page(request, form, status=422)
    context = {
        "form": form,
        "answer": found,
        "summary": summary_of(form, found, form.profile),
        "sealed": seal(form.to_book(), user_id=request.actor.user_id),
        "call_center": CALL_CENTER,
    }
    return render(request, "hospital/book_review.html", context, status=409 if found.refusals else 200)


def summary_of(form: CitizenBookingForm, found: Answer, profile: CitizenProfile) -> list[dict[str, Any]]:
    data = form.cleaned_data
    who = profile.name if form.for_oneself else f"{data['name']} ({data['relation']})"
    place = data["pickup"] or (profile.address if form.for_oneself else data["address"])
    hospital = f"{data['hospital']} {data['department']}".strip()
    rows = [(_("가시는 분"), who), (_("만나는 곳"), f"{found.wish.district} {place}"), (_("병원"), hospital)]
    rows.append((_("가시는 까닭"), str(dict(form.fields["purpose"].choices)[data["purpose"]])))  # type: ignore[attr-defined]
    if data["appointment"]:
        rows.append((_("진료 예약 시각"), f"{data['appointment']:%H:%M}"))
    given = [str(text) for text in form.texts if data.get(f"consent_{text.kind}")]
    rows.append((_("동의"), "\n".join(given)))
    return [{"term": term, "text": text} for term, text in rows]


def _book(request: HttpRequest, form: CitizenBookingForm) -> HttpResponse:
    try:
        trip = book(form.to_book(), actor=request.actor)
    except UnableToBook as refused:
        for refusal in refused.refusals:
            form.add_error(None, refusal.text)
        return _page(request, form, status=409)
    except UnableToPerform as refused:
        form.add_error(None, str(refused))
        return _page(request, form, status=409)
    return _booked(request, trip)
