"""Scored calls: criteria fixed before opening, points until the draft, and the order they make."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from programs import scoring, selection
from programs.calls import copy_call
from programs.deadlines import WorkingCalendar
from programs.models import Call, Score, ScoringCriterion
from programs.workflow import UnableToPerform, perform
from tests.factories import cast as c
from tests.programs.signed_in import client_of


@pytest.fixture
def scored(cast):
    """The cast's call, scored and over: two criteria, of which the second breaks ties; three places in Dongjak-gu."""
    now = timezone.now()
    Call.objects.filter(pk=cast.call.pk).update(selection="scored", opens_at=now + dt.timedelta(days=1))
    cast.call.refresh_from_db()
    cast.need = ScoringCriterion.objects.create(call=cast.call, title="필요", title_en="Need", max_points=60, sort=1)
    cast.plan = ScoringCriterion.objects.create(
        call=cast.call, title="계획", title_en="Plan", max_points=40, sort=2, tie_break=1
    )
    Call.objects.filter(pk=cast.call.pk).update(opens_at=now - dt.timedelta(days=10))
    _fresh(cast)
    return cast


def _fresh(cast) -> None:
    cast.call.refresh_from_db()
    for share in (cast.dongjak, cast.gwanak):
        share.refresh_from_db()
        share.call = cast.call


def close(cast) -> None:
    Call.objects.filter(pk=cast.call.pk).update(closes_at=timezone.now() - dt.timedelta(minutes=1))
    _fresh(cast)


def received(cast, count):
    rows = [cast.receive() for _ in range(count)]
    for row in rows:
        perform(row, "confirm", actor=cast.officer)
    return rows


def judge(cast, row, need, plan):
    return scoring.judge(row.pk, {cast.need.pk: need, cast.plan.pk: plan}, actor=cast.officer)


def numbers(rows):
    return [row.pk for row in rows]


def test_the_best_come_first_and_the_tie_breaks_are_as_stated(scored):
    low, tied_late_plan, tied_plan, best, same_as_low = rows = received(scored, 5)
    for row, points in zip(rows, [(10, 10), (40, 20), (30, 30), (60, 40), (10, 10)], strict=True):
        judge(scored, row, *points)
    close(scored)
    scored.dongjak.quota = 5
    scored.dongjak.save()
    made = selection.plan(scored.dongjak, places=5)
    assert numbers(made.select) == numbers([best, tied_plan, tied_late_plan, low, same_as_low])
    assert made.points[best.pk] == 100


def test_whoever_is_not_judged_yet_keeps_a_place(scored):
    rows = received(scored, 4)
    for row in rows[1:]:
        judge(scored, row, 30, 30)
    scored.receive()  # not even checked
    close(scored)
    made = selection.plan(scored.dongjak, places=3)
    assert (made.reserved, numbers(made.select)) == (2, [rows[1].pk])


def test_a_selection_is_drafted_by_points_and_approved(scored):
    rows = received(scored, 4)
    for row, need in zip(rows, (10, 20, 30, 40), strict=True):
        judge(scored, row, need, 0)
    with pytest.raises(UnableToPerform, match="접수가 끝난 뒤"):
        selection.draft(scored.dongjak, actor=scored.officer, places=3)
    close(scored)
    batch = selection.draft(scored.dongjak, actor=scored.officer, places=3, waitlist_rest=True)
    lines = list(batch.lines.order_by("position").values_list("application_id", "points", "outcome"))
    assert lines == [
        (rows[3].pk, 40, "select"),
        (rows[2].pk, 30, "select"),
        (rows[1].pk, 20, "select"),
        (rows[0].pk, 10, "waitlist"),
    ]  # fmt: skip
    with pytest.raises(UnableToPerform, match="기안"):
        judge(scored, rows[0], 60, 40)
    selection.approve(batch.pk, actor=scored.manager)
    rows[3].refresh_from_db()
    assert rows[3].state == "selected"
    with pytest.raises(UnableToPerform, match="결정된"):
        judge(scored, rows[3], 1, 1)
    page = client_of(scored.manager).get(reverse("programs:selection_batch", args=[batch.pk])).text
    assert "점수 순서" in page


