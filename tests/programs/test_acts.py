"""Acts on a case: their forms made from what each needs, what refuses them, and two officers at once."""

import datetime as dt
from dataclasses import replace

import pytest
from django import forms
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from notifications.models import Message
from programs.forms import acts
from programs.models import Application, ApplicationEvent
from programs.workflow import perform, workflow_of
from tests.factories import cast as c
from tests.programs.signed_in import client_of
from tests.scratch import in_threads


def url(application, name):
    return reverse("programs:case_act", args=[application.receipt_no, name])


def post(client, application, name, **data):
    return client.post(url(application, name), {"version": application.version, **data})


def text(response):
    return response.content.decode()


@pytest.fixture
def application(cast):
    return cast.receive()


def test_every_button_of_the_officer_opens_a_form_with_what_it_needs(cast, application):
    client = client_of(cast.officer)
    for transition in workflow_of(application).transitions.values():
        response = client.get(url(application, transition.name))
        if transition.hidden:
            assert response.status_code == 404
            continue
        assert response.status_code == 200
        asked = set(response.context["form"].fields) - {"version"}
        assert asked == set(transition.needs) - {"with_consent"}, transition.name
    assert client.get(url(application, "no_such_act")).status_code == 404


def test_an_act_without_inputs_is_done_at_once_and_stays_on_the_case(cast, application):
    response = post(client_of(cast.officer), application, "start_review")
    assert response.url == reverse("programs:case", args=[application.receipt_no])
    application.refresh_from_db()
    assert (application.state, application.assignee) == ("under_review", cast.officer.membership)


def test_it_goes_on_to_the_next_case_and_at_the_end_to_the_queue(cast, application):
    following = cast.receive()
    client = client_of(cast.officer)
    response = post(client, application, "return", note="다시 내십시오.", then="next")
    assert response.url == reverse("programs:case", args=[following.receipt_no])
    response = post(client, following, "return", note="다시 내십시오.", then="next")
    assert response.url == reverse("programs:queue")


def test_one_may_go_on_without_doing_anything(cast, application):
    following = cast.receive()
    client = client_of(cast.officer)
    response = client.get(reverse("programs:case_next", args=[application.receipt_no]))
    assert response.url == reverse("programs:case", args=[following.receipt_no])
    assert client_of(cast.neighbour).get(
        reverse("programs:case_next", args=[application.receipt_no])
    ).status_code == 404  # fmt: skip


def test_a_supplement_is_asked_with_documents_text_and_a_day(cast, application):
    until = timezone.localdate() + dt.timedelta(days=5)
    client = client_of(cast.officer)
    response = post(client, application, "request_supplement", note="", until=timezone.localdate())
    assert response.status_code == 422
    assert "error-summary" in text(response)
    response = post(client, application, "request_supplement", note="등본", until=timezone.localdate())
    assert response.status_code == 409
    assert "보완 기한은 내일 이후로" in text(response)
    post(client, application, "request_supplement", note="등본", until=until, document_kinds=["register"])
    supplement = application.supplements.get()
    assert (supplement.document_kinds, supplement.until, supplement.text) == (["register"], until, "등본")


def test_a_rejection_shows_its_letter_with_remedies_before_it_is_sent(cast, application):
    client = client_of(cast.officer)
    typed = {"reasons": ["not_single"], "note": "세대원이 둘입니다."}
    page = text(post(client, application, "reject", **typed, preview="1"))
    for words in ("1인가구가 아님", "세대원이 둘입니다.", "이의신청할 수 있습니다", "행정심판"):
        assert words in page
    assert application.name not in page  # the case is not open
    application.refresh_from_db()
    assert application.state == "submitted"
    assert Message.objects.filter(template="application.rejected").count() == 0
    post(client, application, "reject", **typed)
    application.refresh_from_db()
    assert (application.state, application.reject_reasons) == ("rejected", ["not_single"])
    body = Message.objects.get(template="application.rejected").body
    assert body.replace(application.name, application.masked_name).splitlines()[0] in page.replace("&#x27;", "'")


def test_a_resident_registration_number_is_refused_in_free_text(cast, application):
    response = post(client_of(cast.officer), application, "note", note="900101-1234567 확인")
    assert response.status_code == 422
    assert "주민등록번호로 보이는" in text(response)


