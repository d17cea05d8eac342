"""A scored call, from its criteria to the draft selection, and what the applicant sees of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.utils import timezone

from accounts.models import Membership, User
from accounts.roles import Actor
from programs import calls, intake
from programs.models import Application, Call
from programs.workflow import perform
from tests.browser.visitor import Visitor
from tests.browser.widths import at_a_desk_first
from tests.factories import cast as c

pytestmark = [pytest.mark.browser, pytest.mark.slow, at_a_desk_first]


def actor(account: str) -> Actor:
    found = Membership.objects.select_related("user", "organisation")
    return Actor.of(found.get(user__email=f"{account}@demo.invalid"))


def call_to_come() -> Call:
    """Next year's call like the demo's, scored and not open yet."""
    ahead = timezone.now() + dt.timedelta(days=20)
    call = calls.copy_call(
        Call.objects.get(is_demo=True, published=True), actor=actor("city"), year=ahead.year, round_=8,
        title="시연용 심사 모집", title_en="Scored demo call", opens_at=ahead, closes_at=ahead + dt.timedelta(days=20),
    )  # fmt: skip
    call.selection, call.published = Call.Selection.SCORED, True
    call.save()
    return call


def receive(call: Call) -> list[Application]:
    """It opens; the demo's citizen and somebody else apply, and the officer finds both eligible."""
    Call.objects.filter(pk=call.pk).update(opens_at=timezone.now() - dt.timedelta(days=5))
    share = call.district_calls.select_related("call__program", "district").get(district="11590")
    citizen = User.objects.get(email="citizen@demo.invalid")
    people = [(intake.Person.of(citizen.profile), citizen), (c.person(), None)]
    rows = [
        intake.receive(
            intake.Intake(
                person=who, district_call=share, detail=c.DETAIL, applicant=applicant,
                consents={item.pk: True for item in call.consent_items.all()},
            ),
            actor=Actor.system(),
        )
        for who, applicant in people
    ]  # fmt: skip
    for row in rows:
        perform(row, "confirm", actor=actor("officer"))
    return rows


def test_a_scored_call_is_judged_and_drafted(arrive: Callable[..., Visitor]):
    city, officer, citizen = arrive("city"), arrive("officer"), arrive("citizen")
    call = call_to_come()
    set_criteria(city, call)
    mine, other = receive(call)
    citizen.go(f"/my/{mine.receipt_no}/")
    citizen.sees("마감 후 심사하는 모집입니다")
    citizen.look("scored-application")
    citizen.go(f"/programs/{call.program_id}/")
    judge(officer, call, mine, need="40", plan="30")
    judge(officer, call, other, need="60", plan="35")
    Call.objects.filter(pk=call.pk).update(closes_at=timezone.now() - dt.timedelta(minutes=1))
    officer.follow("다음 순서 선정")
    officer.look("plan-by-points")
    officer.press("기안하기")
    officer.confirm()
    officer.sees("점수 순서")
    officer.look("draft-by-points")


def set_criteria(city: Visitor, call: Call) -> None:
    city.go(f"/work/calls/{call.code}/")
    city.follow("심사 기준")
    city.press("저장")
    city.look("criteria-errors")
    for title, points, tie in (("필요한 정도", "60", ""), ("생활 계획", "40", "1")):
        values = {
            "심사 기준": title,
            "심사 기준(영어)": "Criterion",
            "배점": points,
            "동점이면": tie,
            "고치는": "공고문",
        }
        city.fill(within=city.page.locator("form.card"), **values)
        city.press("저장")
        city.sees("고쳤습니다")
    city.look("criteria")


def judge(officer: Visitor, call: Call, row: Application, *, need: str, plan: str) -> None:
    share = call.district_calls.get(district="11590")
    officer.go(f"/work/selection/{share.pk}/scores/")
    officer.look("scores")
    officer.follow(row.receipt_no)
    officer.fill(**{"필요한 정도": need, "생활 계획": plan})
    officer.look("score-sheet")
    officer.press("저장")
    officer.sees("점수를 저장하였습니다")
    officer.go(f"/work/cases/{row.receipt_no}/")
    officer.sees("점수 매기기")
    officer.go(f"/work/selection/{share.pk}/scores/")
