"""A survey's story: somebody answers by the link of a message, and the city reads what many answered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import District
from notifications.outbox import deliver_due
from surveys.invitations import invite
from surveys.models import Comment, Invitation
from surveys.seed import SeedResponse, seed_responses
from tests.browser.visitor import Visitor
from tests.browser.widths import at_a_desk_first, on_a_phone_first
from tests.browser.world import DONGJAK

pytestmark = pytest.mark.browser
SURVEY, PHONE = "hospital-escort", "01055501234"
TITLE = "병원 안심동행 만족도 조사"
TRIP = {"ko": "병원 동행", "en": "Hospital escort"}


def ask(about: str, language: str = "ko") -> None:
    made = invite(
        survey=SURVEY, about=about, district_id=DONGJAK, occurred_on=timezone.localdate(), to=PHONE,
        recipient_id=None, language=language, variables={"서비스": TRIP[language]},
    )  # fmt: skip
    assert made
    deliver_due()


def open_link(visitor: Visitor) -> None:
    visitor.go(f"/demo/mailbox/?q={PHONE[-4:]}")
    link = visitor.page.locator("main article a").first
    visitor.go(link.get_attribute("href").replace("http://localhost", ""))


@on_a_phone_first
def test_somebody_answers_by_the_link_of_a_message(arrive: Callable[..., Visitor]):
    visitor = arrive()
    ask("trip:1")
    visitor.go(f"/demo/mailbox/?q={PHONE[-4:]}")
    visitor.sees("병원 동행, 어떠셨습니까?")
    visitor.look("mailbox")
    open_link(visitor)
    visitor.is_at(TITLE)
    visitor.look("questions")
    visitor.press("답 보내기")
    visitor.sees("답을 하나 골라 주십시오.")
    visitor.look("errors")
    for statement, answer in answers().items():
        visitor.choose(statement, answer)
    visitor.fill(**{"더 하실 말씀": "매니저님이 접수부터 약국까지 함께해 주셨습니다."})
    visitor.page.locator("main textarea").blur()  # the keyboard goes; a picture would scroll back to where one types
    visitor.look("filled-in")
    visitor.press("답 보내기")
    visitor.is_at("답해 주셔서 고맙습니다")
    visitor.look("thanks")
    open_link(visitor)
    visitor.is_at("이미 답하셨습니다")
    visitor.look("answered-already")
    assert Invitation.objects.get(about="trip:1").answered_at
    assert Comment.objects.count() == 1
    visitor.go("/s/not-a-link/")
    visitor.is_at("조사를 찾을 수 없습니다")
    visitor.look("wrong-link")


def answers() -> dict[str, str]:
    return {
        "신청하기가 편리했다": "매우 그렇다",
        "약속한 시간을 지켰다": "그렇다",
        "친절하고 전문적이었다": "매우 그렇다",
        "필요한 도움을 받았다": "보통이다",
        "다음에도 이용하고 싶다": "매우 그렇다",
    }


@on_a_phone_first
def test_somebody_reads_it_in_english_and_asks_not_to_be_asked(arrive: Callable[..., Visitor]):
    visitor = arrive()
    ask("trip:2", "en")
    open_link(visitor)
    visitor.is_at("Hospital Escort satisfaction survey")
    visitor.look("english")
    visitor.page.locator(".survey-foot button").click()
    visitor.confirm()
    visitor.page.wait_for_url("**/s/stopped/")
    visitor.look("stopped")
    ask("trip:3")
    assert Invitation.objects.get(about="trip:3").unasked


@pytest.mark.slow
@at_a_desk_first
def test_the_city_reads_results_and_moderates_comments(arrive: Callable[..., Visitor]):
    city = arrive("city")
    answered_by_many()
    city.open_menu("만족도 조사")
    city.look("surveys")
    city.follow(TITLE)
    city.sees("문항별")
    city.look("results")
    city.follow("의견 검토")
    city.look("comments")
    waiting = city.page.locator("main li.card")
    before = waiting.count()
    first = waiting.first.locator("p").first.inner_text()
    waiting.nth(1).get_by_role("button", name="비공개 2").click()
    city.sees("비공개 사유를 고르십시오.")
    city.look("why-hidden")
    waiting.nth(1).get_by_label("비공개 사유").select_option(label="개인을 알아볼 수 있음")
    waiting.nth(1).get_by_role("button", name="비공개 2").click()
    city.sees("의견을 비공개로 하였습니다.")
    waiting.first.get_by_role("button", name="공개 1", exact=True).click()
    city.sees("의견을 공개하였습니다.")
    expect(waiting).to_have_count(before - 2)
    city.follow(TITLE)
    city.sees(first)
    city.unfold("조건 바꾸기")
    city.page.get_by_label("자치구", exact=True).select_option(label="동작구")
    city.press("조회")
    city.look("one-district")
    edit(city)


def edit(city: Visitor) -> None:
    """The escort's was sent and keeps its questions; the door guard's was not."""
    city.follow("조사 고치기")
    city.sees("이미 보낸 조사라 문항을 고칠 수 없습니다.")
    city.look("edit-sent")
    city.go("/work/surveys/door-guard/edit/")
    city.look("edit")
    city.page.get_by_label("문항(영어)").nth(1).fill("")
    city.press("저장")
    city.sees("한국어와 영어를 모두 적으십시오.")
    city.look("edit-errors")


def answered_by_many() -> None:
    """Of every trip of three months in all districts; in one of them too few answered to be shown."""
    today, rows = timezone.localdate(), []
    for place, district in enumerate(District.objects.order_by("pk")):
        for n in range(4 if place == 3 else 12):
            day = today - dt.timedelta(days=1 + (n * 8 + place) % 80)
            sent = timezone.now() - (today - day) * 1
            rows.append(
                SeedResponse(
                    about=f"seed:{district.pk}:{n}", district_id=district.pk, occurred_on=day, sent_at=sent,
                    answered_at=sent + dt.timedelta(hours=1) if n % 4 else None,
                    values=[5 - (n + place * k) % (2 + place % 4) for k in range(5)] if n % 4 else (),
                    comment=f"{district.name_ko}까지 함께해 주어 든든했습니다." if n == 1 and place < 6 else "",
                )
            )  # fmt: skip
    seed_responses(SURVEY, rows)
