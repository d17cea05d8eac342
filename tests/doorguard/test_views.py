"""The pages of company, district and city: who may open what, what they show, and that replays do no harm."""

import datetime as dt
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.utils import timezone

from accounts.middleware import ACTING
from accounts.models import AccessLog
from accounts.months import previous_month
from accounts.roles import Role
from programs.models import Application, Consent
from safety.doorguard import claims as domain
from safety.doorguard import services
from safety.doorguard.models import Claim, ClaimLine, Dispatch, Service
from tests.factories import cast as c

MONTH = previous_month(timezone.localdate())
INSTALLED_ON = previous_month(MONTH) + dt.timedelta(days=4)  # one month completed by the end of MONTH


@pytest.fixture
def sign_in(client, settings):
    settings.STAFF_SECOND_FACTOR = False

    def act_as(actor):
        client.force_login(actor.user)
        session = client.session
        session[ACTING] = actor.membership.pk
        session["staff_seen_at"] = timezone.now().timestamp()
        session.save()
        return client

    return act_as


def household_url(row, code=""):
    return f"/work/door-guard/households/{row.receipt_no}/{code and code + '/'}"


def local(moment):
    return timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M")


def text(response):
    return response.content.decode()


@pytest.mark.parametrize("path", ["households/", "claims/"])
def test_pages_are_for_company_district_and_city(guarded, sign_in, path):
    answers = {
        actor.role.value: sign_in(actor).get(f"/work/door-guard/{path}").status_code
        for actor in (
            guarded.staff, guarded.cast.officer, guarded.cast.city, guarded.cast.actor(Role.COUNCIL_READER),
            guarded.cast.actor(Role.PRIVACY_OFFICER),
        )
    }  # fmt: skip
    assert answers == {
        "company_staff": 200, "district_officer": 200, "city_officer": 200, "council_reader": 403,
        "privacy_officer": 403,
    }  # fmt: skip


def test_the_list_is_masked_logged_and_shows_own_households_only(guarded, sign_in):
    (mine,) = guarded.handed_over()
    page = text(sign_in(guarded.staff).get("/work/door-guard/households/"))
    assert mine.receipt_no in page
    assert mine.name not in page
    assert mine.phone[-4:] in page
    assert mine.phone not in page.replace("-", "")
    assert AccessLog.objects.filter(action="list", about="services", ids=[mine.pk]).exists()
    assert mine.receipt_no not in text(sign_in(guarded.stranger).get("/work/door-guard/households/"))
    assert mine.receipt_no not in text(sign_in(guarded.cast.neighbour).get("/work/door-guard/households/"))


def test_another_companys_household_is_not_there(guarded, sign_in):
    (row,) = guarded.handed_over()
    stranger = sign_in(guarded.stranger)
    assert stranger.get(household_url(row)).status_code == 404
    assert stranger.post(household_url(row, "open")).status_code == 404
    assert stranger.post(household_url(row, "install"), {"serial": "X"}).status_code == 404
    neighbour = sign_in(guarded.cast.neighbour)
    assert neighbour.get(household_url(row)).status_code == 404


def test_opening_shows_the_person_and_is_logged_with_its_purpose(guarded, sign_in):
    (row,) = guarded.handed_over()
    client = sign_in(guarded.staff)
    assert row.name not in text(client.get(household_url(row)))
    opened = text(client.post(household_url(row, "open")))
    assert row.name in opened
    assert row.address in opened
    log = AccessLog.objects.get(action="read", about=f"application:{row.pk}")
    assert log.purpose == "installation"
    assert row.name not in text(client.get(household_url(row)))


