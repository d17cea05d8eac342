"""The city reads comments and says which are shown beside the results."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.access_log import Action, record_access
from accounts.decorators import roles_required
from accounts.roles import Role
from surveys import moderation
from surveys.forms.console import ModerationForm
from surveys.models import Comment, Survey
from surveys.selectors import comment_counts, comments_of

PAGE = 20
State = Comment.State
TONES = {State.PENDING: "warning", State.PUBLISHED: "success", State.HIDDEN: "neutral"}


@require_GET
@never_cache
@roles_required(Role.CITY_OFFICER)
def comments(request: HttpRequest, code: str) -> HttpResponse:
    """Comments by state, those that wait first; nothing says whose they are or what they are about."""
    survey = get_object_or_404(Survey.objects.visible_to(request.actor), pk=code)
    state = request.GET.get("state", "")
    return _page(request, survey, state if state in State else State.PENDING)


@require_POST
@never_cache
@roles_required(Role.CITY_OFFICER)
def moderate(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    survey = get_object_or_404(Survey.objects.visible_to(request.actor), pk=code)
    comment = get_object_or_404(Comment.objects.visible_to(request.actor), pk=pk, invitation__survey=survey)
    before, form = comment.state, ModerationForm(request.POST, auto_id=f"id_{pk}_%s")
    if form.is_valid():
        publish = form.cleaned_data["act"] == "publish"
        try:
            moderation.moderate(pk, publish=publish, reason=form.cleaned_data["reason"], actor=request.actor)
        except moderation.UnableToModerate as refused:
            form.add_error(None, str(refused))
        except Comment.DoesNotExist as missing:
            raise Http404 from missing
        else:
            messages.success(request, _("의견을 공개하였습니다.") if publish else _("의견을 비공개로 하였습니다."))
            return redirect(f"{reverse('surveys:comments', args=[code])}?state={before}")
    return _page(request, survey, before, wrong=(pk, form))


def _page(
    request: HttpRequest, survey: Survey, state: str, wrong: tuple[int, ModerationForm] | None = None
) -> HttpResponse:
    page = Paginator(comments_of(request.actor, survey, state), PAGE).get_page(request.GET.get("page"))
    record_access(
        request.actor, Action.LIST, about="survey-comments", ids=[comment.pk for comment in page],
        filter={"survey": survey.pk, "state": str(state), "page": page.number},
    )  # fmt: skip
    counts = comment_counts(request.actor, survey)
    rows = [
        {"comment": comment, "form": wrong[1] if wrong and wrong[0] == comment.pk else _empty_form(comment)}
        for comment in page
    ]
    tabs = [
        {"label": one.label, "url": f"?state={one}", "count": counts[one], "current": one == state} for one in State
    ]
    context = {
        "survey": survey,
        "page": page,
        "rows": rows,
        "tabs": tabs,
        "state": state,
        "wrong_form": wrong[1] if wrong else None,
    }
    return render(request, "surveys/comments.html", context, status=422 if wrong else 200)


def _empty_form(comment: Comment) -> ModerationForm:
    return ModerationForm(auto_id=f"id_{comment.pk}_%s", initial={"reason": comment.reason})
