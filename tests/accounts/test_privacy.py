"""What a person may know and ask about their own data."""

import datetime as dt

import pytest
from django.db import connection
from django.utils import timezone

from accounts import privacy_requests
from accounts.access_log import Action, record_access
from accounts.models import AccessRequest
from accounts.roles import Actor
from programs.models import Application
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
        record_access(cast.officer, Action.DOWNLOAD, about=f"document:{n}", ids=[n], subject_id=me.pk, reason=f"{n}")
    with django_assert_num_queries(4):  # session, user, months, this month's rows
        page = client.get("/profile/seen/").content.decode()
    assert "page=3" in page
    assert page.count("<time") == 20
    assert client.get("/profile/seen/?page=99").content.decode().count("<time") == 5


def entries(client, query="") -> list[tuple]:
    days = client.get(f"/profile/seen/{query}").context["days"]
    return [(entry["who"], entry["what"], entry["times"]) for day in days for entry in day["entries"]]


def test_lists_downloads_and_prints_with_my_application_are_told(cast, me, client):
    mine, other = cast.receive(applicant=me), cast.receive()
    both = [other.pk, mine.pk]
    for _ in range(3):
        record_access(cast.officer, Action.LIST, about="applications", ids=both, purpose="screening")
    record_access(cast.officer, Action.DOWNLOAD, about="applications", ids=both, purpose="audit",
                  filter={"unmasked": True})  # fmt: skip
    record_access(cast.city, Action.DOWNLOAD, about="figure-rows", ids=both, reason="보고", filter={"unmasked": False})
    record_access(cast.manager, Action.PRINT, about="selection:7", ids=both)
    record_access(cast.officer, Action.LIST, about="services", ids=[other.pk])
    record_access(cast.officer, Action.LIST, about="accessrequests", ids=both)  # these are ids of something else
    record_access(cast.officer, Action.DOWNLOAD, about="figure-places", ids=both)
    assert sorted(entries(client)) == [
        ("동작구청 자치구 담당자", "여러 신청의 자료를 이름과 연락처까지 내려받음", 1),
        ("동작구청 자치구 담당자", "이름과 연락처를 가린 목록에서 봄", 3),
        ("동작구청 자치구 팀장", "여러 신청의 자료를 출력함", 1),
        ("서울시 시 담당자", "여러 신청의 자료를 가려서 내려받음", 1),
    ]
    assert "3번" in client.get("/profile/seen/").text
    client.force_login(c.citizen())
    assert entries(client) == []


def test_each_month_has_its_page(cast, me, client):
    cast.receive(applicant=me)
    mine = Application.objects.get().pk
    record_access(cast.officer, Action.READ, about=f"application:{mine}", ids=[mine], subject_id=me.pk)
    earlier = timezone.localtime() - dt.timedelta(days=70)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_accesslog (at, role, action, about, ids, organisation_id)"
            "VALUES (%s, 'district_officer', 'list', 'applications', %s, %s)",
            [earlier, [mine], cast.officer.organisation_id],
        )
    page = client.get("/profile/seen/")
    assert page.context["earlier_url"] == f"?month={earlier:%Y-%m}"
    assert [what for _who, what, _times in entries(client)] == ["신청서 조회"]
    then = f"?month={earlier:%Y-%m}"
    assert [what for _who, what, _times in entries(client, then)] == ["이름과 연락처를 가린 목록에서 봄"]
    assert client.get(f"/profile/seen/{then}").context["later_url"] == f"?month={timezone.localdate():%Y-%m}"
    assert entries(client, "?month=nonsense") == entries(client)


@pytest.mark.parametrize("path", ["/privacy/", "/accessibility/"])
def test_the_statements_are_public(db, client, path):
    page = client.get(path).content.decode()
    assert "120" in page
    assert client.post(path).status_code == 405
