"""Applying, step by step, on a draft that is kept on the server."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import preferences
from accounts.decorators import roles_required
from accounts.masking import has_resident_number
from accounts.models import CitizenProfile
from accounts.roles import Role
from accounts.uploads import ACCEPT, UnableToTake
from programs import applying, intake, registry, scoring
from programs.documents import OTHER, add_to_draft
from programs.forms.apply import ConsentForm
from programs.forms.finder import FinderForm
from programs.models import ApplicationDraft, Call, ConsentItem
from programs.views.uploads import document_sections, several

citizen_only = roles_required(Role.CITIZEN)
TEMPLATES = {
    "consents": "programs/apply/consents.html",
    "person": "programs/apply/person.html",
    "conditions": "programs/apply/conditions.html",
    "review": "programs/apply/review.html",
}


def _call(request: HttpRequest, call_code: str) -> Call:
    calls = Call.objects.visible_to(request.actor).select_related("program")
    call = get_object_or_404(calls, code=call_code)
    if registry.find(call.program_id) is None:
        raise Http404
    return call


def _my_profile(request: HttpRequest) -> CitizenProfile | None:
    return CitizenProfile.objects.visible_to(request.actor).select_related("district", "dong").first()


def _draft(request: HttpRequest, call: Call) -> ApplicationDraft | None:
    return ApplicationDraft.objects.visible_to(request.actor).select_related("call__program").filter(call=call).first()


def profile_url(next_url: str) -> str:
    return f"{reverse('accounts:profile')}?{urlencode({'next': next_url})}"


def _step_url(call: Call, step: str) -> str:
    return reverse(f"programs:apply_{step}", args=[call.code])


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest, call_code: str) -> HttpResponse:
    """Closed, full, not eligible or already applied for: said here, before anything is typed. POST makes the draft."""
    call = _call(request, call_code)
    here = reverse("programs:apply", args=[call.code])
    if request.method == "POST" and request.actor.is_anonymous:
        return redirect(f"{reverse('account_login')}?{urlencode({'next': here})}")
    profile = _my_profile(request)
    if request.method == "POST" and profile:
        try:
            draft = applying.begin(call, profile, timezone.now(), actor=request.actor)
        except intake.UnableToReceive as refused:
            messages.error(request, " ".join(refused.reasons))
            return redirect(here)
        return redirect(_step_url(call, applying.first_unfinished(draft, profile)))
    return render(request, "programs/apply/start.html", _start_context(request, call, profile, here))


def _start_context(request: HttpRequest, call: Call, profile: CitizenProfile | None, here: str) -> dict[str, Any]:
    now = timezone.now()
    district_id = profile.district_id if profile else None
    standing = applying.stand(call, profile, now, actor=request.actor) if profile else None
    share = standing.district_call if standing else None
    return {
        "call": call,
        "program": call.program,
        "profile": profile,
        "standing": standing,
        "scored": scoring.terms_for_citizens(call, share.effective_closes_at if share else call.closes_at),
        "draft": _draft(request, call),
        "closed": "" if call.is_receiving(now) else applying.closed_words(call, now),
        "documents": applying.required_documents(call, district_id),
        "login_url": f"{reverse('account_login')}?{urlencode({'next': here})}",
        "signup_url": f"{reverse('account_signup')}?{urlencode({'next': here})}",
        "profile_url": profile_url(here),
    }


def _open(
    request: HttpRequest, call_code: str, step: str
) -> tuple[Call, CitizenProfile, ApplicationDraft] | HttpResponse:
    """The draft at this step; otherwise where the person has to go first."""
    call, profile = _call(request, call_code), _my_profile(request)
    draft = _draft(request, call)
    if profile is None or draft is None:
        return redirect("programs:apply", call.code)
    reached = applying.first_unfinished(draft, profile)
    names = list(applying.STEPS)
    if names.index(step) > names.index(reached):
        return redirect(_step_url(call, reached))
    return call, profile, draft


def _page(
    request: HttpRequest,
    step: str,
    opened: tuple[Call, CitizenProfile, ApplicationDraft],
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    call, profile, draft = opened
    names = list(applying.STEPS)
    at = names.index(step)
    steps = [
        {
            "label": label,
            "state": "done" if number < at else "current" if number == at else "next",
            "url": _step_url(call, name) if number < at else "",
        }
        for number, (name, label) in enumerate(applying.STEPS.items())
    ]
    standing = applying.stand(call, profile, timezone.now(), actor=request.actor, detail=applying.detail_of(draft))
    context = {
        "call": call,
        "program": call.program,
        "profile": profile,
        "draft": draft,
        "steps": steps,
        "standing": standing,
        "step": step,
        "back_url": _step_url(call, names[at - 1]) if at else reverse("programs:apply", args=[call.code]),
    } | context
    return render(request, TEMPLATES[step], context, status=status)


@citizen_only
@require_http_methods(["GET", "HEAD", "POST"])
def consents(request: HttpRequest, call_code: str) -> HttpResponse:
    opened = _open(request, call_code, "consents")
    if isinstance(opened, HttpResponse):
        return opened
    call, _profile, draft = opened
    items = list(ConsentItem.objects.visible_to(request.actor).filter(call=call).order_by("sort", "id"))
    form = ConsentForm(items, request.POST or None, given=applying.consents_of(draft))
    if request.method == "POST":
        if form.is_valid():
            applying.remember(draft.pk, "consents", form.given(), actor=request.actor)
            return redirect(_step_url(call, "person"))
        applying.remember(draft.pk, "consents", form.answered(), actor=request.actor)
        return _page(request, "consents", opened, status=422, form=form)
    return _page(request, "consents", opened, form=form)


@citizen_only
@require_http_methods(["GET", "HEAD", "POST"])
def person(request: HttpRequest, call_code: str) -> HttpResponse:
    """The profile as it is; a change after it was confirmed has to be confirmed again."""
    opened = _open(request, call_code, "person")
    if isinstance(opened, HttpResponse):
        return opened
    call, profile, draft = opened
    if request.method == "POST":
        seen = request.POST.get("as_of", "")
        if seen != profile.updated_at.isoformat():
            messages.warning(request, _("내 정보가 바뀌었습니다. 다시 확인해 주십시오."))
            return redirect(_step_url(call, "person"))
        applying.remember(draft.pk, "person", {"as_of": seen}, actor=request.actor, profile=profile)
        return redirect(_step_url(call, "conditions"))
    edit_url = profile_url(_step_url(call, "person"))
    return _page(request, "person", opened, as_of=profile.updated_at.isoformat(), edit_url=edit_url)


@citizen_only
@require_http_methods(["GET", "HEAD", "POST"])
def conditions(request: HttpRequest, call_code: str) -> HttpResponse:
    opened = _open(request, call_code, "conditions")
    if isinstance(opened, HttpResponse):
        return opened
    call, profile, draft = opened
    form_class = registry.get(call.program_id).detail_form
    if request.method != "POST":
        return _conditions_page(request, opened, form_class(initial=_known(request, draft)))
    form = form_class(request.POST)
    form.is_valid()
    answers = applying.answers_from(form, request.POST)
    for name, value in answers.items():
        if not value and has_resident_number(str(request.POST.get(name, ""))):
            form.add_error(name, _("주민등록번호로 보이는 숫자가 있습니다. 지우고 다시 입력하십시오."))
    applying.remember(draft.pk, "detail", answers, actor=request.actor)
    missing = _missing(draft, profile)
    if form.errors or missing:
        return _conditions_page(request, opened, form, status=422, missing=missing)
    standing = applying.stand(call, profile, timezone.now(), actor=request.actor, detail=answers)
    if standing.refused and standing.refused.code == "not_eligible":
        return _conditions_page(request, opened, form, status=422, standing=standing)
    return redirect(_step_url(call, "review"))


def _known(request: HttpRequest, draft: ApplicationDraft) -> dict[str, Any]:
    """The conditions as kept; before anything is, what the self-check asked by the same name."""
    return applying.detail_of(draft) or FinderForm.as_typed(preferences.answers(request.session))


def _missing(draft: ApplicationDraft, profile: CitizenProfile) -> list[Any]:
    kinds = set(draft.documents.values_list("kind", flat=True))
    return intake.missing_documents(draft.call, profile.district_id, kinds)


def _conditions_page(
    request: HttpRequest,
    opened: tuple[Call, CitizenProfile, ApplicationDraft],
    form: Any,
    status: int = 200,
    upload_error: dict[str, str] | None = None,
    **context: Any,
) -> HttpResponse:
    call, profile, draft = opened
    asked = [
        (row.kind, str(row), row.localised_hint, row.required)
        for row in applying.required_documents(call, profile.district_id)
    ]
    sections = document_sections(
        [*asked, (OTHER, _("그 밖의 서류"), _("담당자가 알아야 할 서류가 있으면 올려 주십시오."), False)],
        list(draft.documents.order_by("pk")),
        lambda kind: reverse("programs:apply_upload", args=[call.code, kind]),
        upload_error or {},
    )
    template = registry.get(call.program_id).conditions_template
    return _page(
        request,
        "conditions",
        opened,
        status=status,
        form=form,
        sections=sections,
        accept=ACCEPT,
        conditions_template=template,
        **({"missing": []} | context),
    )


@citizen_only
@require_POST
def upload(request: HttpRequest, call_code: str, kind: str) -> HttpResponse:
    """One or several files of a kind; answers with the page the files are on."""
    opened = _open(request, call_code, "conditions")
    if isinstance(opened, HttpResponse):
        return opened
    call, profile, draft = opened
    form = registry.get(call.program_id).detail_form(request.POST)
    if form.fields.keys() & request.POST.keys():  # without script the whole page is sent: what was typed is kept first
        answers = applying.answers_from(form, request.POST)
        draft = applying.remember(draft.pk, "detail", answers, actor=request.actor)
        opened = call, profile, draft
    errors = several(
        request, lambda file: add_to_draft(draft, kind, file, actor=request.actor), UnableToTake, field=f"file-{kind}"
    )
    if errors:
        form = registry.get(call.program_id).detail_form(initial=_known(request, draft))
        return _conditions_page(request, opened, form, status=422, upload_error={kind: " ".join(errors)})
    return redirect(f"{_step_url(call, 'conditions')}#documents-{kind}")


@citizen_only
@require_POST
def save(request: HttpRequest, call_code: str, step: str) -> HttpResponse:
    """Keep what was typed so far, complete or not. 409 once the draft is gone."""
    call = _call(request, call_code)
    draft = _draft(request, call)
    if draft is None:
        return HttpResponse(status=409)
    if step == "consents":
        items = list(ConsentItem.objects.visible_to(request.actor).filter(call=call))
        applying.remember(draft.pk, "consents", ConsentForm(items, request.POST).answered(), actor=request.actor)
    else:
        form = registry.get(call.program_id).detail_form(request.POST)
        applying.remember(draft.pk, "detail", applying.answers_from(form, request.POST), actor=request.actor)
    return HttpResponse(status=204)


@citizen_only
@require_http_methods(["GET", "HEAD"])
def review(request: HttpRequest, call_code: str) -> HttpResponse:
    opened = _open(request, call_code, "review")
    if isinstance(opened, HttpResponse):
        return opened
    return _review_page(request, opened)


def _review_page(
    request: HttpRequest, opened: tuple[Call, CitizenProfile, ApplicationDraft], status: int = 200, **context: Any
) -> HttpResponse:
    call, profile, draft = opened
    programme = registry.get(call.program_id)
    form = programme.detail_form(applying.detail_of(draft))
    form.is_valid()
    given = applying.consents_of(draft)
    items = ConsentItem.objects.visible_to(request.actor).filter(call=call).order_by("sort", "id")
    labels = {row.kind: str(row) for row in applying.required_documents(call, profile.district_id)}
    return _page(
        request,
        "review",
        opened,
        status=status,
        detail=form.save(commit=False),
        detail_template=programme.detail_template,
        consents=[{"item": item, "given": bool(given.get(item.pk))} for item in items],
        documents=[(labels.get(d.kind, _("그 밖의 서류")), d) for d in draft.documents.order_by("kind", "pk")],
        **({"refused": None} | context),
    )


@citizen_only
@require_POST
def submit(request: HttpRequest, call_code: str) -> HttpResponse:
    """Everything is checked again. The draft's key makes a double tap, a replay and two tabs one application."""
    try:
        application = intake.submit(applying.key_from(request.POST.get("key", "")), actor=request.actor)
    except ApplicationDraft.DoesNotExist:
        if _my_profile(request) is None:
            return redirect("programs:apply", call_code)
        raise Http404 from None
    except intake.UnableToReceive as refused:
        opened = _open(request, call_code, "review")
        if isinstance(opened, HttpResponse):
            messages.error(request, " ".join(refused.reasons))
            return opened
        return _review_page(request, opened, status=409, refused=refused)
    return redirect("programs:receipt", application.receipt_no)


@citizen_only
@require_POST
def discard(request: HttpRequest, call_code: str) -> HttpResponse:
    call = _call(request, call_code)
    draft = _draft(request, call)
    if draft:
        applying.discard(draft.pk, actor=request.actor)
    messages.success(request, _("쓰던 신청서와 올린 서류를 지웠습니다."))
    return redirect("programs:apply", call.code)
