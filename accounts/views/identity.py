"""Proving who one is: to the provider and back. Coming back only shows a page; its button is what keeps the answer."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import identity, identity_local
from accounts.decorators import roles_required
from accounts.forms import LocalIdentityForm
from accounts.roles import Role

_MOST_FIELDS, _MOST_CHARACTERS = 10, 4000


@roles_required(Role.CITIZEN)
@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    try:
        return redirect(identity.begin(request.user))
    except identity.UnableToVerify as refused:
        messages.error(request, str(refused))
        return redirect("accounts:profile")


@roles_required(Role.CITIZEN)
@require_http_methods(["GET", "HEAD", "POST"])
def come_back(request: HttpRequest) -> HttpResponse:
    """The provider's answer, handed on by a button: an address that is only looked at changes nothing."""
    if request.method != "POST":
        answer = {key: value[:_MOST_CHARACTERS] for key, value in list(request.GET.items())[:_MOST_FIELDS]}
        return render(request, "accounts/identity_return.html", {"answer": answer})
    try:
        identity.finish(request.user, request.POST)
    except identity.UnableToVerify as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("본인확인을 마쳤습니다. 이름, 생년월일, 휴대전화를 확인된 대로 적었습니다."))
    return redirect("accounts:profile")


@roles_required(Role.CITIZEN)
@require_http_methods(["GET", "HEAD", "POST"])
def local(request: HttpRequest) -> HttpResponse:
    """The stand-in provider's own page."""
    if not identity_local.is_available():
        raise Http404
    form = LocalIdentityForm(request.POST or None, initial=request.GET.dict())
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        state = said.pop("state")
        answer = {"state": state, "code": identity_local.sealed_answer(**said)}
        return redirect(f"{reverse('accounts:identity_return')}?{urlencode(answer)}")
    return render(request, "accounts/identity_local.html", {"form": form}, status=422 if form.errors else 200)
