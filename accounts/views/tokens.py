"""Tokens of partner systems, for the city's officers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts import tokens
from accounts.decorators import roles_required
from accounts.models import Membership, PartnerToken
from accounts.roles import Actor, Role

PAGE = 20


class _MembershipField(forms.ModelChoiceField):
    def label_from_instance(self, membership: Membership) -> str:  # type: ignore[override]
        return f"{membership} {membership.user}"


class TokenForm(forms.Form):
    name = forms.CharField(label=__("시스템 이름"), max_length=60, help_text=__("예) 동작구 복지행정시스템"))
    membership = _MembershipField(
        Membership.objects.none(),
        label=__("이 소속으로 일합니다"),
        empty_label=__("선택하십시오"),
        help_text=__("그 사람이 볼 수 있는 것만 볼 수 있고, 소속이 끝나면 토큰도 멈춥니다."),
    )
    days = forms.TypedChoiceField(
        label=__("쓸 수 있는 기간"),
        coerce=int,
        choices=[(30, __("30일")), (90, __("90일")), (365, __("1년"))],
        initial=90,
    )

    def __init__(self, data: Any = None, *, actor: Actor) -> None:
        super().__init__(data)
        self.fields["membership"].queryset = tokens.partners(actor)


@require_http_methods(["GET", "POST"])
@never_cache
@roles_required(Role.CITY_OFFICER)
def token_list(request: HttpRequest) -> HttpResponse:
    """All tokens, and issuing one. The secret is on the answer to the POST and nowhere else."""
    form = TokenForm(request.POST or None, actor=request.actor)
    secret = None
    if request.method == "POST" and form.is_valid():
        try:
            _token, secret = tokens.issue(**form.cleaned_data)
            form = TokenForm(actor=request.actor)
        except tokens.UnableToIssue as refusal:
            form.add_error("name", str(refusal))
    rows = (
        PartnerToken.objects.visible_to(request.actor)
        .select_related("membership__organisation", "membership__user")
        .order_by("-created_at", "-pk")
    )
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return render(
        request, "accounts/tokens.html", {"form": form, "secret": secret, "page": page, "now": timezone.now()}
    )


@require_POST
@roles_required(Role.CITY_OFFICER)
def token_revoke(request: HttpRequest, token_id: int) -> HttpResponse:
    token = get_object_or_404(PartnerToken.objects.visible_to(request.actor), pk=token_id)
    tokens.revoke(token)
    messages.success(request, _("%(name)s의 토큰을 폐기했습니다.") % {"name": token})
    return redirect("accounts:tokens")
