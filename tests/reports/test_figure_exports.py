"""The rows behind a figure as a file: the same rows, those one may see, with a reason, logged."""

import datetime as dt
import io
from urllib.parse import parse_qs, urlsplit

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import AccessLog
from accounts.roles import Actor, Role
from programs import exports, jobs
from programs.models import ExportJob, Objection
from programs.models.jobs import JobState
from programs.workflow import perform
from reports import figures
from reports.figure_exports import select_cases
from reports.questions import Question
from reports.rows import page_of
from tests.factories.cast import GWANAK, make_cast, person
from tests.programs.signed_in import client_of
from tests.reports.history import History

REASON = {"purpose": "reporting", "reason": "의회 보고 자료"}


def rows_page(client, name: str, **asked: str):
    return client.get(reverse("reports:rows", args=[name]), asked)


def sheet_of(response) -> list[dict]:
    book = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


@pytest.fixture(autouse=True)
def _here(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def three(cast):
    """One case in Dongjak-gu, two in Gwanak-gu."""
    return [cast.receive(), cast.receive(person(GWANAK)), cast.receive(person(GWANAK))]


def test_a_figure_s_rows_are_taken_with_a_reason_and_logged(cast, three):
    client = client_of(cast.city)
    url = rows_page(client, "portal.applications").context["export_url"]
    page = client.get(url).text
    assert "왜 받으십니까?" in page
    assert "신청 접수 (portal.applications)" in page
    assert not AccessLog.objects.filter(action="download").exists()
    lines = sheet_of(client.post(url, REASON))
    assert {line["접수번호"] for line in lines} == {case.receipt_no for case in three}
    assert all(isinstance(line["센 때"], dt.datetime) for line in lines)
    assert {line["이름"] for line in lines} == {case.masked_name for case in three}
    log = AccessLog.objects.get(action="download")
    assert (sorted(log.ids), log.reason) == (sorted(case.pk for case in three), REASON["reason"])
    assert log.filter["figure"] == "portal.applications"


def test_a_district_takes_its_own_rows_alone(cast, three):
    client = client_of(cast.officer)
    url = reverse("programs:export_new", args=["figure-rows"])
    asked = f"{url}?figure=portal.applications&district={GWANAK}"
    assert [line["접수번호"] for line in sheet_of(client.post(asked, REASON))] == [three[0].receipt_no]


def test_nobody_takes_names_whole(cast, three):
    url = rows_page(client_of(cast.officer), "portal.applications").context["export_url"]
    assert "unmasked" not in client_of(cast.officer).get(url).text
    (line,) = sheet_of(client_of(cast.officer).post(url, REASON | {"unmasked": "on"}))
    assert line["이름"] == three[0].masked_name


def test_the_council_counts_and_takes_nothing(cast, three):
    client = client_of(cast.actor(Role.COUNCIL_READER))
    assert rows_page(client, "portal.applications").context["export_url"] == ""
    assert (
        client.post(f"{reverse('programs:export_new', args=['figure-rows'])}?figure=portal.applications").status_code
        == 403
    )


def test_what_is_counted_twice_is_two_rows(cast):
    case = cast.receive()
    for _ in range(2):
        until = timezone.localdate() + dt.timedelta(days=7)
        asked = {"note": "등본", "until": until, "document_kinds": ["register"]}
        perform(case, "request_supplement", actor=cast.officer, data=asked)
        perform(case, "answer_supplement", actor=Actor.citizen(case.applicant))
    client = client_of(cast.officer)
    response = rows_page(client, "portal.supplements")
    assert response.context["rows"].count == 2
    assert [line["접수번호"] for line in sheet_of(client.post(response.context["export_url"], REASON))] == [
        case.receipt_no
    ] * 2


@pytest.mark.parametrize("name", ["portal.open", "portal.objections", "portal.places", "state.submitted"])
def test_every_kind_of_figure_can_be_taken(cast, three, name):
    Objection.objects.create(application=three[0], filed_at=timezone.now(), due_on=timezone.localdate(), text="이의")
    client = client_of(cast.city)
    response = rows_page(client, name)
    assert len(sheet_of(client.post(response.context["export_url"], REASON))) == response.context["rows"].count > 0


@pytest.mark.parametrize(
    "query",
    ["", "?figure=no.such", "?figure=portal.open&since=2021-01-01"],
)
def test_a_question_without_an_answer_has_no_file(cast, three, query):
    url = reverse("programs:export_new", args=["figure-rows"]) + query
    response = client_of(cast.city).get(url)
    assert response.status_code == 200
    assert "자료가 없습니다" in response.text


def test_many_rows_are_made_in_the_background_and_expire(cast, three, monkeypatch):
    monkeypatch.setattr(exports, "DIRECT_ROWS", 1)
    monkeypatch.setattr(jobs, "wake_worker", lambda job: None)
    client = client_of(cast.city)
    url = rows_page(client, "portal.applications").context["export_url"]
    page = client.post(url, REASON).url
    job = ExportJob.objects.get()
    assert 'role="progressbar"' in client.get(page).text or "<progress" in client.get(page).text
    exports.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.total, job.written) == (JobState.READY, 3, 3)
    done = client.get(page).text
    assert "/work/reports/rows/portal.applications/?" in done  # back to where it was asked for
    take = reverse("programs:export_take", args=[job.key])
    assert len(sheet_of(client.post(take))) == 3
    assert exports.expire_due(timezone.now() + dt.timedelta(hours=exports.KEEP_HOURS, minutes=1)) == 1
    assert client.post(take).url == page


