"""The list of programmes, the search, and one programme's page."""

import datetime as dt

import pytest
from django.utils import timezone

from programs.models import Call, DistrictCall, EligibilityRule, Program
from programs.selectors import catalogue
from tests.factories import cast as c


def program(code, **fields):
    values = {"name": code, "name_en": code, "summary": "", "summary_en": ""}
    return Program.objects.create(code=code, **(values | fields))


@pytest.fixture
def many(cast):
    program(
        "escort", name="병원 안심동행서비스", areas=["health"], keywords="통원 투석", unit="추진단", phone="15331179"
    )
    program("hidden", name="숨은 사업", published=False)
    program("ended", name="끝난 사업", ends_on=dt.date(2021, 12, 31))
    soon = program("mentoring", name="상담 멘토링", areas=["isolation"])
    now = timezone.now()
    call = Call.objects.create(
        program=soon, code="m1", title="멘토링 1기", year=now.year, opens_at=now + dt.timedelta(days=3),
        closes_at=now + dt.timedelta(days=9),
    )  # fmt: skip
    DistrictCall.objects.create(call=call, district_id=c.DONGJAK, quota=5)
    return cast


def names(**criteria):
    from accounts.roles import Actor

    found = catalogue.programmes(Actor.anonymous(), timezone.now(), **criteria)
    return [p.code for p in found]


def test_what_is_open_comes_first_and_what_is_hidden_never(many):
    assert names() == ["door-guard", "mentoring", "escort", "ended"]


@pytest.mark.parametrize(
    ("criteria", "codes"),
    [
        ({"area": "health"}, ["escort"]),
        ({"state": "open"}, ["door-guard"]),
        ({"state": "soon"}, ["mentoring"]),
        ({"state": "always"}, ["escort"]),
        ({"state": "closed"}, ["ended"]),
        ({"district": c.GWANAK}, ["door-guard", "escort", "ended"]),
        ({"district": "11110"}, ["escort", "ended"]),
        ({"words": "병원에"}, ["escort"]),
        ({"words": "병원 동행을"}, ["escort"]),
        ({"words": "안심동행서비스 투석"}, ["escort"]),
        ({"words": "투석 카메라"}, []),
        ({"words": "door"}, ["door-guard"]),
        ({"words": "100%"}, []),
    ],
)
def test_it_narrows(many, criteria, codes):
    assert names(**criteria) == codes


def test_a_district_that_closed_early_is_not_open_there(many):
    DistrictCall.objects.filter(pk=many.gwanak.pk).update(closed_at=timezone.now())
    assert names(state="open", district=c.GWANAK) == []
    assert names(state="open", district=c.DONGJAK) == ["door-guard"]


def test_the_list_pages_and_costs_the_same_at_any_length(many, client, django_assert_num_queries):
    for n in range(20):
        program(f"p{n:02}")
    with django_assert_num_queries(4):  # districts, count, programmes, calls
        page = client.get("/programs/").content.decode()
    assert "?page=2" in page
    assert 'aria-current="page">2</a>' in client.get("/programs/?page=2").content.decode()
    assert client.get("/programs/?page=999&area=nonsense&district=x").status_code == 200


def test_an_empty_search_says_what_to_try(many, client):
    page = client.get("/search/?q=무지개").content.decode()
    assert "비슷한 말로 바꾸어 보십시오" in page
    assert "두 낱말을 적으면" in client.get("/search/").content.decode()


def test_what_is_searched_is_escaped(many, client):
    page = client.get("/search/", {"q": '"><script>alert(1)</script>'}).content.decode()
    assert "<script>alert" not in page


def test_a_hidden_or_unknown_programme_is_not_found(many, client):
    assert client.get("/programs/hidden/").status_code == 404
    assert client.get("/programs/nothing/").status_code == 404


def test_a_programme_without_a_call_says_how_to_use_it(many, client):
    page = client.get("/programs/escort/").content.decode()
    assert "포털에서 신청을 받지 않습니다" in page
    assert "1533-1179" in page
    assert "/apply/" not in page


def test_a_programme_that_is_over_says_so(many, client):
    assert "2021년 12월 31일(금)에 끝났습니다" in client.get("/programs/ended/").content.decode()


def test_places_and_phone_are_those_of_my_district(many, client):
    client.post("/district/", {"district": c.DONGJAK})
    page = client.get("/programs/door-guard/").content.decode()
    assert "3자리" in page
    assert "02-2820-1234" in page


def test_a_district_outside_the_call_is_told_before_anything_is_typed(many, client):
    client.post("/district/", {"district": "11110"})
    assert "사는 자치구는 이 모집에 참여하지 않습니다." in client.get("/programs/door-guard/").content.decode()


@pytest.mark.parametrize(("when_full", "text"), [("waitlist", "대기자가 되며"), ("close", "더 접수하지 않습니다")])
def test_a_full_call_is_told_before_anything_is_typed(many, client, when_full, text):
    DistrictCall.objects.filter(pk=many.dongjak.pk).update(quota=0)
    Call.objects.filter(pk=many.call.pk).update(when_full=when_full)
    client.post("/district/", {"district": c.DONGJAK})
    assert text in client.get("/programs/door-guard/").content.decode()


def test_a_closed_call_is_told_and_kept_as_history(many, client):
    now = timezone.now()
    Call.objects.filter(pk=many.call.pk).update(closes_at=now - dt.timedelta(days=1))
    page = client.get("/programs/door-guard/").content.decode()
    assert "이 모집은 끝났습니다" in page


def test_it_says_which_rule_stands_in_the_way_since_when(many, client):
    client.force_login(c.citizen(household_size=2))
    page = client.get("/programs/door-guard/").content.decode()
    assert "신청할 수 없습니다" in page
    assert "맞지 않음" in page
    assert "2021년 1월 1일(금)부터" in page
    assert "근거: 모집공고" in page


def test_it_says_what_is_still_unknown(many, client):
    client.force_login(c.citizen())
    page = client.get("/programs/door-guard/").content.decode()
    assert "아직 알 수 없는 조건이 있습니다" in page
    assert "무선인터넷" in page


def test_one_may_apply_when_every_rule_is_met(many, client):
    EligibilityRule.objects.filter(kind="has_wifi").delete()
    client.force_login(c.citizen())
    assert "알려 주신 내용으로는 모든 조건에 맞습니다." in client.get("/programs/door-guard/").content.decode()


def test_who_has_applied_is_led_to_the_application(many, client):
    someone = c.person()
    owner = c.user()
    application = many.receive(someone, applicant=owner)
    client.force_login(owner)
    page = client.get("/programs/door-guard/").content.decode()
    assert "이미 신청하셨습니다" in page
    assert application.receipt_no in page
    client.force_login(c.citizen())
    assert application.receipt_no not in client.get("/programs/door-guard/").content.decode()


def test_a_programme_page_costs_few_queries(many, client, django_assert_num_queries):
    client.post("/district/", {"district": c.DONGJAK})
    with django_assert_num_queries(8):  # session, programme, calls, past, share, rules, documents, districts
        client.get("/programs/door-guard/")
