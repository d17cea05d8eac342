"""What staff state: stated anew and never edited, as a number or a table, and looked up by name."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Actor, Role
from reports import stating
from reports.models import Statement
from tests.factories import cast as c
from tests.programs.signed_in import client_of

DAY = dt.date(2026, 3, 15)
NEW = "/work/reports/council/statements/new/"
LIST = "/work/reports/council/statements/"
NUMBER = {
    "name": "media.reports", "label": "보도", "value": "1234.5", "unit": "건", "table": "", "as_of": "2026-03-15",
    "source": "홍보담당관",
}  # fmt: skip
TABLE = NUMBER | {"name": "media.list", "value": "", "table": "매체 | 건수\n--- | ---\n신문 | 3\n방송 | 4"}


@pytest.fixture
def city(db):
    return client_of(Actor.of(c.member(Role.CITY_OFFICER)))


@pytest.fixture
def council(db):
    return client_of(Actor.of(c.member(Role.COUNCIL_READER)))


def test_a_number_is_stated_and_stated_anew(city):
    assert city.post(NEW, NUMBER).url == f"{LIST}media.reports/"
    assert city.post(NEW, NUMBER | {"value": "1300"}).status_code == 302
    page = city.get(f"{LIST}media.reports/")
    assert [(line["value"], line["in_force"], line["replaced"]) for line in page.context["lines"]] == [
        (1300, True, False), (Decimal("1234.5"), False, True),
    ]  # fmt: skip
    begun = city.get(f"{NEW}?name=media.reports").context["form"]
    assert (begun["label"].value(), begun["unit"].value(), begun["value"].value()) == ("보도", "건", None)
    row = Statement.objects.latest("id")
    assert (row.synthetic, row.stated_by is not None) == (False, True)


def test_its_rows_page_tells_then_and_now(city, council):
    city.post(NEW, NUMBER)
    known = timezone.now()
    city.post(NEW, NUMBER | {"value": "1300"})
    url = reverse("reports:rows", args=["media.reports"])
    page = council.get(url, {"as_of": "2026-03-15", "known_at": known.isoformat()})
    assert (page.context["value"], page.context["now"]["value"]) == (Decimal("1234.5"), 1300)
    assert "+65.5" in page.text
    assert timezone.localtime(known).strftime('value="%Y-%m-%dT%H:%M:%S') in page.text  # the form keeps the moment
    assert "홍보담당관" in page.text
    assert "지금 알려진 대로" not in council.get(url, {"as_of": "2026-03-15"}).text


def test_a_table_is_stated_by_lines_or_pasted(city):
    city.post(NEW, TABLE)
    assert Statement.objects.get().rows == [["매체", "건수"], ["신문", "3"], ["방송", "4"]]
    city.post(NEW, TABLE | {"table": '매체\t건수\r\n"신문\r\n일간"\t3\r\n'})
    assert Statement.objects.latest("id").rows == [["매체", "건수"], ["신문\n일간", "3"]]
    page = city.get(f"{LIST}media.list/").text
    assert "일간" in page
    begun = city.get(f"{NEW}?name=media.list").context["form"]["table"].value()
    assert begun == "매체 | 건수\n신문 / 일간 | 3"
    rows = city.get(reverse("reports:rows", args=["media.list"]))
    assert "매체" in rows.text


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": "보도"}, "name"), ({"name": "media"}, "name"), ({"name": "Media.x"}, "name"),
        ({"name": "budget.spent"}, "name"), ({"name": "portal.applications"}, "name"),
        ({"value": ""}, "value"), ({"table": "a | b\n1 | 2"}, "value"), ({"value": "많음"}, "value"),
        ({"value": "", "table": "한 줄"}, "table"), ({"value": "", "table": "a | b\n1"}, "table"),
        ({"source": ""}, "source"), ({"as_of": "어제"}, "as_of"), ({"as_of": "1999-01-01"}, "as_of"),
        ({"value": "1" * 30}, "value"),
    ],
)  # fmt: skip
def test_what_cannot_be_stated_is_said_at_its_field(city, wrong, field):
    answer = city.post(NEW, NUMBER | wrong)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not Statement.objects.exists()


def test_a_name_stays_a_number_or_a_table(city):
    city.post(NEW, NUMBER)
    answer = city.post(NEW, TABLE | {"name": "media.reports"})
    assert list(answer.context["form"].errors) == ["value"]
    city.post(NEW, TABLE)
    answer = city.post(NEW, NUMBER | {"name": "media.list"})
    assert list(answer.context["form"].errors) == ["table"]


def test_only_the_city_states(city, council, db):
    city.post(NEW, NUMBER)
    assert council.get(LIST).status_code == council.get(f"{LIST}media.reports/").status_code == 200
    assert "새로 입력" not in council.get(LIST).text
    assert council.post(NEW, NUMBER).status_code == 403
    district = client_of(Actor.of(c.member(Role.DISTRICT_OFFICER, c.DONGJAK)))
    assert district.get(LIST).status_code == district.post(NEW, NUMBER).status_code == 403
    with pytest.raises(stating.UnableToState, match="할 수 없는"):
        stating.state(
            name="a.b", label="a", value=Decimal(1), rows=None, unit="", as_of=DAY, source="x",
            actor=Actor.of(c.member(Role.COUNCIL_READER)),
        )  # fmt: skip


def test_the_list_is_searched_paged_and_takes_few_statements(city):
    Statement.objects.bulk_create(
        Statement(name=f"many.n{n:03}", label=f"자료 {n}", value=n, as_of=DAY, source="x") for n in range(60)
    )
    city.get(LIST)
    with CaptureQueriesContext(connection) as statements:
        page = city.get(LIST)
    assert (len(page.context["rows"]), page.context["page"].paginator.count) == (50, 60)
    assert len(statements) <= 10
    assert [line["row"].name for line in city.get(LIST, {"q": "N007"}).context["rows"]] == ["many.n007"]
    assert "찾는 이름이 없습니다" in city.get(LIST, {"q": "없음"}).text