def test_passing_over_still_needs_a_written_reason(scored):
    best, second = received(scored, 2)
    judge(scored, best, 50, 0)
    judge(scored, second, 40, 0)
    close(scored)
    with pytest.raises(UnableToPerform, match="사유"):
        selection.draft(scored.dongjak, actor=scored.officer, places=1, pass_over={best.pk: " "})
    batch = selection.draft(scored.dongjak, actor=scored.officer, places=1, pass_over={best.pk: "연락이 되지 않음"})
    assert dict(batch.lines.values_list("application_id", "outcome")) == {best.pk: "pass_over", second.pk: "select"}


def test_a_correction_keeps_what_was_given_before(scored):
    (row,) = received(scored, 1)
    assert judge(scored, row, 10, 10) == 2
    assert judge(scored, row, 10, 20) == 1
    assert judge(scored, row, 10, 20) == 0  # sent twice
    kept = Score.objects.order_by("id").values_list("points", "replaced_at")
    assert [(points, at is None) for points, at in kept] == [(10, True), (10, False), (20, True)]
    assert scoring.sheet_of(row)["total"] == 30


def test_only_the_district_s_staff_judge(scored):
    (row,) = received(scored, 1)
    with pytest.raises(row.DoesNotExist):
        scoring.judge(row.pk, {scored.need.pk: 1}, actor=scored.neighbour)
    with pytest.raises(UnableToPerform):
        scoring.judge(row.pk, {scored.need.pk: 1}, actor=scored.city)


def refuses(name):
    return pytest.raises(IntegrityError, match=name)


def test_the_database_keeps_the_promises(scored):
    (row,) = received(scored, 1)
    by = scored.officer.membership
    values = {"application": row, "criterion": scored.need, "entered_by": by}
    with transaction.atomic(), refuses("not a score by this criterion"):
        Score.objects.create(points=61, **values)
    Score.objects.create(points=60, **values)
    with transaction.atomic(), refuses("one_current_score_a_criterion"):
        Score.objects.create(points=1, **values)
    elsewhere = c.scoring_criterion(scored.program)
    with transaction.atomic(), refuses("not a score by this criterion"):
        Score.objects.create(points=1, **(values | {"criterion": elsewhere}))
    for change in ({"points": 3}, {"entered_by": scored.manager.membership}):
        with transaction.atomic(), pytest.raises(Exception, match=r"[Cc]annot update"):
            Score.objects.update(**change)
    with transaction.atomic(), pytest.raises(Exception, match=r"[Cc]annot delete"):
        Score.objects.all().delete()
    judge(scored, row, 60, 1)
    close(scored)
    batch = selection.draft(scored.dongjak, actor=scored.officer, places=1)
    with transaction.atomic(), refuses("scores are fixed"):
        Score.objects.update(replaced_at=timezone.now())
    selection.approve(batch.pk, actor=scored.manager)
    with transaction.atomic(), refuses("scores are fixed"):
        Score.objects.update(replaced_at=timezone.now())


def test_criteria_are_fixed_once_the_call_has_opened(scored):
    for act in (
        lambda: ScoringCriterion.objects.create(call=scored.call, title="더", title_en="More", max_points=1),
        lambda: ScoringCriterion.objects.filter(pk=scored.need.pk).update(max_points=100),
        scored.need.delete,
    ):
        with transaction.atomic(), refuses("criteria are fixed"):
            act()
    client = client_of(scored.city)
    words = {"title": "더", "title_en": "More", "max_points": "5", "sort": "3", "reason": "보완"}
    page = client.post(reverse("programs:call_criteria", args=[scored.call.code]), words)
    assert page.status_code == 422
    assert "접수를 시작한 모집" in page.text


