"""The privacy officer: the monthly log review, downloads, destruction records, and answers to people's requests."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import privacy_requests
from accounts.access_log import Action, record_access
from accounts.models import AccessLog, AccessRequest, Destruction, LogReview
from accounts.roles import Actor, Role
from notifications.models import Message
from programs.selectors import privacy as reads
from tests.factories import cast as c
from tests.programs.signed_in import client_of

THIS = timezone.localdate().replace(day=1)
LAST = (THIS - dt.timedelta(days=1)).replace(day=1)
DONGJAK = f"/work/privacy/months/district-{c.DONGJAK}"


@pytest.fixture
def officer(cast):
    return cast.actor(Role.PRIVACY_OFFICER, c.DONGJAK)


@pytest.fixture
def city(cast):
    return cast.actor(Role.PRIVACY_OFFICER)


def write(actor, *, at=None, action=Action.READ, **more):
    """A row of the log at a moment of last month: noon of its first working day unless stated."""
    record_access(actor, action, **({"about": "application:1", "ids": [1]} | more))
    row = AccessLog.objects.order_by("-id").first()
    with connection.cursor() as cursor:
        cursor.execute("SELECT accesslog_ensure_partition(%s)", [LAST])
        cursor.execute("ALTER TABLE accounts_accesslog DISABLE TRIGGER append_only")
        cursor.execute("UPDATE accounts_accesslog SET at = %s WHERE id = %s", [at or noon(), row.id])
        cursor.execute("ALTER TABLE accounts_accesslog ENABLE TRIGGER append_only")
    return AccessLog.objects.get(id=row.id)


def noon(days=0):
    day = LAST
    while day.weekday() >= 5 or day in privacy_requests._calendar():
        day += dt.timedelta(days=1)
    return timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=days), dt.time(12)))


def saturday():
    day = LAST
    while day.weekday() != 5:
        day += dt.timedelta(days=1)
    return timezone.make_aware(dt.datetime.combine(day, dt.time(12)))


# --- The monthly review ---------------------------------------------------------------------
def test_a_month_waits_until_it_is_reviewed_once(cast, officer):
    write(cast.officer)
    client = client_of(officer)
    page = client.get("/work/privacy/").content.decode()
    assert "점검할 것" in page
    assert f"{LAST:%Y-%m}" in page
    address = f"{DONGJAK}/{LAST:%Y-%m}/"
    done = client.post(address, {"findings": "이상 없음"}, follow=True).content.decode()
    assert "점검 결과를 남겼습니다" in done
    assert "이상 없음" in done
    again = client.post(address, {"findings": "또"}, follow=True).content.decode()
    assert "이미 점검하였습니다" in again
    assert LogReview.objects.get().reviewed_by == officer.user
    assert "점검할 달: 0" in client.get("/work/privacy/").content.decode()


def test_a_review_needs_findings_and_a_month_that_is_over(cast, officer):
    client = client_of(officer)
    assert client.post(f"{DONGJAK}/{LAST:%Y-%m}/", {"findings": " "}).status_code == 422
    answer = client.post(f"{DONGJAK}/{THIS:%Y-%m}/", {"findings": "이상 없음"}, follow=True)
    assert "아직 끝나지 않은 달" in answer.content.decode()
    assert not LogReview.objects.exists()


def test_a_district_reviews_its_own_and_the_city_all(cast, officer, city):
    write(cast.officer)
    write(cast.neighbour)
    other = f"/work/privacy/months/district-{c.GWANAK}/{LAST:%Y-%m}/"
    own_page = client_of(officer).get("/work/privacy/").content.decode()
    assert "관악구청" not in own_page
    for address in (other, f"{other}rows/"):
        assert client_of(officer).get(address).status_code == 404
        assert client_of(city).get(address).status_code == 200
    assert client_of(officer).post(other, {"findings": "남의 것"}).status_code == 404
    client_of(city).post(other, {"findings": "이상 없음"})
    assert "관악구청" in client_of(city).get("/work/privacy/").content.decode()
    assert LogReview.objects.get().organisation.district_id == c.GWANAK


@pytest.mark.parametrize("month", ["2021-13", "2021-1", "x", "0000-01x"])
def test_an_impossible_month_is_not_there(officer, month):
    assert client_of(officer).get(f"{DONGJAK}/{month}/").status_code == 404


def test_what_is_unusual_comes_first_with_its_reason(cast, officer):
    quiet, weekend, busy, taker = (c.member(Role.DISTRICT_OFFICER, c.DONGJAK) for _ in range(4))
    write(Actor.of(quiet))
    write(Actor.of(weekend), at=saturday())
    write(Actor.of(busy), count=reads.MANY_A_DAY + 1)
    write(Actor.of(quiet), action=Action.LIST, count=500)
    write(Actor.of(taker), action=Action.DOWNLOAD, reason="이의신청 회신")
    rows = reads.of_month(officer, officer.membership.organisation, LAST)
    found = {one.user_id: one for one in reads.people_of(rows, LAST)}
    assert (found[weekend.user_id].off, found[busy.user_id].busy_days, found[taker.user_id].taken) == (1, 1, 1)
    assert not found[quiet.user_id].is_unusual
    assert reads.people_of(rows, LAST)[-1].user_id == quiet.user_id
    page = client_of(officer).get(f"{DONGJAK}/{LAST:%Y-%m}/").content.decode()
    assert page.count("살펴볼 것</span>") == 3


def test_rows_are_drilled_to_and_masked_until_opened_with_a_purpose(cast, officer):
    case = cast.receive(c.person(name="홍길동"))
    row = write(cast.officer, about=f"application:{case.pk}", ids=[case.pk])
    client = client_of(officer)
    rows = client.get(f"{DONGJAK}/{LAST:%Y-%m}/rows/?person={cast.officer.user_id}").content.decode()
    assert str(cast.officer.user) in rows
    one = client.get(f"/work/privacy/log/{row.id}/").content.decode()
    assert case.receipt_no not in rows + one
    before = AccessLog.objects.count()
    opened = client.post(f"/work/privacy/log/{row.id}/", {"purpose": "audit"}).content.decode()
    assert case.receipt_no in opened
    assert "홍*동" in opened
    assert "홍길동" not in opened
    logged = AccessLog.objects.filter(about=f"accesslog:{row.id}").get()
    assert (logged.ids, logged.purpose, AccessLog.objects.count()) == ([case.pk], "audit", before + 1)
    assert client.post(f"/work/privacy/log/{row.id}/", {"purpose": "curiosity"}).status_code == 422
    other = cast.actor(Role.PRIVACY_OFFICER, c.GWANAK)
    assert client_of(other).get(f"/work/privacy/log/{row.id}/").status_code == 404


def test_filters_narrow_the_rows(cast, officer):
    write(cast.officer)
    write(cast.officer, at=saturday(), action=Action.PRINT)
    client = client_of(officer)

    def number(query):
        text = client.get(f"{DONGJAK}/{LAST:%Y-%m}/rows/?{query}").content.decode()
        return text.count("/work/privacy/log/")

    assert [number(q) for q in ("", "action=print", "only=off", "action=nonsense", "person=0")] == [2, 1, 1, 2, 0]


def test_the_pages_cost_the_same_however_much_was_logged(cast, officer):
    client = client_of(officer)
    address = f"{DONGJAK}/{LAST:%Y-%m}/"

    def queries(path):
        with CaptureQueriesContext(connection) as seen:
            text = client.get(path).content.decode()
        return len(seen), text

    client.get("/work/")
    write(cast.officer)
    before = [queries(path)[0] for path in (address, f"{address}rows/", "/work/privacy/")]
    for _n in range(35):
        write(Actor.of(c.member(Role.DISTRICT_OFFICER, c.DONGJAK)))
    after = [queries(path) for path in (address, f"{address}rows/", "/work/privacy/")]
    assert [number for number, _text in after] == before
    assert max(before) <= 14
    assert "?page=2" in after[0][1]
    assert "?page=2" in after[1][1]


# --- Downloads, destruction -----------------------------------------------------------------
def test_downloads_show_their_reasons(cast, officer):
    record_access(cast.officer, Action.DOWNLOAD, about="document:1", purpose="objection", reason="이의신청 회신 준비")
    record_access(cast.neighbour, Action.DOWNLOAD, about="document:2", reason="남의 사유")
    page = client_of(officer).get("/work/privacy/downloads/").content.decode()
    assert "이의신청 회신 준비" in page
    assert "남의 사유" not in page
    exports = client_of(officer).get("/work/privacy/downloads/?show=exports").content.decode()
    assert "대량 내려받기가 없습니다" in exports


def test_destruction_records_are_shown(officer):
    assert "파기한 것이 없습니다" in client_of(officer).get("/work/privacy/destructions/").content.decode()
    Destruction.objects.create(what="신청서", rule="보관 기간 5년", rows=12, files=30)
    page = client_of(officer).get("/work/privacy/destructions/").content.decode()
    assert "보관 기간 5년" in page


# --- Requests -------------------------------------------------------------------------------
@pytest.fixture
def citizen(cast):
    return c.citizen(name="홍길동")


@pytest.fixture
def asked(citizen):
    return privacy_requests.file_request(Actor.citizen(citizen), kind="correct", detail="주소를 고쳐 주십시오.")


def test_overdue_requests_come_first_and_names_are_masked(asked, officer):
    late = privacy_requests.file_request(Actor.citizen(c.citizen()), kind="access", detail="보여 주십시오.")
    AccessRequest.objects.filter(pk=late.pk).update(due_on=timezone.localdate() - dt.timedelta(days=2))
    page = client_of(officer).get("/work/privacy/requests/").content.decode()
    assert page.index(f"#{late.pk}<") < page.index(f"#{asked.pk}<")
    assert "D+2" in page
    assert "홍*동" in page
    assert "홍길동" not in page
    assert AccessLog.objects.filter(about="accessrequests", user=officer.user).exists()


def test_an_answer_says_what_was_done_and_the_person_is_told(asked, citizen, officer):
    client = client_of(officer)
    address = f"/work/privacy/requests/{asked.pk}/"
    assert "주소를 고쳐 주십시오." in client.get(address).content.decode()
    assert AccessLog.objects.filter(about=f"accessrequest:{asked.pk}", subject=citizen).exists()
    without = client.post(address, {"decision": "grant", "answer": "고쳤습니다."})
    assert without.status_code == 422
    words = {"decision": "grant", "answer": "고쳤습니다.", "done": "주소를 사당로 3으로"}
    client.post(address, words)
    asked.refresh_from_db()
    assert (asked.state, asked.answered_by) == ("granted", officer.user)
    assert "사당로 3으로" in asked.answer
    message = Message.objects.get(template="privacy.answered")
    assert message.recipient == citizen
    assert "사당로" not in message.payload
    again = client.post(address, words | {"decision": "refuse"}, follow=True)
    assert "이미 회신한 요구입니다" in again.content.decode()
    assert Message.objects.count() == 1


def test_a_refusal_needs_its_reason_only(asked, officer):
    address = f"/work/privacy/requests/{asked.pk}/"
    assert client_of(officer).post(address, {"decision": "refuse", "answer": ""}).status_code == 422
    client_of(officer).post(address, {"decision": "refuse", "answer": "법령에 따라 보관합니다."})
    asked.refresh_from_db()
    assert asked.state == "refused"
    done = client_of(officer).get("/work/privacy/requests/?show=done").content.decode()
    assert f"#{asked.pk}<" in done


def test_another_districts_request_is_not_there(cast, asked):
    other = cast.actor(Role.PRIVACY_OFFICER, c.GWANAK)
    address = f"/work/privacy/requests/{asked.pk}/"
    assert client_of(other).get(address).status_code == 404
    assert client_of(other).post(address, {"decision": "refuse", "answer": "x"}).status_code == 404


@pytest.mark.parametrize("path", ["", "requests/", "downloads/", "destructions/", "log/1/", "requests/1/"])
def test_the_pages_are_the_privacy_officers(cast, path):
    for who in (cast.officer, cast.manager, cast.city, Actor.citizen(c.citizen())):
        assert client_of(who).get(f"/work/privacy/{path}").status_code == 403