def test_district_and_city_cannot_open_nor_the_company_what_has_ended(guarded, sign_in):
    (row,) = guarded.handed_over()
    officer = sign_in(guarded.cast.officer)
    assert f"/work/cases/{row.receipt_no}/" in text(officer.get(household_url(row)))
    assert officer.post(household_url(row, "open")).status_code == 403
    assert sign_in(guarded.cast.city).post(household_url(row, "open")).status_code == 403
    client = sign_in(guarded.staff)
    client.post(household_url(row, "report_impossible"), {"reason": "door"})
    ended = client.post(household_url(row, "open"), follow=True)
    assert "열 수 없습니다" in text(ended)
    assert row.name not in text(ended)


def test_a_search_finds_one_household_at_any_stage(guarded, sign_in):
    (row,) = guarded.installed(timezone.localdate())
    client = sign_in(guarded.staff)
    assert row.receipt_no in text(client.get("/work/door-guard/households/", {"receipt_no": row.receipt_no.lower()}))
    assert "찾는 가구가 없습니다" in text(client.get("/work/door-guard/households/", {"receipt_no": "DG-1"}))


def test_an_installer_schedules_installs_and_logs_a_dispatch(guarded, sign_in):
    (row,) = guarded.handed_over()
    client = sign_in(guarded.staff)
    past = client.post(household_url(row, "schedule_install"), {"visit_at": local(timezone.now())})
    assert "지금보다 뒤" in text(past)
    tomorrow = timezone.now() + dt.timedelta(days=1)
    assert client.post(household_url(row, "schedule_install"), {"visit_at": local(tomorrow)}).status_code == 302
    form = {"installed_on": timezone.localdate().isoformat(), "serial": " sn 001 "}
    assert client.post(household_url(row, "install"), form).status_code == 302
    assert Service.objects.get(pk=row.pk).serial == "SN001"
    replay = client.post(household_url(row, "install"), form)
    assert "상태에서는 할 수 없습니다" in text(replay)
    now = {"at": local(timezone.now()), "kind": "button", "result": "police"}
    for _ in range(2):
        assert client.post(household_url(row, "dispatch"), now).status_code == 302
    assert Dispatch.objects.count() == 1
    assert "경찰에 인계" in text(client.get(household_url(row)))


def test_wrong_input_comes_back_with_its_errors(guarded, sign_in):
    (row,) = guarded.handed_over()
    client = sign_in(guarded.staff)
    assert "필수" in text(client.post(household_url(row, "install"), {}))
    note = {"reason": "other", "note": "주민번호 900101-1234567"}
    assert "주민등록번호" in text(client.post(household_url(row, "report_impossible"), note))
    assert client.post(household_url(row, "no-such-act")).status_code == 404
    assert client.get(household_url(row, "install")).status_code == 405


def test_a_relocation_and_a_termination_are_entered(guarded, sign_in):
    (row,) = guarded.installed(timezone.localdate())
    today = timezone.localdate().isoformat()
    client = sign_in(guarded.staff)
    client.post(household_url(row, "request_relocation"), {"requested_on": today, "address": "새로운길 7"})
    assert "새로운길 7" not in text(client.get(household_url(row)))
    assert "새로운길 7" in text(client.post(household_url(row, "open")))
    client.post(household_url(row, "complete_relocation"), {"done_on": today, "fee": "55000"})
    assert "55,000원" in text(client.get(household_url(row)))
    client.post(household_url(row, "terminate"), {"on": today, "reason": "moved_out"})
    page = text(client.get(household_url(row)))
    assert "약정에 따름" in page
    assert Application.objects.get(pk=row.pk).state == "terminated"


def test_the_district_hands_over_only_who_consented(guarded, sign_in):
    first, second = guarded.selected(2)
    Consent.objects.filter(application=second, item__kind="third_party").update(given=False)
    client = sign_in(guarded.cast.officer)
    page = text(client.get("/work/door-guard/hand-over/"))
    assert f'value="{first.pk}"' in page
    assert f'value="{second.pk}"' not in page
    assert first.name not in page
    form = {"company": guarded.company.pk, "household": [first.pk, second.pk]}
    assert "동의하지 않아" in text(client.post("/work/door-guard/hand-over/", form))
    done = client.post("/work/door-guard/hand-over/", form | {"household": [first.pk]}, follow=True)
    assert "이관하였습니다" in text(done)
    assert "상태에서는" in text(client.post("/work/door-guard/hand-over/", form | {"household": [first.pk]}))
    assert "하나 이상" in text(client.post("/work/door-guard/hand-over/", form | {"household": []}))


