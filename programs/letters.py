"""The notices an application causes. Each names the unit, its phone and, where something is refused, the remedy
(민원처리법 §27, 시행령 §31; 행정절차법 §26)."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import translation

from accounts.bulk import Together
from accounts.masking import format_phone
from notifications.models import Message
from notifications.outbox import prepare, queue_messages
from notifications.templates import MessageTemplate, register_template, render
from programs import registry
from programs.models import Application

_SEOUL = ZoneInfo("Asia/Seoul")
_WEEKDAYS = "월화수목금토일"


def _day(value: dt.datetime | dt.date | None) -> str:
    """2026. 11. 27.(금), or in an English letter Fri 27 Nov 2026."""
    if value is None:
        return "-"
    day = value.astimezone(_SEOUL).date() if isinstance(value, dt.datetime) else value
    if translation.get_language() == "en":
        return f"{day:%a %-d %b %Y}"
    return f"{day.year}. {day.month}. {day.day}.({_WEEKDAYS[day.weekday()]})"


def _text(value: Any) -> str:
    """A programme's own variable in the letter's language; a moment with its time."""
    if isinstance(value, dt.datetime):
        return f"{_day(value)} {value.astimezone(_SEOUL):%H:%M}"
    return _day(value) if value is None or isinstance(value, dt.date) else str(value)


def language_for(application: Application) -> str:
    """The applicant's own; Korean for whoever has no account, and for a proxy, whose language nobody asked."""
    return application.applicant.language if application.applicant and not application.proxy_phone else "ko"


def queue(entries: Iterable[tuple[Application, str, dict[str, Any]]], *, within: Together | None = None) -> None:
    """Put the letters of these acts into the outbox, in one statement or `within` that of the acts."""
    messages = [_letter(*entry) for entry in entries if entry[0].phone and not entry[0].synthetic]
    if messages:
        queue_messages(messages, within=within)


def _letter(application: Application, template: str, data: dict[str, Any]) -> Message:
    language = language_for(application)
    return prepare(
        key=f"application:{application.pk}:{application.version}:{template}",
        template=f"application.{template}",
        to=application.proxy_phone or application.phone or "",
        variables=variables(application, data, language),
        language=language,
        recipient_id=application.applicant_id,
        about=f"application:{application.pk}",
    )


# Notices whose words follow from what the officer types; the others name a deadline or district not yet worked out.
PREVIEWED = frozenset({"supplement_requested", "rejected", "returned", "withdrawn", "selection_cancelled"})


def preview(application: Application, template: str, data: dict[str, Any], *, masked: bool) -> tuple[str, str]:
    """Title and body of the notice that these inputs would send, in its language; `masked` hides the name of a case
    not opened."""
    draft = copy.copy(application)
    draft.reject_reasons = data.get("reasons", draft.reject_reasons)
    draft.supplement_until = data.get("until", draft.supplement_until)
    language = language_for(application)
    filled = variables(draft, data, language)
    if masked:
        filled["이름"] = application.masked_name
    return render(f"application.{template}", filled, language)


def variables(application: Application, data: dict[str, Any], language: str) -> dict[str, Any]:
    """What every template may name, in the letter's language, whatever the officer reads."""
    call, district_call = application.call, application.district_call
    with translation.override(language):
        reasons = [str(registry.get(application.program_id).reject_reasons[c]) for c in application.reject_reasons]
        return {
            "이름": application.name,
            "사업": application.program.localised("name"),
            "접수번호": application.receipt_no,
            "접수일": _day(application.received_at),
            "처리기한": _day(application.due_at),
            "자치구": str(application.district),
            "부서": district_call.unit or str(application.district),
            "전화": format_phone(district_call.phone) or "120",
            "보완기한": _day(application.supplement_until),
            "내용": data.get("letter_text") or data.get("note") or "-",
            "사유": " / ".join(reasons) or "-",
            "대기순번": application.waitlist_no if application.waitlist_no is not None else "-",
            "수락기한": _day(application.offer_until),
            "이의신청기간": call.objection_days,
            "바로가기": f"{settings.SITE_URL}/my/{application.receipt_no}/",
        } | {name: _text(value) for name, value in data.get("letter_variables", {}).items()}


_FOOT_KO = "\n\n접수번호: #{접수번호}\n문의: #{부서} #{전화}\n확인: #{바로가기}"
_FOOT_EN = "\n\nReceipt no.: #{접수번호}\nContact: #{부서} #{전화}\nSee: #{바로가기}"
_REMEDY_KO = (
    "\n\n이 결정에 이의가 있으면 통지를 받은 날부터 #{이의신청기간}일 안에 포털 또는 #{부서}에 이의신청할 수 있습니다"
    "(행정기본법 제36조). 행정심판은 안 날부터 90일 안에 청구할 수 있습니다."
)
_REMEDY_EN = (
    "\n\nYou may object within #{이의신청기간} days of this notice, in the portal or at #{부서} (General Act on "
    "Public Administration, Art. 36), or seek an administrative appeal within 90 days."
)


def application_letter(key: str, ko: tuple[str, str], en: tuple[str, str], *, remedy: bool = False) -> None:
    """Register a notice `application.<key>`, with unit, phone and link (and remedies) added."""
    register_template(
        MessageTemplate(
            key=f"application.{key}",
            title={"ko": f"[안심서울] {ko[0]}", "en": f"[Ansim Seoul] {en[0]}"},
            body={
                "ko": f"#{{이름}} 님, {ko[1]}{_REMEDY_KO if remedy else ''}{_FOOT_KO}",
                "en": f"Dear #{{이름}}, {en[1]}{_REMEDY_EN if remedy else ''}{_FOOT_EN}",
            },
        )
    )
