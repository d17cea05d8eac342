"""The city's pages: calls, their districts, rules, documents, the catalogue and its terms."""

import datetime as dt

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from programs import calls
from programs.history import history_of
from programs.models import Call, DistrictCall, EligibilityRule, Program, QuotaMove, RequiredDocument, Terms
from programs.workflow import UnableToPerform
from tests.factories import cast as c
from tests.programs.signed_in import client_of


@pytest.fixture
def city(cast):
    return client_of(cast.city)


def url(name, *args):
    return reverse(f"programs:{name}", args=args)


def moment(**shift):
    return f"{timezone.localtime() + dt.timedelta(**shift):%Y-%m-%dT%H:%M}"


def edited(cast, **changes):
    values = {
        "title": "고친 모집", "title_en": "Changed", "opens_at": moment(days=-10), "closes_at": moment(days=40),
        "selection": "rolling", "order_by": "received", "when_full": "waitlist", "processing_days": 20,
        "accept_days": 7, "objection_days": 30, "objection_decide_days": 14, "objection_extend_days": 10,
        "published": "on", "reason": "기간 연장",
    }  # fmt: skip
    return values | changes


# --- Calls --------------------------------------------------------------------------------------
def test_the_list_sums_the_districts_in_constant_queries(cast, city):
    cast.receive()

    def count():
        with CaptureQueriesContext(connection) as queries:
            page = city.get(url("calls"))
        return len(queries), page

    count()
    first, page = count()
    (row,) = page.context["rows"]
    assert (row["quota"], row["open"], row["districts"]) == (6, 1, 2)
    for n in range(3):
        calls.copy_call(
            cast.call, actor=cast.city, year=2030 + n, round_=1, title="모집", title_en="", opens_at=timezone.now(),
            closes_at=timezone.now() + dt.timedelta(days=1),
        )  # fmt: skip
    assert count()[0] == first


def test_a_call_shows_every_district_and_marks_generated_quotas(cast, city):
    DistrictCall.objects.filter(pk=cast.gwanak.pk).update(quota_is_generated=True)
    text = city.get(url("call", cast.call.code)).content.decode()
    assert "동작구" in text
    assert "추정" in text


def test_places_are_moved_once_from_one_page(cast, city):
    data = {
        "source": cast.dongjak.pk, "target": cast.gwanak.pk, "places": 1, "reason": "수요 조정",
        f"seen-{cast.dongjak.pk}": 3, f"seen-{cast.gwanak.pk}": 3,
    }  # fmt: skip
    city.post(url("call_move", cast.call.code), data)
    again = city.post(url("call_move", cast.call.code), data, follow=True)
    assert QuotaMove.objects.count() == 1
    assert "그 사이 인원이 바뀌었습니다" in again.content.decode()
    assert "수요 조정" in again.content.decode()


def test_a_wrong_move_says_so(cast, city):
    data = {"source": cast.dongjak.pk, "target": cast.dongjak.pk, "places": 1, "reason": "x"}
    answer = city.post(url("call_move", cast.call.code), data)
    assert answer.status_code == 422
    assert "다른 자치구" in answer.content.decode()
    many = data | {"target": cast.gwanak.pk, "places": 9, f"seen-{cast.dongjak.pk}": 3, f"seen-{cast.gwanak.pk}": 3}
    assert (
        "3명까지 옮길 수 있습니다" in city.post(url("call_move", cast.call.code), many, follow=True).content.decode()
    )


def test_closing_early_needs_a_reason_and_can_be_undone(cast, city):
    close, reopen = url("call_set_closed", cast.call.code, "close"), url("call_set_closed", cast.call.code, "reopen")
    city.post(close, {"reason": " "})
    assert Call.objects.get().closed_at is None
    city.post(close, {"reason": "예산 소진"})
    assert not Call.objects.get().is_receiving(timezone.now())
    assert "이미 마감하였습니다" in city.post(close, {"reason": "또"}, follow=True).content.decode()
    assert history_of(Call, pgh_obj=cast.call.pk)[0].reason == "예산 소진"
    city.post(reopen, {"reason": "추경"})
    assert Call.objects.get().is_receiving(timezone.now())