def test_foreign_and_broken_ids_are_not_handed_over(guarded, sign_in):
    (row,) = guarded.selected()
    neighbour = sign_in(guarded.cast.neighbour)
    form = {"company": guarded.company.pk, "household": [row.pk]}
    assert neighbour.post("/work/door-guard/hand-over/", form).status_code == 404
    for broken in ("x", "9" * 30):
        answer = neighbour.post("/work/door-guard/hand-over/", form | {"household": [broken]})
        assert answer.status_code == 200
    assert sign_in(guarded.staff).get("/work/door-guard/hand-over/").status_code == 403


@pytest.fixture
def claim(guarded):
    guarded.installed(INSTALLED_ON, 2)
    return domain.compute_claim(company_id=guarded.company.pk, district_id=c.DONGJAK, month=MONTH, actor=guarded.staff)


def claim_url(claim, rest=""):
    return f"/work/door-guard/claims/{claim.pk}/{rest}"


def test_a_claim_goes_from_computation_to_its_closing(guarded, sign_in):
    guarded.installed(INSTALLED_ON, 2)
    company = sign_in(guarded.staff)
    form = {"month": MONTH.isoformat(), "other": c.DONGJAK}
    page = company.post("/work/door-guard/claims/compute/", form, follow=True)
    assert "<strong>17,800</strong>" in text(page)
    claim = Claim.objects.get()
    line = claim.lines.first()
    company.post(claim_url(claim, f"lines/{line.pk}/"), {"reason": "고장으로 쓰지 못함"})
    company.post(claim_url(claim, "confirm/"))
    again = company.post("/work/door-guard/claims/compute/", form, follow=True)
    assert "다시 계산하지 않았습니다" in text(again)
    officer = sign_in(guarded.cast.officer)
    assert "먼저 처리" in text(officer.post(claim_url(claim, "check/"), follow=True))
    assert "고장으로" in text(officer.get(claim_url(claim, f"lines/{line.pk}/")))
    decision = {"outcome": "refused", "reason": "이용 기록 없음"}
    assert officer.post(claim_url(claim, f"lines/{line.pk}/"), decision).status_code == 302
    officer.post(claim_url(claim, "check/"))
    manager = sign_in(guarded.cast.manager)
    manager.post(claim_url(claim, "close/"))
    closed = Claim.objects.get()
    assert (closed.state, closed.total) == ("closed", 8900)
    assert "상태여서 할 수 없습니다" in text(manager.post(claim_url(claim, "close/"), follow=True))


def test_a_month_without_claims_says_so(guarded, sign_in, claim):
    form = {"month": previous_month(previous_month(MONTH)).isoformat(), "other": c.DONGJAK}
    assert "청구할 이용료가 없습니다" in text(sign_in(guarded.staff).post("/work/door-guard/claims/compute/", form))
    wrong = form | {"month": timezone.localdate().isoformat()}
    assert sign_in(guarded.staff).post("/work/door-guard/claims/compute/", wrong).status_code == 200
    assert Claim.objects.count() == 1


def test_a_claim_of_others_is_not_there(guarded, sign_in, claim):
    line = claim.lines.first()
    for actor in (guarded.stranger, guarded.cast.neighbour):
        client = sign_in(actor)
        assert client.get(claim_url(claim)).status_code == 404
        assert client.get(claim_url(claim, f"lines/{line.pk}/")).status_code == 404
        for rest in ("print/", "download/", "confirm/", f"lines/{line.pk}/"):
            assert client.post(claim_url(claim, rest), {"reason": "x"}).status_code == 404


