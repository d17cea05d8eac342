"""A dispatcher takes somebody new in, qualifies them and writes the roster."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import Membership
from accounts.roles import Role
from hospital.models import Credential, EscortManager, Shift
from hospital.models.managers import monday_of
from tests.browser.visitor import Visitor
from tests.browser.widths import at_a_desk_first
from tests.programs import files

pytestmark = [pytest.mark.browser, pytest.mark.slow, at_a_desk_first]


def week(ahead: int) -> dt.date:
    return monday_of(timezone.localdate()) + dt.timedelta(days=7 * ahead)


def test_somebody_new_is_invited_qualified_and_rostered(arrive: Callable[..., Visitor]):
    Credential.objects.filter(manager=EscortManager.objects.earliest("pk"), kind="insurance").update(
        valid_until=timezone.localdate() + dt.timedelta(days=10)
    )
    Credential.objects.filter(manager=EscortManager.objects.order_by("pk")[1], kind="training").update(
        valid_until=timezone.localdate() - dt.timedelta(days=1)
    )
    dispatcher = arrive("dispatcher")
    page = dispatcher.page
    dispatcher.open_menu("동행매니저")
    dispatcher.sees("곧 만료")
    dispatcher.sees("배정할 수 없음")
    dispatcher.look("list")
    dispatcher.follow("구성원 초대")
    dispatcher.fill(전자우편="new-escort@example.com", 이름="나동행")
    page.get_by_label(re.compile("^역할")).select_option("escort_manager")
    dispatcher.look("invite")
    dispatcher.press("초대")
    dispatcher.is_at("매니저 등록")
    member = Membership.objects.get(user__email="new-escort@example.com", role=Role.ESCORT_MANAGER)
    page.get_by_label(re.compile("^동행매니저")).select_option(str(member.pk))
    page.get_by_label(re.compile("^출발 자치구")).select_option("11590")
    dispatcher.fill(자격="요양보호사 1급", 업무용="02-2133-1234")
    dispatcher.look("register")
    dispatcher.press("등록")
    dispatcher.sees("유효하지 않은 자격")
    dispatcher.look("registered")
    for kind, label in Credential.Kind.choices:
        dispatcher.unfold("자격 기록하기")
        card = page.locator("section", has=page.locator("#credentials-title"))
        card.get_by_label(re.compile("^종류")).select_option(kind)
        dispatcher.fill(within=card, 이름=str(label), 시작일=f"{timezone.localdate()}")
        dispatcher.press("기록", within=card.locator("details", has_text="자격 기록하기"))
        dispatcher.sees("자격을 기록하였습니다.")
    dispatcher.unfold("사진 올리기")
    page.get_by_label(re.compile("^사진 파일")).set_input_files(
        {"name": "face.jpg", "mimeType": "image/jpeg", "buffer": files.image(size=(480, 600))}
    )
    dispatcher.press("올리기")
    expect(page.get_by_role("img", name=re.compile("매니저의 사진"))).to_be_visible()
    rosters(dispatcher)


def rosters(dispatcher: Visitor) -> None:
    page = dispatcher.page
    someone = EscortManager.objects.get(membership__user__email="new-escort@example.com")
    works(dispatcher, week(1), "월화수목금토", "18:00")
    dispatcher.sees("근무가 40시간을 넘습니다")
    dispatcher.look("too-much")
    works(dispatcher, week(1), "월화수목금", "18:00")
    dispatcher.sees("근무를 넣었습니다.")
    assert someone.shifts.count() == 5
    dispatcher.unfold("휴무 넣기")
    card = page.locator("section", has=page.locator("#absences-title"))
    dispatcher.fill(within=card, 시작=f"{week(1)}T09:00", 끝=f"{week(1)}T18:00")
    card.get_by_label(re.compile("^사유")).select_option("training")
    dispatcher.press("넣기", within=card)
    dispatcher.sees("휴무를 넣었습니다.")
    dispatcher.look("manager")
    dispatcher.go(f"/work/escort/roster/?week={week(1)}")
    dispatcher.sees("나동행")
    dispatcher.look("roster")
    dispatcher.follow("다음 주")
    Shift.objects.filter(week=week(2)).delete()
    page.reload()
    dispatcher.press("전주 근무 복사")
    dispatcher.confirm()
    dispatcher.sees("명의 근무를 복사하였습니다.")
    dispatcher.look("copied")
    assert someone.shifts.filter(week=week(2)).count() == 5


def works(dispatcher: Visitor, monday: dt.date, days: str, ends: str) -> None:
    page = dispatcher.page
    dispatcher.unfold("근무 넣기")
    form = page.locator("form[action$='/shifts/']")
    form.get_by_label(re.compile("^주")).select_option(str(monday))
    for box in form.get_by_role("checkbox").all():
        if box.is_checked():
            box.evaluate("box => { box.checked = false }")
    for day in days:
        form.locator("label").get_by_text(day, exact=True).click()
    dispatcher.fill(within=form, 시작="09:00", 끝=ends)
    dispatcher.press("넣기", within=form)