def test_the_city_sets_criteria_before_the_call_opens(cast):
    made = c.scoring_criterion(cast.program)
    client = client_of(cast.city)
    address = reverse("programs:call_criteria", args=[made.call.code])
    words = {"title": "계획", "title_en": "Plan", "max_points": "40", "tie_break": "1", "sort": "2", "reason": "공고"}
    assert client.post(address, words).status_code == 302
    assert client.post(address, words | {"title": "또"}).status_code == 422  # the same place among the tie-breaks
    change = reverse("programs:call_criterion", args=[made.call.code, made.pk])
    assert client.post(change, words | {"title": "필요", "tie_break": "", "max_points": "60"}).status_code == 302
    page = client.get(address).text
    assert "100" in page
    remove = reverse("programs:call_criterion_remove", args=[made.call.code, made.pk])
    assert client.post(remove, {"reason": ""}).status_code == 302
    assert ScoringCriterion.objects.count() == 2
    client.post(remove, {"reason": "잘못 적음"})
    assert list(ScoringCriterion.objects.values_list("title", flat=True)) == ["계획"]


def test_a_copied_call_has_the_criteria(scored):
    ahead = timezone.now() + dt.timedelta(days=300)
    made = copy_call(scored.call, actor=scored.city, year=ahead.year, round_=7, title="다음", title_en="Next",
                     opens_at=ahead, closes_at=ahead + dt.timedelta(days=9))  # fmt: skip
    assert [(one.title, one.max_points, one.tie_break) for one in scoring.criteria_of(made)] == [
        ("필요", 60, None), ("계획", 40, 1),
    ]  # fmt: skip


def test_the_deadline_runs_from_the_end_of_receiving(scored):
    row = scored.receive()
    expected = WorkingCalendar().due_at(scored.dongjak.effective_closes_at, scored.call.processing_days)
    assert row.due_at == expected


def test_the_citizen_is_told_how_and_by_when(scored, client):
    me = c.citizen()
    client.force_login(me)
    row = scored.receive(applicant=me)
    for address in (
        reverse("programs:program", args=[scored.program.pk]),
        reverse("programs:apply", args=[scored.call.code]),
        reverse("programs:my_application", args=[row.receipt_no]),
    ):
        page = client.get(address).text
        assert "마감 후 심사하는 모집입니다" in page, address
        assert "60점" in page
    assert "번째" not in client.get(reverse("programs:my_application", args=[row.receipt_no])).text
    assert "점수 순으로" in client.get(reverse("programs:receipt", args=[row.receipt_no])).text


def test_an_officer_judges_on_the_pages(scored, django_assert_max_num_queries):
    row, other = received(scored, 2)
    client = client_of(scored.officer)
    scores = reverse("programs:scores", args=[scored.dongjak.pk])
    assert "2</strong>건" in client.get(scores).text
    sheet = reverse("programs:score_sheet", args=[row.receipt_no])
    assert client.post(sheet, {str(scored.need.pk): "61", str(scored.plan.pk): "1"}).status_code == 422
    assert not Score.objects.exists()
    assert client.post(sheet, {str(scored.need.pk): "60", str(scored.plan.pk): "1"}).url == scores
    assert client.get(sheet).context["form"][str(scored.need.pk)].value() == 60
    with django_assert_max_num_queries(14):
        page = client.get(scores).text
    assert page.index(other.receipt_no) < page.index(row.receipt_no)  # not judged yet: first
    assert row.name not in page
    case = client.get(reverse("programs:case", args=[row.receipt_no])).text
    assert "61" in case
    assert "점수 매기기" in case
    plan = client.get(reverse("programs:selection_plan", args=[scored.dongjak.pk])).text
    assert "심사가 끝나지 않은" in plan


def test_a_call_without_points_has_no_sheet(cast):
    row = cast.receive()
    client = client_of(cast.officer)
    sheet = client.get(reverse("programs:score_sheet", args=[row.receipt_no])).text
    assert "점수로 심사하는 모집이 아닙니다" in sheet
    assert "심사 점수" not in client.get(reverse("programs:case", args=[row.receipt_no])).text
