"""The page of a message's link: answered without signing in, once, until it expires. Reading it changes nothing, so a
preview of the link does not answer."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.middleware import client_ip
from surveys import limits
from surveys.answering import UnableToAnswer, invitation_of, leave_alone, questions_of
from surveys.answering import answer as take_answers
from surveys.forms.answer import AnswerForm
from surveys.invitations import digest, last_day
from surveys.models import Invitation

View = Callable[..., HttpResponse]


def of_a_link(view: View) -> View:
    """The page of one link: found by its token, in its person's language, seldom enough, and in no search engine."""

    @wraps(view)
    @login_not_required
    @never_cache
    def found(request: HttpRequest, token: str) -> HttpResponse:
        response = _found(request, token)
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response

    def _found(request: HttpRequest, token: str) -> HttpResponse:
        try:
            invitation = invitation_of(token)
        except Invitation.DoesNotExist:
            if limits.too_often(f"unknown:{client_ip(request)}"):
                return render(request, "429.html", status=429)
            return render(request, "surveys/unknown.html", status=404)
        if limits.too_often(digest(token).hex()):
            return render(request, "429.html", status=429)
        if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:  # nobody chose another one
            translation.activate(invitation.language)
            request.LANGUAGE_CODE = translation.get_language()
        return view(request, token, invitation)

    return found


@require_http_methods(["GET", "HEAD", "POST"])
@of_a_link
def answer(request: HttpRequest, token: str, invitation: Invitation) -> HttpResponse:
    if invitation.answered_at:
        return render(request, "surveys/answered.html", status=409 if request.method == "POST" else 200)
    if invitation.is_over:
        return render(request, "surveys/over.html", {"last_day": last_day(invitation)}, status=410)
    form = AnswerForm(request.POST if request.method == "POST" else None, questions=questions_of(invitation))
    if form.is_bound and form.is_valid():
        try:
            take_answers(token, values=form.values, comment=form.cleaned_data["comment"])
        except UnableToAnswer as refused:
            return _refused(request, token, form, refused)
        return redirect("surveys:thanks")
    return _form(request, token, invitation, form)


def _refused(request: HttpRequest, token: str, form: AnswerForm, refused: UnableToAnswer) -> HttpResponse:
    """Answered by another tab, or expired, while this one was filled in."""
    invitation = invitation_of(token)
    if invitation.answered_at:
        return render(request, "surveys/answered.html", status=409)
    form.add_error(None, str(refused))
    return _form(request, token, invitation, form)


def _form(request: HttpRequest, token: str, invitation: Invitation, form: AnswerForm) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form,
        "survey": invitation.survey,
        "token": token,
        "last_day": last_day(invitation),
        "may_stop": invitation.contact_index is not None,
    }
    return render(request, "surveys/answer.html", context, status=422 if form.errors else 200)


@require_POST
@of_a_link
def stop(request: HttpRequest, token: str, invitation: Invitation) -> HttpResponse:
    """No survey is sent to this person any more."""
    leave_alone(token)
    return redirect("surveys:stopped")


@login_not_required
@require_safe
def thanks(request: HttpRequest) -> HttpResponse:
    return render(request, "surveys/thanks.html")


@login_not_required
@require_safe
def stopped(request: HttpRequest) -> HttpResponse:
    return render(request, "surveys/stopped.html")
