"""Colleagues: who works where, inviting, ending, another role, an absence, handing cases over."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.decorators import roles_required
from accounts.memberships import UnableToChange
from accounts.models import Membership, Organisation
from accounts.roles import Role
from programs import people
from programs.forms.people import ChangeRoleForm, EndForm, HandOverForm, InviteForm, StandInForm
from programs.selectors import people as reads
from programs.transitions import UnableToPerform

PAGE_SIZE = 25


def _number(text: str) -> int | None:
    return int(text) if text.isdigit() and len(text) < 18 else None


@require_GET
@roles_required(*people.MANAGERS)
def index(request: HttpRequest) -> HttpResponse:
    """Those in force and to come; ?show=ended has the ended ones. The city narrows by organisation."""
    show, now = request.GET.get("show", ""), timezone.now()
    whose = {
        "organisation": _number(request.GET.get("organisation", "")),
        "person": _number(request.GET.get("person", "")),
    }
    counts = reads.counts(request.actor, now=now, **whose)
    rows = reads.members(request.actor, show=show, now=now, **whose)
    kept = {name: value for name, value in whose.items() if value}
    tabs = [
        {
            "label": label,
            "url": f"?{urlencode(kept | ({'show': code} if code else {}))}",
            "current": (show == reads.ENDED) == (code == reads.ENDED),
            "count": counts[code or "current"],
        }
        for code, label in (("", _("근무 중")), (reads.ENDED, _("끝난 소속")))
    ]
    is_city = request.actor.role == Role.CITY_OFFICER
    return render(
        request,
        "programs/people/index.html",
        {
            "page": Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page")),
            "tabs": tabs,
            "now": now,
            "is_city": is_city,
            "narrowed": bool(kept),
            "chosen": whose["organisation"],
            "organisations": Organisation.objects.visible_to(request.actor).order_by("kind", "name")
            if is_city
            else [],
        },
    )


@require_POST
@roles_required(*people.MANAGERS)
def find(request: HttpRequest) -> HttpResponse:
    """By the whole e-mail address, which comes by POST so that it stands in no address and no log."""
    person = reads.find_person(request.actor, request.POST.get("email", ""))
    if person is None:
        messages.warning(request, _("그 전자우편을 쓰는 구성원이 없습니다. 주소 전체를 정확히 적었는지 확인하십시오."))
        return redirect("programs:people")
    return redirect(f"{reverse('programs:people')}?person={person}")


@require_http_methods(["GET", "POST"])
@roles_required(*people.MANAGERS)
def invite(request: HttpRequest) -> HttpResponse:
    form = InviteForm(request.POST or None, actor=request.actor)
    if request.method == "POST" and form.is_valid():
        try:
            made = people.invite(actor=request.actor, **form.inputs)
        except UnableToChange as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("%(name)s 님을 초대하고 전자우편을 보냈습니다.") % {"name": made.user})
            return redirect("programs:person", made.pk)
    context = {
        "form": form,
        "title": _("구성원 초대"),
        "lead": _("새 계정이면 비밀번호를 정하는 주소를 보내고, 이미 쓰는 계정이면 새 역할을 알립니다."),
        "submit": _("초대"),
        "back": reverse("programs:people"),
    }
    return render(request, "programs/people/form.html", context, status=422 if form.errors else 200)


def _member(request: HttpRequest, membership_id: int) -> Membership:
    return get_object_or_404(
        Membership.objects.visible_to(request.actor).select_related(
            "user", "organisation", "stands_in_for__user", "invited_by"
        ),
        pk=membership_id,
    )


@require_GET
@roles_required(*people.MANAGERS)
def person(request: HttpRequest, membership_id: int) -> HttpResponse:
    """One membership: its time, open cases, stand-ins, and every change of this person's memberships here."""
    found = _member(request, membership_id)
    now = timezone.now()
    return render(
        request,
        "programs/people/person.html",
        {
            "membership": found,
            "has_ended": bool(found.ends_at and found.ends_at <= now),
            "now": now,
            "open_cases": reads.open_cases_of(found),
            "stand_ins": found.stand_ins.select_related("user").order_by("-starts_at"),
            "can_remind": people.why_not_remind(found) is None,
            "history": reads.history(found.user, found.organisation),
        },
    )


@require_POST
@roles_required(*people.MANAGERS)
def remind(request: HttpRequest, membership_id: int) -> HttpResponse:
    found = _member(request, membership_id)
    try:
        people.remind(found, actor=request.actor)
    except UnableToChange as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, _("초대를 다시 보냈습니다. 앞서 보낸 주소도 사흘 동안은 쓸 수 있습니다."))
    return redirect("programs:person", found.pk)


