"""The front page."""

import datetime as dt
import gzip

import pytest
from django.core.cache import cache
from django.utils import timezone

from programs.models import Call, Program
from tests.factories import cast as c


def test_it_shows_the_call_that_closes_soonest(cast, client):
    other = Program.objects.create(code="mentoring", name="멘토링", name_en="Mentoring", areas=["isolation"])
    now = timezone.now()
    Call.objects.create(
        program=other, code="m-1", title="멘토링 모집", year=2026, opens_at=now, closes_at=now + dt.timedelta(days=2)
    )
    page = client.get("/").content.decode()
    notice = page[page.index('class="notice"') :][:600]
    assert "멘토링" in notice
    assert "도어지킴이" not in notice


def test_it_counts_the_programmes_of_each_area(cast, client):
    Program.objects.create(code="light", name="보안등", name_en="Lights", areas=["crime", "housing"])
    Program.objects.create(code="secret", name="비공개", name_en="Secret", areas=["crime"], published=False)
    page = client.get("/").content.decode()
    assert page.count("지원사업 2개") == 1
    assert "비공개" not in page


def test_it_says_why_it_is_empty(db, client):
    page = client.get("/").content.decode()
    assert "지금 접수하거나 곧 시작하는 모집이 없습니다." in page


def test_a_visitor_chooses_a_district_and_sees_its_places(cast, client):
    cast.receive()
    answer = client.post("/district/", {"district": c.DONGJAK, "next": "/"})
    assert answer.url == "/"
    page = client.get("/").content.decode()
    assert "우리 구: 동작구" in page
    assert "남은 자리 3" in page


def test_the_district_of_the_profile_needs_no_choosing(cast, client):
    client.force_login(c.citizen(c.GWANAK))
    page = client.get("/").content.decode()
    assert "우리 구: 관악구" in page
    assert "data-district-form" not in page


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", ""])
def test_choosing_a_district_never_leads_elsewhere(db, client, target):
    assert client.post("/district/", {"district": c.DONGJAK, "next": target}).url == "/"


def test_an_unknown_district_is_forgotten(db, client):
    client.post("/district/", {"district": "99999"})
    assert client.session.get("district") is None
    assert client.get("/district/").status_code == 405


def test_it_costs_few_queries(cast, client, django_assert_num_queries):
    with django_assert_num_queries(3):  # areas, calls, districts
        client.get("/")
    client.force_login(c.citizen())
    with django_assert_num_queries(7):  # session, user, profile, my district's calls
        client.get("/")


def test_what_everyone_sees_is_kept_for_a_while(cast, client, settings, django_assert_num_queries):
    settings.HOME_CACHE_SECONDS = 30
    keys = ["home:ko:catalogue", f"home:ko:district:{c.DONGJAK}"]
    cache.delete_many(keys)
    try:
        client.get("/")
        with django_assert_num_queries(0):
            client.get("/")
        client.force_login(c.citizen())
        client.get("/")
        with django_assert_num_queries(3):  # session, user, the profile's district
            assert "남은 자리 3" in client.get("/").content.decode()
    finally:
        cache.delete_many(keys)


def test_it_is_light(cast, client):
    assert len(gzip.compress(client.get("/").content)) < 20_000
