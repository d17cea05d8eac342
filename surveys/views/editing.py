"""The city edits a survey's words and, until it is first sent, its questions."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.decorators import roles_required
from accounts.roles import Role
from surveys.editing import UnableToEdit, edit_survey
from surveys.forms.console import SurveyForm, question_forms
from surveys.models import Survey
from surveys.selectors import was_sent


@require_http_methods(["GET", "POST"])
@roles_required(Role.CITY_OFFICER)
def edit(request: HttpRequest, code: str) -> HttpResponse:
    found = get_object_or_404(Survey.objects.visible_to(request.actor), pk=code)
    title, data, sent = str(found), request.POST if request.method == "POST" else None, was_sent(found)
    form = SurveyForm(data, instance=found)
    places = [] if sent else question_forms(found, data)
    if data is not None and all([form.is_valid(), *(one.is_valid() for one in places)]):
        questions = None if sent else [one.question for one in places if one.question]
        try:
            edit_survey(code, values=form.cleaned_data, questions=questions, actor=request.actor)
        except UnableToEdit as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("조사를 고쳤습니다."))
            return redirect("surveys:survey", code)
    context = {
        "survey": found,
        "title": title,
        "form": form,
        "places": places,
        "forms": [form, *places],
        "questions": found.questions.order_by("sort") if sent else [],
    }
    wrong = form.errors or any(one.errors for one in places)
    return render(request, "surveys/edit.html", context, status=422 if wrong else 200)