def test_one_district_can_be_closed_alone(cast, city):
    city.post(url("call_set_closed", cast.call.code, "close"), {"reason": "예산 소진", "share": cast.dongjak.pk})
    assert DistrictCall.objects.get(pk=cast.dongjak.pk).closed_at is not None
    assert DistrictCall.objects.get(pk=cast.gwanak.pk).closed_at is None
    wrong = city.post(url("call_set_closed", cast.call.code, "close"), {"reason": "x", "share": 999_999})
    assert wrong.status_code == 404


def test_an_edit_is_kept_with_who_and_why(cast, city):
    city.post(url("call_edit", cast.call.code), edited(cast))
    change = history_of(Call, pgh_obj=cast.call.pk)[0]
    assert (change.who, change.reason) == (cast.city.user.name, "기간 연장")
    assert ("처리기간(근무일)", "14", "20") in change.fields
    assert "기간 연장" in city.get(url("call", cast.call.code)).content.decode()


def test_an_edit_with_wrong_dates_or_no_reason_is_refused(cast, city):
    answer = city.post(url("call_edit", cast.call.code), edited(cast, closes_at=moment(days=-20), reason=""))
    assert answer.status_code == 422
    assert "마감은 시작보다 뒤여야" in answer.content.decode()
    assert Call.objects.get().title == "도어지킴이 모집"


def test_next_years_call_is_copied_once_and_not_published(cast, city):
    EligibilityRule.objects.create(
        call=cast.call, kind="max_age", params={"age": 99}, basis="끝난 조건",
        valid=DateRange(dt.date(2021, 1, 1), dt.date(2021, 2, 1)),
    )  # fmt: skip
    data = {
        "year": 2031, "round": 1, "title": "새 모집", "title_en": "", "opens_at": moment(days=30),
        "closes_at": moment(days=60),
    }  # fmt: skip
    city.post(url("call_copy", cast.call.code), data)
    again = city.post(url("call_copy", cast.call.code), data)
    assert again.status_code == 409
    assert "이미 있습니다" in again.content.decode()
    made = Call.objects.get(year=2031)
    assert not made.published
    assert [row.quota for row in made.district_calls.all()] == [3, 3]
    assert {rule.kind for rule in made.rules.all()} == {"min_age", "household_size", "has_wifi"}
    assert made.required_documents.count() == 1
    assert made.consent_items.count() == 2
    assert cast.call.rules.count() == 4


# --- A district's own share -----------------------------------------------------------------------
def share(**changes):
    values = {
        "unit": "복지과",
        "phone": "02-820-9999",
        "conditions": "1층 우선",
        "conditions_en": "",
        "reason": "안내",
    }
    return values | changes


def test_a_manager_edits_the_own_share_within_the_calls_dates(cast):
    manager = client_of(cast.manager)
    address = url("call_share_edit", cast.dongjak.pk)
    assert manager.post(address, share(opens_at=moment(days=-20))).status_code == 422
    manager.post(address, share(closes_at=moment(days=5)))
    row = DistrictCall.objects.get(pk=cast.dongjak.pk)
    assert (row.phone, row.conditions) == ("028209999", "1층 우선")
    assert manager.get(url("call_share_edit", cast.gwanak.pk)).status_code == 404
    assert client_of(cast.officer).get(address).status_code == 403


# --- Rules and documents --------------------------------------------------------------------------
def rule(**changes):
    values = {"kind": "min_age", "number": 19, "first": timezone.localdate() + dt.timedelta(days=1), "basis": "공고"}
    return values | changes


def test_a_new_rule_ends_the_former_and_overlap_is_refused_in_words(cast, city):
    address = url("call_rules", cast.call.code)
    city.post(address, rule())
    former, new = EligibilityRule.objects.filter(kind="min_age").order_by("id")
    assert former.valid.upper == new.valid.lower
    assert new.params == {"age": 19}
    again = city.post(address, rule())
    assert "기간이 겹칩니다" in again.content.decode()
    assert city.post(address, rule(number="")).status_code == 422
    assert city.post(address, rule(kind="tenure")).status_code == 422