def test_the_city_reads_all_claims_and_changes_none(guarded, sign_in, claim):
    client = sign_in(guarded.cast.city)
    assert "<strong>17,800</strong>" in text(client.get(claim_url(claim)))
    assert client.post(claim_url(claim, "confirm/")).status_code == 403
    assert client.post("/work/door-guard/claims/compute/", {}).status_code == 403


def test_a_company_disputes_only_before_it_confirmed(guarded, sign_in, claim):
    line = claim.lines.first()
    client = sign_in(guarded.staff)
    client.post(claim_url(claim, "confirm/"))
    late = client.post(claim_url(claim, f"lines/{line.pk}/"), {"reason": "늦은 이의"})
    assert "할 수 없습니다" in text(late)
    assert ClaimLine.objects.get(pk=line.pk).state == "ok"


def test_a_download_needs_a_reason_and_is_logged(guarded, sign_in, claim):
    client = sign_in(guarded.staff)
    refused = client.post(claim_url(claim, "download/"), {"reason": " "})
    assert "내려받는 사유" in text(refused)
    assert not AccessLog.objects.filter(action="download").exists()
    answer = client.post(claim_url(claim, "download/"), {"reason": "9월분 지급 요청"})
    assert answer["Content-Disposition"] == f'attachment; filename="door-guard-claim-{MONTH:%Y-%m}-11590.xlsx"'
    with ZipFile(BytesIO(answer.content)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    application = Application.objects.first()
    assert "8900" in sheet
    assert application.name not in sheet
    log = AccessLog.objects.get(action="download")
    assert (log.reason, log.purpose, log.count) == ("9월분 지급 요청", "settlement", 2)


def test_a_print_is_a_post_and_logged(guarded, sign_in, claim):
    client = sign_in(guarded.cast.officer)
    assert client.get(claim_url(claim, "print/")).status_code == 405
    assert "청구서" in text(client.post(claim_url(claim, "print/")))
    assert AccessLog.objects.filter(action="print", about=f"claim:{claim.pk}").exists()


@pytest.mark.parametrize("path", ["households/?tab=installed", "claims/", "claim", "hand-over/"])
def test_lists_cost_the_same_however_long(guarded, sign_in, django_assert_num_queries, path):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def cost():
        url = claim_url(Claim.objects.first()) if path == "claim" else f"/work/door-guard/{path}"
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        return len(queries)

    def grow(count):
        guarded.installed(INSTALLED_ON, count)
        guarded.selected(count)
        domain.compute_claim(company_id=guarded.company.pk, district_id=c.DONGJAK, month=MONTH, actor=guarded.staff)
        if count > 1:
            guarded.installed(previous_month(INSTALLED_ON), 1)
            domain.compute_claim(
                company_id=guarded.company.pk, district_id=c.DONGJAK, month=previous_month(MONTH),
                actor=guarded.staff,
            )  # fmt: skip

    grow(1)
    client = sign_in(guarded.cast.officer)
    client.get("/work/door-guard/households/")
    first = cost()
    grow(6)
    assert cost() == first <= 14


def test_empty_lists_say_why_and_what_to_do(guarded, sign_in):
    client = sign_in(guarded.staff)
    assert "자치구가 이관하면" in text(client.get("/work/door-guard/households/"))
    assert "한 달을 채우면" in text(client.get("/work/door-guard/claims/"))
    assert "이관할 가구가 없습니다" in text(sign_in(guarded.cast.officer).get("/work/door-guard/hand-over/"))


def test_a_long_list_has_pages(guarded, sign_in, monkeypatch):
    from safety.doorguard.views import households

    monkeypatch.setattr(households, "PAGE_SIZE", 2)
    rows = guarded.handed_over(3)
    client = sign_in(guarded.staff)
    assert rows[2].receipt_no not in text(client.get("/work/door-guard/households/"))
    assert rows[2].receipt_no in text(client.get("/work/door-guard/households/?page=2"))
    assert services.consented_ids([row.pk for row in rows]) == {row.pk for row in rows}
