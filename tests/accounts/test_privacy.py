"""What a person may know and ask about their own data."""

import datetime as dt

import pytest

from accounts import privacy_requests
from accounts.access_log import Action, record_access
from accounts.models import AccessRequest
from accounts.roles import Actor
from tests.factories import cast as c


@pytest.mark.parametrize(
    ("asked", "due"),
    [
        (dt.date(2026, 11, 23), dt.date(2026, 12, 3)),
        (dt.date(2026, 11, 25), dt.date(2026, 12, 7)),  # a Saturday moves to Monday
        (dt.date(2026, 12, 15), dt.date(2026, 12, 28)),  # Christmas, then the weekend
    ],
)
def test_an_answer_is_due_in_ten_days_or_the_next_working_day(asked, due):
    assert privacy_requests.due_on(asked) == due


@pytest.fixture
def me(db, client):
    someone = c.citizen()
    client.force_login(someone)
    return someone


def test_a_request_is_filed_with_its_day_and_district(me, client):
    answer = client.post("/profile/requests/", {"kind": "correct", "detail": "주소를 고쳐 주십시오."}, follow=True)
    assert "요구를 접수했습니다" in answer.content.decode()
    row = AccessRequest.objects.get()
    assert (row.user, row.district_id, row.state) == (me, c.DONGJAK, "open")
    assert row.due_on >= row.requested_at.date() + dt.timedelta(days=9)


def test_a_replayed_request_is_not_filed_twice(me, client):
    for _ in range(2):
        answer = client.post("/profile/requests/", {"kind": "erase", "detail": "지워 주십시오."})
    assert answer.status_code == 422
    assert "이미 처리하고 있습니다" in answer.content.decode()
    assert AccessRequest.objects.count() == 1


@pytest.mark.parametrize("words", [{"kind": "", "detail": "x"}, {"kind": "access", "detail": ""},
                                   {"kind": "access", "detail": "900101-1234567"}])  # fmt: skip
def test_a_request_that_cannot_be_read_is_said(me, client, words):
    assert client.post("/profile/requests/", words).status_code == 422
    assert not AccessRequest.objects.exists()


def test_requests_show_their_answers_and_only_mine(me, client):
    other = privacy_requests.file_request(Actor.citizen(c.citizen()), kind="access", detail="남의 비밀")
    mine = privacy_requests.file_request(Actor.citizen(me), kind="access", detail="내 정보를 보여 주십시오.")
    AccessRequest.objects.filter(pk=mine.pk).update(
        state="granted", answer="보내 드렸습니다.", answered_at=mine.requested_at
    )
    page = client.get("/profile/requests/").content.decode()
    assert "보내 드렸습니다." in page
    assert other.detail not in page


def test_who_saw_my_data_is_told_without_the_officers_name(cast, me, client):
    record_access(cast.officer, Action.READ, about="application:1", ids=[1], subject_id=me.pk, purpose="screening")
    record_access(cast.officer, Action.READ, about="application:2", ids=[2], subject_id=c.user().pk)
    page = client.get("/profile/seen/").content.decode()
    assert "동작구청 자치구 담당자" in page
    assert "신청 심사" in page
    assert page.count("신청서 조회") == 1
    assert cast.officer.user.name not in page.replace("자치구 담당자", "")


def test_my_own_reading_is_not_somebody_elses(me, client):
    record_access(Actor.citizen(me), Action.READ, about="application:1", subject_id=me.pk)
    assert "아직 아무도" in client.get("/profile/seen/").content.decode()


def test_the_log_pages_at_a_constant_cost(cast, me, client, django_assert_num_queries):
    for n in range(45):
        record_access(cast.officer, Action.READ, about=f"application:{n}", ids=[n], subject_id=me.pk)
    with django_assert_num_queries(4):  # session, user, count, rows with organisations
        page = client.get("/profile/seen/").content.decode()
    assert "?page=3" in page
    assert page.count("<time") == 20
    assert client.get("/profile/seen/?page=99").content.decode().count("<time") == 5


@pytest.mark.parametrize("path", ["/privacy/", "/accessibility/"])
def test_the_statements_are_public(db, client, path):
    page = client.get(path).content.decode()
    assert "120" in page
    assert client.post(path).status_code == 405