def test_the_file_holds_the_rows_of_the_page_whatever_is_asked(scratch_database):
    cast = make_cast(quota=500)
    history = History(5, [cast.dongjak, cast.gwanak])
    history.receive(25)
    history.live(60)
    for as_of, known_at in history.moments(6):
        for district in (None, GWANAK):
            for name in ("portal.applications", "portal.decided", "portal.open", "portal.overdue", "state.rejected"):
                figure, question = figures.get(name), Question(as_of, known_at, district)
                taken = select_cases(cast.city, {"figure": name} | question.in_words()).values_list("pk", flat=True)
                shown = [pk for pk, _at in page_of(figure, question, offset=0, limit=1000)]
                assert sorted(taken) == sorted(shown), (name, question)


def test_a_month_of_the_chart_leads_to_its_rows(cast, three):
    client = client_of(cast.city)
    response = client.get(reverse("reports:dashboard"))
    received = response.context["page"].series[0]
    assert received["values"][-1] == 3
    assert received["urls"][-2] == ""  # nothing happened, nothing to see
    url = received["urls"][-1]
    today = timezone.localdate()
    assert parse_qs(urlsplit(url).query) == {"since": [f"{today:%Y-%m}-01"], "as_of": [today.isoformat()]}
    assert url.replace("&", "&amp;") in response.text
    month = client.get(url)
    assert (month.context["value"], month.context["rows"].count) == (3, 3)
    assert "부터" in month.text
    before = client.get(
        url.replace(f"since={today:%Y-%m}-01", "since=2020-01-01").replace(today.isoformat(), "2020-01-31")
    )
    assert before.context["rows"].count == 0


def test_every_number_of_the_table_leads_to_its_rows(cast, three):
    page = client_of(cast.city).get(reverse("reports:dashboard")).context["page"]
    gwanak = next(line for line in page.lines if line.district.pk == GWANAK)
    for cell in gwanak.cells:
        assert bool(cell["url"]) == (cell["text"] not in ("0", "–", "0.0")), cell
        if cell["url"]:
            assert f"district={GWANAK}" in cell["url"]
            assert client_of(cast.city).get(cell["url"]).status_code == 200


def test_a_state_has_no_period(cast, three):
    response = rows_page(client_of(cast.city), "portal.open", since="2021-01-01")
    assert "since" not in response.context["form"].fields
    assert response.context["question"].since is None
    late = rows_page(client_of(cast.city), "portal.applications", since="2030-01-01", as_of="2021-01-01")
    assert late.status_code == 422
