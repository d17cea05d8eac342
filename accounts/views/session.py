"""Which membership a staff session acts in: exactly one at a time."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_GET, require_http_methods

from accounts.middleware import ACTING
from accounts.models import CitizenProfile, Membership
from accounts.navigation import landing_url
from accounts.roles import Actor, Role

DUTIES = {
    Role.FINANCE_OFFICER: _lazy(
        "지출의 원인이 되는 계약과 결정을 합니다. 예산과 지출은 아직 시·구의 재정시스템에서 처리합니다."
    ),
    Role.DISBURSING_OFFICER: _lazy(
        "재무관이 결정한 지출을 지급합니다. 예산과 지출은 아직 시·구의 재정시스템에서 처리합니다."
    ),
    Role.CASHIER: _lazy("현금의 수입과 지급을 맡습니다. 예산과 지출은 아직 시·구의 재정시스템에서 처리합니다."),
}


def _own_memberships(request: HttpRequest):
    return (
        Membership.objects.in_force()
        .filter(user=request.user)
        .select_related("organisation", "stands_in_for__user")
        .order_by("organisation__name", "role", "pk")
    )


@require_GET
def after_sign_in(request: HttpRequest) -> HttpResponse:
    """Staff go to their one membership's work, or choose among several; citizens to their own pages."""
    memberships = list(_own_memberships(request)[:2])
    if len(memberships) > 1:
        return redirect("accounts:acting")
    if memberships:
        request.session[ACTING] = memberships[0].pk
        return redirect(landing_url(Actor.of(memberships[0])))
    if not CitizenProfile.objects.visible_to(request.actor).exists():
        return redirect("accounts:profile")
    return redirect("programs:my_applications")


@require_http_methods(["GET", "POST"])
def acting(request: HttpRequest) -> HttpResponse:
    """Choose the membership to act in, or none (as a citizen); then on to where the person was going."""
    if request.method == "POST":
        choice = request.POST.get("membership", "")
        if choice == "citizen":
            request.session.pop(ACTING, None)
            return redirect("home")
        membership = get_object_or_404(_own_memberships(request), pk=choice if choice.isdigit() else 0)
        request.session[ACTING] = membership.pk
        messages.info(request, _("%(name)s(으)로 일합니다.") % {"name": membership})
        return redirect(_next(request) or landing_url(Actor.of(membership)))
    context = {
        "memberships": _own_memberships(request),
        "current": request.session.get(ACTING),
        "next": _next(request),
    }
    return render(request, "accounts/acting.html", context)


def _next(request: HttpRequest) -> str:
    target = request.POST.get("next") or request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if safe else ""


@require_GET
def duties(request: HttpRequest) -> HttpResponse:
    """What a role does in the portal now, for those who have no page of their own yet."""
    if not request.actor.is_staff_session:
        return redirect("home")
    return render(request, "accounts/duties.html", {"duty": DUTIES.get(request.actor.role, "")})
