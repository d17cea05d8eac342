"""The escort's terms of three times, and the consents asked at a booking.

What the report (page 24 f.) and the domain notes (§2.3) state is theirs; what neither states is ours and marked so in
`basis`: how long a visit usually takes, the speed of travel, the time an agency has to answer, and the price an hour
of the operator's contract (the 20,000 won an hour that the report gives for the services there were)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange

from hospital.models import EscortConsent
from programs.models import Terms

PROGRAM = "hospital-escort"
OURS = "예상 소요시간·이동 속도·제안 기한·시간당 운영비는 시연용 가정"

_COMMON: dict[str, Any] = {
    "fee_first": 5_000,
    "fee_first_minutes": 60,
    "response_hours": 3,
    "reserve_days": 7,
    "guardian_until_age": 12,
    "service_price": 20_000,
    "estimate": {
        "treatment": 90, "dialysis": 240, "rehabilitation": 90, "test": 120, "admission": 60, "discharge": 60,
    },
    "travel_speed_kmh": 15,
    "travel_base": 10,
    "offer_minutes": 20,
}  # fmt: skip
_WEEKDAY = {"opens": "07:00", "closes": "20:00"}
_WEEKEND = {"opens": "09:00", "closes": "18:00", "reserved_only": True}
_PROOFS = ["basic_livelihood", "near_poor", "health_insurance"]


@dataclass(frozen=True)
class Dated:
    first: dt.date
    last: dt.date | None
    values: dict[str, Any]
    basis: str


TERMS = (
    Dated(
        dt.date(2021, 11, 1), dt.date(2021, 12, 31),
        _COMMON | {
            "fee_step": 5_000, "fee_step_minutes": 60,
            "limits": [{"measure": "uses", "per": "year", "allowed": 6}],
            "free": {"income_percent": 85, "kinds": ["dolbom_sos"], "uses_a_year": None},
            "weekday": _WEEKDAY, "weekend": None, "living_alone": True, "capital_area": True,
            "late_cancel_hours": 0, "late_cancel_fee": 0, "no_show_fee": 0, "ban": None,
        },
        f"주요 업무보고(2021. 11. 2.) Ⅲ-2-4: 시간당 5,000원, 연 6회, 평일 07~20시. {OURS}",
    ),
    Dated(
        dt.date(2022, 1, 1), dt.date(2025, 3, 31),
        _COMMON | {
            "fee_step": 2_500, "fee_step_minutes": 30,
            "limits": [{"measure": "uses", "per": "week", "allowed": 2}],
            "free": {"income_percent": 100, "kinds": _PROOFS, "uses_a_year": 48},
            "weekday": _WEEKDAY, "weekend": _WEEKEND, "living_alone": False, "capital_area": False,
            "late_cancel_hours": 0, "late_cancel_fee": 0, "no_show_fee": 0, "ban": None,
        },
        f"2022~2024년 이용 안내: 30분당 2,500원, 주 2회, 중위소득 100% 이하 연 48회 무료, 주말 예약. {OURS}",
    ),
    Dated(
        dt.date(2025, 4, 1), None,
        _COMMON | {
            "fee_step": 2_500, "fee_step_minutes": 30,
            "limits": [
                {"measure": "uses", "per": "month", "allowed": 10},
                {"measure": "minutes", "per": "year", "allowed": 12_000},
            ],
            "free": {"income_percent": 100, "kinds": _PROOFS, "uses_a_year": 48},
            "weekday": _WEEKDAY, "weekend": _WEEKEND, "living_alone": False, "capital_area": False,
            "late_cancel_hours": 5, "late_cancel_fee": 13_000, "no_show_fee": 13_000,
            "ban": {"no_shows": 2, "late_cancels": 3, "months": 1},
        },
        f"2025년 4월 이용 안내: 월 10회·연 200시간, 당일 취소 13,000원, 거듭되면 한 달 제한. {OURS}",
    ),
)  # fmt: skip


def load_escort_terms() -> None:
    if not Terms.objects.filter(program=PROGRAM).exists():
        Terms.objects.bulk_create(
            Terms(
                program_id=PROGRAM, values=one.values, basis=one.basis[:200],
                valid=DateRange(one.first, one.last and one.last + dt.timedelta(days=1)),
            )
            for one in TERMS
        )  # fmt: skip


def load_consents() -> None:
    """Each by itself (개인정보 보호법 §15②, §17②, §23)."""
    if EscortConsent.objects.exists():
        return
    since = DateRange(dt.date(2021, 11, 1), None)
    kept = {"kept_for": "이용이 끝난 뒤 5년", "kept_for_en": "Five years after your last trip"}
    EscortConsent.objects.bulk_create(
        [
            EscortConsent(
                kind="collection", sort=1, required=True, valid=since, **kept,
                title="개인정보 수집·이용", title_en="Collection and use of personal data",
                purpose="동행 예약과 배정, 이용료 정산, 이용 한도 확인",
                purpose_en="Booking and assigning your escort, settling the fee, keeping to the limits",
                items="이름, 생년월일, 휴대전화, 주소, 병원과 예약 시각",
                items_en="Name, birth date, phone, address, hospital and time of the appointment",
                if_refused="동의하지 않을 수 있으나, 동의하지 않으면 예약할 수 없습니다.",
                if_refused_en="You may refuse; without it we cannot book your escort.",
            ),
            EscortConsent(
                kind="third_party", sort=2, required=True, valid=since, **kept,
                title="개인정보 제3자 제공(수행기관과 거점·협력기관)",
                title_en="Disclosure to the operator and its agencies",
                purpose="매니저 배정과 동행", purpose_en="Assigning a manager and escorting you",
                items="이름, 휴대전화, 만나는 곳, 병원", items_en="Name, phone, meeting place, hospital",
                recipient="수행기관과 동행을 맡은 거점·협력기관",
                recipient_en="The operator and the agency that takes your trip",
                if_refused="동의하지 않을 수 있으나, 동의하지 않으면 매니저가 갈 수 없습니다.",
                if_refused_en="You may refuse; without it no manager can come.",
            ),
            EscortConsent(
                kind="sensitive", sort=3, required=False, valid=since,
                kept_for="이용이 끝난 뒤 1년", kept_for_en="One year after the trip",
                title="민감정보(건강) 처리", title_en="Sensitive data (health)",
                purpose="거동과 건강 상태에 맞춘 동행", purpose_en="An escort that suits your health and how you move",
                items="진료과, 거동 상태, 건강상 알릴 것",
                items_en="The department you visit, how you move about, what we should know of your health",
                if_refused="동의하지 않아도 예약할 수 있으며, 이때 거동과 건강에 관한 내용은 받지 않습니다.",
                if_refused_en="You may refuse and still book; we then take no details of your health.",
            ),
        ]
    )  # fmt: skip
