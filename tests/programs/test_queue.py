"""The queue: which cases, in which order, and what may be done to ticked rows."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import AccessLog, Membership
from accounts.roles import Role
from programs.models import Application, SavedFilter
from programs.selectors import queue as selector
from programs.selectors.queue import QueueFilter
from programs.workflow import perform
from tests.factories import cast as c
from tests.programs.signed_in import client_of

URL = "/work/queue/"


def shown(response):
    return [row.application.receipt_no for row in response.context["page"].rows]


def due(application, days):
    Application.objects.filter(pk=application.pk).update(due_at=timezone.now() + dt.timedelta(days=days))


def test_it_shows_ones_own_district_masked_in_order_of_receipt(cast):
    rows = [cast.receive() for _ in range(3)]
    other = cast.receive(c.person(c.GWANAK))
    response = client_of(cast.officer).get(URL)
    assert shown(response) == [row.receipt_no for row in rows]
    page = response.content.decode()
    assert other.receipt_no not in page
    assert rows[0].name not in page
    assert rows[0].phone not in page
    assert rows[0].masked_phone in page


def test_the_city_sees_every_district_and_may_tick_nothing(cast):
    rows = [cast.receive(), cast.receive(c.person(c.GWANAK))]
    client = client_of(cast.city)
    response = client.get(URL)
    assert shown(response) == [row.receipt_no for row in rows]
    assert 'name="case"' not in response.content.decode()
    assert shown(client.get(URL, {"district": c.GWANAK})) == [rows[1].receipt_no]
    assert client.post(reverse("programs:queue_bulk"), {"act": "start_review"}).status_code == 403


@pytest.mark.parametrize("role", [Role.PRIVACY_OFFICER, Role.COMPANY_STAFF, Role.COUNCIL_READER])
def test_it_refuses_other_roles(cast, role):
    assert client_of(cast.actor(role)).get(URL).status_code == 403


def test_a_view_of_the_page_writes_one_log_row_with_ids_and_filter(cast):
    row = cast.receive()
    client_of(cast.officer).get(URL, {"tab": "new"})
    log = AccessLog.objects.get()
    assert (log.action, log.ids, log.filter["tab"], log.user_id) == ("list", [row.pk], "new", cast.officer.user_id)


def test_tabs_hold_and_count_what_they_say(cast):
    rows = [cast.receive() for _ in range(5)]
    perform(rows[1], "start_review", actor=cast.officer)
    perform(rows[2], "confirm", actor=cast.officer)
    until = timezone.localdate() + dt.timedelta(days=5)
    perform(rows[3], "request_supplement", actor=cast.officer, data={"note": "등본", "until": until})
    perform(rows[4], "return", actor=cast.officer, data={"note": "다시 내십시오."})
    due(rows[0], -1)
    due(rows[1], 2)
    due(rows[3], -9)  # its clock stands still: not overdue
    client = client_of(cast.officer)
    expected = {
        "open": rows[:4], "new": rows[:1], "review": rows[1:2], "checked": rows[2:3], "supplement": rows[3:4],
        "soon": rows[1:2], "overdue": rows[:1], "decided": rows[4:],
    }  # fmt: skip
    for tab, cases in expected.items():
        response = client.get(URL, {"tab": tab})
        assert shown(response) == [case.receipt_no for case in cases], tab
        counts = {item["url"].split("tab=")[1]: item["count"] for item in response.context["tabs"]}
        assert counts == {name: str(len(found)) for name, found in expected.items()}


def test_counts_stop_at_their_ceiling(cast, monkeypatch):
    for _ in range(4):
        cast.receive()
    monkeypatch.setattr(selector, "COUNT_CEILING", 2)
    counts = selector.tab_counts(cast.officer, QueueFilter(), timezone.now())
    assert (counts["open"], selector.shown_count(counts["open"])) == (3, "2+")


def test_pages_follow_each_other_without_a_gap_in_either_order(cast, monkeypatch):
    monkeypatch.setattr(selector, "PAGE", 2)
    rows = [cast.receive() for _ in range(5)]
    for days, row in enumerate(reversed(rows)):
        due(row, days)
    client = client_of(cast.officer)
    for sort, order in (("order", rows), ("due", rows[::-1])):
        url, seen = f"{URL}?sort={sort}", []
        while url:
            response = client.get(url)
            seen.append(shown(response))
            url = response.context["next_url"] and URL + response.context["next_url"]
        names = [row.receipt_no for row in order]
        assert seen == [names[:2], names[2:4], names[4:]]
        back = client.get(URL + response.context["previous_url"])
        assert shown(back) == names[2:4]
        first = client.get(URL + back.context["previous_url"])
        assert shown(first) == names[:2]
        assert first.context["previous_url"] is None


def test_an_assignee_who_has_left_the_office_is_still_named(cast):
    row = cast.receive()
    gone = c.member(Role.DISTRICT_OFFICER, c.DONGJAK)
    perform(row, "assign", actor=cast.officer, data={"assignee": gone.pk})
    Membership.objects.filter(pk=gone.pk).update(ends_at=timezone.now() - dt.timedelta(hours=1))
    for actor in (cast.officer, cast.city):
        assert str(gone.user) in client_of(actor).get(URL).content.decode()


def test_it_costs_the_same_number_of_queries_for_one_row_and_for_fifty(cast, django_assert_num_queries):
    client = client_of(cast.officer)
    cast.receive()
    client.get(URL, {"tab": "open"})
    with django_assert_num_queries(10):
        client.get(URL, {"tab": "open"})
    for _ in range(20):
        cast.receive()
    with django_assert_num_queries(10):
        client.get(URL, {"tab": "open"})


def test_it_finds_by_name_phone_last_digits_and_number_without_a_name_in_the_address(cast):
    rows = [cast.receive() for _ in range(3)]
    wanted = rows[1]
    client = client_of(cast.officer)
    for typed in (wanted.name, wanted.phone_display, wanted.phone[-4:]):
        response = client.post(reverse("programs:queue_filter"), {"q": typed})
        assert wanted.name not in response.url
        assert wanted.phone[-4:] not in response.url.split("find=")[0]
        assert shown(client.get(response.url)) == [wanted.receipt_no]
    response = client.post(reverse("programs:queue_filter"), {"q": wanted.receipt_no.lower()})
    assert response.url == f"/work/cases/{wanted.receipt_no}/"


def test_it_finds_nothing_of_another_district(cast):
    other = cast.receive(c.person(c.GWANAK))
    client = client_of(cast.officer)
    for typed in (other.name, other.phone, other.receipt_no):
        response = client.get(client.post(reverse("programs:queue_filter"), {"q": typed}).url)
        assert shown(response) == []
        assert "찾는 신청이 없습니다" in response.content.decode()


def test_the_last_filter_comes_back_until_it_is_forgotten(cast):
    client = client_of(cast.officer)
    client.post(reverse("programs:queue_filter"), {"sort": "due", "assignee": "me", "tab": "review", "q": "김시험"})
    saved = SavedFilter.objects.get(membership=cast.officer.membership)
    assert "find" not in saved.query
    response = client.get(URL)
    assert response.status_code == 302
    response = client.get(response.url)
    assert response.context["wanted"] == QueueFilter(tab="review", sort="due", assignee="me")
    client.post(reverse("programs:queue_forget"))
    assert client.get(URL).status_code == 200


def test_a_state_opens_the_tab_that_holds_it(cast):
    response = client_of(cast.officer).post(reverse("programs:queue_filter"), {"state": "rejected", "tab": "open"})
    assert "tab=decided" in response.url


def test_an_invalid_filter_says_so_and_stores_nothing(cast):
    client = client_of(cast.officer)
    response = client.post(
        reverse("programs:queue_filter"), {"received_from": "2026-02-01", "received_to": "2026-01-01"}, follow=True
    )
    assert "시작일보다 늦은 날" in response.content.decode()
    assert not SavedFilter.objects.exists()


def test_the_keys_can_be_switched_off(cast):
    cast.receive()
    client = client_of(cast.officer)
    assert 'data-queue="on"' in client.get(URL).content.decode()
    client.post(reverse("programs:queue_keys"), {"keyboard": "off"})
    assert 'data-queue="off"' in client.get(URL).content.decode()


def test_it_flags_the_same_person_phone_and_address_and_who_was_helped(cast):
    first = cast.receive()
    cast.receive(c.person(phone=first.phone))
    cast.receive(c.person(address=first.address))
    response = client_of(cast.officer).get(URL)
    flags = [{str(label) for label, _tone in row.flags} for row in response.context["page"].rows]
    assert flags == [{"같은 전화", "같은 주소"}, {"같은 전화"}, {"같은 주소"}]


def tick(*rows):
    return [f"{row.pk}:{row.version}" for row in rows]


def test_ticked_rows_are_assigned_reviewed_and_confirmed_together(cast):
    rows = [cast.receive() for _ in range(3)]
    client, url = client_of(cast.officer), reverse("programs:queue_bulk")
    client.post(url, {"act": "assign", "case": tick(*rows), "assignee": cast.manager.membership.pk})
    rows = list(Application.objects.order_by("id"))
    assert {row.assignee for row in rows} == {cast.manager.membership}
    assert {row.state for row in rows} == {"submitted"}
    client.post(url, {"act": "start_review", "case": tick(*rows[:2])})
    client.post(url, {"act": "confirm", "case": tick(rows[2])})
    rows = list(Application.objects.order_by("id"))
    assert [row.state for row in rows] == ["under_review"] * 3
    assert [row.checked_at is not None for row in rows] == [False, False, True]


def test_one_refusal_stops_all_and_names_its_row_and_reason(cast):
    rows = [cast.receive() for _ in range(2)]
    perform(rows[1], "start_review", actor=cast.manager)
    rows[1].refresh_from_db()
    response = client_of(cast.officer).post(
        reverse("programs:queue_bulk"), {"act": "start_review", "case": tick(*rows)}, follow=True
    )
    page = response.content.decode()
    assert f"{rows[1].receipt_no}: ‘검토 중’ 상태에서는 할 수 없습니다." in page
    assert page.count(" checked>") == 2
    assert Application.objects.get(pk=rows[0].pk).state == "submitted"


def test_a_row_that_changed_meanwhile_stops_all(cast):
    rows = [cast.receive() for _ in range(2)]
    stale = tick(*rows)
    perform(rows[1], "note", actor=cast.manager, data={"note": "전화했습니다."})
    response = client_of(cast.officer).post(
        reverse("programs:queue_bulk"), {"act": "start_review", "case": stale}, follow=True
    )
    assert "다른 담당자가 먼저 처리하였습니다" in response.content.decode()
    assert Application.objects.filter(state="submitted").count() == 2


def test_it_assigns_to_nobody_outside_the_district(cast):
    row = cast.receive()
    response = client_of(cast.officer).post(
        reverse("programs:queue_bulk"),
        {"act": "assign", "case": tick(row), "assignee": cast.neighbour.membership.pk},
        follow=True,
    )
    assert "우리 구의 담당자를 고르십시오" in response.content.decode()


def test_another_districts_row_is_not_there_to_tick(cast):
    other = cast.receive(c.person(c.GWANAK))
    client, url = client_of(cast.officer), reverse("programs:queue_bulk")
    assert client.post(url, {"act": "start_review", "case": tick(other)}).status_code == 404
    assert client.post(url, {"act": "reject", "case": tick(other)}).status_code == 404
    assert client.post(url, {"act": "start_review"}).status_code == 302


def test_the_start_page_counts_what_waits_with_links_that_show_the_same(cast):
    client = client_of(cast.officer)
    assert "지금 기다리는 일이 없습니다" in client.get("/work/").content.decode()
    rows = [cast.receive() for _ in range(3)]
    perform(rows[0], "start_review", actor=cast.officer)
    due(rows[1], -1)
    until = timezone.localdate() + dt.timedelta(days=5)
    perform(rows[2], "request_supplement", actor=cast.officer, data={"note": "등본", "until": until})
    perform(rows[2], "answer_supplement", actor=cast.officer, data={"answer": "냈습니다."})
    cards = client.get("/work/").context["cards"]
    assert {card["label"]: card["value"] for card in cards} == {
        "기한 지남": "1", "기한 임박(D-3)": "0", "보완이 들어온 건": "1", "내 담당": "2", "담당자 없는 건": "1",
        "전체 열린 건": "3", "결정할 이의신청": "0",
    }  # fmt: skip
    for card in cards[:-1]:
        assert str(len(shown(client.get(card["url"])))) == card["value"], card["label"]