def test_a_rule_ends_from_tomorrow_with_a_reason(cast, city):
    row = EligibilityRule.objects.get(kind="has_wifi")
    city.post(url("call_rule_end", cast.call.code, row.pk), {"reason": "유선 지원"})
    row.refresh_from_db()
    assert row.valid.upper == timezone.localdate() + dt.timedelta(days=1)
    assert (
        "이미 끝난 조건입니다"
        in city.post(url("call_rule_end", cast.call.code, row.pk), {"reason": "또"}, follow=True).content.decode()
    )


def test_documents_are_added_and_changed_but_not_doubled(cast, city):
    data = {
        "district": c.DONGJAK, "kind": "lease", "label": "임대차계약서", "label_en": "Lease", "sort": 20, "hint": "",
        "hint_en": "", "required": "on", "reason": "공고",
    }  # fmt: skip
    address = url("call_documents", cast.call.code)
    city.post(address, data)
    assert city.post(address, data).status_code == 422
    row = RequiredDocument.objects.get(kind="lease")
    city.post(url("call_document", cast.call.code, row.pk), data | {"label": "임대차계약서 사본"})
    row.refresh_from_db()
    assert row.label == "임대차계약서 사본"
    assert "임대차계약서 사본" in city.get(address).content.decode()


# --- The catalogue ----------------------------------------------------------------------------------
def test_the_catalogue_is_edited_with_its_history(cast, city):
    program = cast.program
    data = {
        "name": "안전 도어지킴이", "name_en": "Door Guard", "summary": "새 소개", "summary_en": "New", "who": "",
        "who_en": "", "benefit": "", "benefit_en": "", "how": "", "how_en": "", "period": "", "period_en": "",
        "keywords": "", "unit": "", "phone": "", "published": "on", "reason": "문구 정리",
    }  # fmt: skip
    city.post(url("catalogue_edit", program.pk), data)
    assert Program.objects.get().summary == "새 소개"
    assert "문구 정리" in city.get(url("catalogue_edit", program.pk)).content.decode()
    assert "새 소개" in city.get(url("catalogue")).content.decode()


def test_new_terms_end_the_former_and_overlap_is_refused(cast, city):
    Terms.objects.create(
        program=cast.program, values={"subsidy": 8900}, basis="협약", valid=DateRange(dt.date(2021, 9, 6), None)
    )
    first = timezone.localdate() + dt.timedelta(days=10)
    address = url("terms", cast.program.pk)
    data = {"first": first, "value-subsidy": 9900, "basis": "새 협약"}
    city.post(address, data)
    assert Terms.on("door-guard", first).values == {"subsidy": 9900}
    assert Terms.on("door-guard", first - dt.timedelta(days=1)).values == {"subsidy": 8900}
    again = city.post(address, data)
    assert "기간이 겹칩니다" in again.content.decode()
    assert city.post(address, data | {"first": timezone.localdate()}).status_code == 422
    assert Terms.objects.count() == 2


def test_a_programme_without_terms_says_so(cast, city):
    assert "정해진 금액·한도가 없습니다" in city.get(url("terms", cast.program.pk)).content.decode()


# --- Who may -----------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", [Role.DISTRICT_MANAGER, Role.COUNCIL_READER])
def test_only_the_city_manages_calls(cast, role):
    client = client_of(cast.actor(role, c.DONGJAK if role == Role.DISTRICT_MANAGER else None))
    for name, args in (
        ("calls", ()), ("call", (cast.call.code,)), ("call_edit", (cast.call.code,)), ("catalogue", ()),
        ("call_rules", (cast.call.code,)), ("call_documents", (cast.call.code,)), ("terms", (cast.program.pk,)),
    ):  # fmt: skip
        assert client.get(url(name, *args)).status_code == 403, name
    assert client.post(url("call_move", cast.call.code)).status_code == 403
    with pytest.raises(UnableToPerform, match="시 담당자"):
        calls.set_closed(Call, cast.call.pk, actor=cast.manager, closed=True, reason="x")