def test_a_note_stays_inside_and_keeps_the_state(cast, application):
    post(client_of(cast.officer), application, "note", note="전화로 확인함")
    application.refresh_from_db()
    note = application.notes.get()
    assert (application.state, note.text, note.internal) == ("submitted", "전화로 확인함", True)
    assert Message.objects.filter(about=f"application:{application.pk}").count() == 1  # that it was received


def test_a_second_extension_asks_for_the_applicants_consent(cast, application):
    client = client_of(cast.officer)
    post(client, application, "extend", note="현장 확인")
    application.refresh_from_db()
    assert "with_consent" in client.get(url(application, "extend")).context["form"].fields
    assert post(client, application, "extend", note="또").status_code == 422
    post(client, application, "extend", note="또", with_consent="on")
    application.refresh_from_db()
    assert application.extended_days == 2 * application.call.processing_days
    page = text(client.get(url(application, "extend")))
    assert "두 번 연장하여" in page


def test_a_transfer_leads_on_because_the_case_is_no_longer_ours(cast, application):
    client = client_of(cast.officer)
    response = post(client, application, "transfer", district=c.GWANAK, note="관악구 주민")
    assert response.url == reverse("programs:queue")
    assert client.get(reverse("programs:case", args=[application.receipt_no])).status_code == 404
    assert Application.objects.get(pk=application.pk).district_id == c.GWANAK


def test_it_assigns_to_a_colleague_only(cast, application):
    client = client_of(cast.officer)
    assert post(client, application, "assign", assignee=cast.neighbour.membership.pk).status_code == 422
    post(client, application, "assign", assignee=cast.manager.membership.pk)
    application.refresh_from_db()
    assert (application.assignee, application.state) == (cast.manager.membership, "submitted")


def test_the_second_officer_sees_what_changed_and_keeps_what_they_typed(cast, application):
    perform(application, "start_review", actor=cast.manager)
    client = client_of(cast.officer)
    response = post(client, application, "return", note="제가 적은 사유입니다.")
    assert response.status_code == 409
    page = text(response)
    for words in ("다른 담당자가 먼저 처리하였습니다", "검토 시작", str(cast.manager.user), "제가 적은 사유입니다."):
        assert words in page
    assert Application.objects.get(pk=application.pk).state == "under_review"
    again = {"version": response.context["form"].data["version"], "note": "제가 적은 사유입니다."}
    client.post(url(application, "return"), again)
    assert Application.objects.get(pk=application.pk).state == "returned"


def test_a_doubled_or_replayed_post_acts_once(cast, application):
    client = client_of(cast.officer)
    for _ in range(2):
        response = post(client, application, "return", note="다시 내십시오.")
    assert response.status_code == 409
    assert ApplicationEvent.objects.filter(application=application, action="return").count() == 1


def test_an_act_without_a_version_is_refused(cast, application):
    response = client_of(cast.officer).post(url(application, "start_review"), {})
    assert response.status_code == 422
    assert Application.objects.get(pk=application.pk).state == "submitted"


def test_the_city_may_not_act(cast, application):
    response = post(client_of(cast.city), application, "start_review")
    assert response.status_code == 409
    assert "할 수 없는 처리" in text(response)


def test_a_programme_may_ask_an_input_of_its_own(cast, application, monkeypatch):
    monkeypatch.setattr(acts, "_makers", dict(acts._makers))
    acts.ask("serial_no", lambda asking: forms.CharField(label="일련번호"))
    with pytest.raises(ValueError, match="twice"):
        acts.ask("serial_no", lambda asking: None)
    transition = workflow_of(application).transitions["note"]
    form = acts.ActForm(asking=acts.Asking(replace(transition, needs=("serial_no",)), application, cast.officer))
    assert "serial_no" in form.fields


def test_two_officers_at_the_same_moment_never_overwrite_each_other(scratch_database):
    cast = c.make_cast()
    with transaction.atomic():
        application = cast.receive()
    clients = [(client_of(actor), note) for actor, note in ((cast.officer, "하나"), (cast.manager, "둘"))]
    answers = in_threads(lambda pair: post(pair[0], application, "return", note=pair[1]).status_code, clients)
    assert sorted(answers) == [302, 409]
    assert ApplicationEvent.objects.filter(application=application, action="return").count() == 1
    assert Application.objects.get(pk=application.pk).version == 2