@require_http_methods(["GET", "POST"])
@roles_required(*people.MANAGERS)
def end(request: HttpRequest, membership_id: int) -> HttpResponse:
    found = _member(request, membership_id)
    form = EndForm(request.POST or None)
    form.offer(reads.successors(request.actor, found), reads.open_cases_of(found))

    def act() -> str:
        handed = people.end_membership(
            found, actor=request.actor, at=form.at, reason=form.cleaned_data["reason"], successor=form.successor_id
        )
        return _("소속을 끝내도록 저장했습니다. 넘긴 건: %(n)s건") % {"n": handed}

    return _form_page(
        request,
        found,
        form,
        act,
        title=_("소속 끝내기"),
        lead=_("끝나는 대로 업무 화면을 쓸 수 없습니다. 기록은 지우지 않고 남깁니다."),
        submit=_("끝내기"),
    )


@require_http_methods(["GET", "POST"])
@roles_required(*people.MANAGERS)
def change_role(request: HttpRequest, membership_id: int) -> HttpResponse:
    found = _member(request, membership_id)
    form = ChangeRoleForm(
        request.POST or None,
        actor=request.actor,
        initial={"organisation": found.organisation_id, "role": found.role},
    )
    form.offer(reads.successors(request.actor, found), reads.open_cases_of(found))

    def act() -> str:
        made = people.change_role(
            found,
            actor=request.actor,
            organisation=form.cleaned_data["organisation"],
            role=form.cleaned_data["role"],
            reason=form.cleaned_data["reason"],
            successor=form.successor_id,
        )
        return _("%(role)s(으)로 바꾸고 알렸습니다.") % {"role": made}

    return _form_page(
        request,
        found,
        form,
        act,
        title=_("역할 바꾸기"),
        lead=_("지금 소속을 끝내고 같은 때에 새 소속을 시작합니다. 계속 심사하는 역할이면 열린 건을 그대로 맡습니다."),
        submit=_("바꾸기"),
    )


@require_http_methods(["GET", "POST"])
@roles_required(*people.MANAGERS)
def stand_in(request: HttpRequest, membership_id: int) -> HttpResponse:
    found = _member(request, membership_id)
    form = StandInForm(request.POST or None)
    form.offer(reads.stand_ins(request.actor, found))

    def act() -> str:
        made = people.appoint_stand_in(found, actor=request.actor, **form.inputs)
        return _("%(name)s 님이 대행하도록 저장하고 알렸습니다.") % {"name": made.user}

    return _form_page(
        request,
        found,
        form,
        act,
        title=_("대행 지정"),
        lead=_("자리를 비우는 동안 같은 역할로 일하며, 비운 사람의 담당 건이 ‘내 담당’에 함께 보입니다."),
        submit=_("지정"),
    )


@require_http_methods(["GET", "POST"])
@roles_required(*people.MANAGERS)
def hand_over(request: HttpRequest, membership_id: int) -> HttpResponse:
    found = _member(request, membership_id)
    form = HandOverForm(request.POST or None)
    form.offer(reads.successors(request.actor, found))

    def act() -> str:
        number = people.hand_over(found, actor=request.actor, successor=form.cleaned_data["successor"].pk)
        return _("열린 건 %(n)s건을 넘겼습니다.") % {"n": number}

    return _form_page(
        request,
        found,
        form,
        act,
        title=_("열린 건 넘기기"),
        lead=_("이 사람이 맡은 열린 건을 모두 넘깁니다. 지금 %(n)s건입니다.") % {"n": reads.open_cases_of(found)},
        submit=_("넘기기"),
    )


def _form_page(
    request: HttpRequest, found: Membership, form: Form, act: Callable[[], str], *, title: str, lead: str, submit: str
) -> HttpResponse:
    """Ask, do, and say what was done; or say why it cannot be done, with the form as it was filled in."""
    if request.method == "POST" and form.is_valid():
        try:
            done = act()
        except (UnableToChange, UnableToPerform) as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, done)
            if found.user_id == request.user.pk:  # the session may just have lost this membership
                return redirect("accounts:after_sign_in")
            return redirect("programs:person", found.pk)
    context = {
        "form": form,
        "membership": found,
        "title": title,
        "lead": lead,
        "submit": submit,
        "back": reverse("programs:person", args=[found.pk]),
    }
    return render(request, "programs/people/form.html", context, status=422 if form.errors else 200)
