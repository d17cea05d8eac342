"""Organisations, the catalogue, and the door-guard call with its dated rules — what the report states."""

from __future__ import annotations

import datetime as dt
import tomllib
from pathlib import Path

from django.db.backends.postgresql.psycopg_any import DateRange

from accounts.models import District, Organisation
from accounts.offices import ensure_offices
from portal.seoul2021.staff import COMPANY
from programs.deadlines import SEOUL
from programs.models import Call, ConsentItem, DistrictCall, EligibilityRule, Program, RequiredDocument, Terms

DATA = Path(__file__).resolve().parent
DOOR_GUARD_CALL = "door-guard-2021-1"
QUOTA = 3000
# Stated by their districts (domain notes §2.1): 동작 150, 양천 90, 중랑 110. The others are generated and marked.
KNOWN_QUOTAS = {"11590": 150, "11470": 90, "11260": 110}


def load_organisations() -> None:
    """The public offices, and one security company under a neutral name."""
    ensure_offices()
    Organisation.objects.get_or_create(
        code=COMPANY,
        defaults={"kind": "company", "name": "협약 보안업체(시연용)", "name_en": "Security company (demo)"},
    )


def load_catalogue() -> None:
    """All programmes of the report."""
    with (DATA / "catalogue.toml").open("rb") as file:
        for row in tomllib.load(file)["program"]:
            Program.objects.get_or_create(code=row.pop("code"), defaults=row)


def load_terms() -> None:
    """Prices of the agreement of 13 August 2021, in won (report, page 20)."""
    if not Terms.objects.filter(program="door-guard").exists():
        Terms.objects.create(
            program_id="door-guard",
            valid=DateRange(dt.date(2021, 9, 6), None),
            values={
                "market_price": 18_750,
                "agreement_price": 9_900,
                "subsidy": 8_900,
                "self_pay": 1_000,
                "subsidy_months": 12,
                "agreement_months": 36,
            },
            basis="서울시–보안업체 업무협약(2021. 8. 13.), 주요 업무보고(2021. 11. 2.) Ⅲ-2-1",
        )


def quotas() -> dict[str, int]:
    """Places by district code, 3,000 in all. Generated ones grow with the number of dongs, by largest remainder."""
    districts = {d.code: d.dongs.count() for d in District.objects.order_by("code")}
    open_codes = [code for code in districts if code not in KNOWN_QUOTAS]
    left, weight = QUOTA - sum(KNOWN_QUOTAS.values()), sum(districts[code] for code in open_codes)
    exact = {code: left * districts[code] / weight for code in open_codes}
    places = {code: int(value) for code, value in exact.items()}
    for code in sorted(open_codes, key=lambda c: places[c] - exact[c])[: left - sum(places.values())]:
        places[code] += 1
    return KNOWN_QUOTAS | places


def load_call(*, code: str, title: str, title_en: str, opens_at: dt.datetime, closes_at: dt.datetime, year: int,
              is_demo: bool, round_: int = 1, published: bool = True) -> Call:  # fmt: skip
    """A door-guard call with its 25 district calls, rules, documents and consents."""
    call, made = Call.objects.get_or_create(
        code=code,
        defaults={
            "program_id": "door-guard", "title": title, "title_en": title_en, "year": year, "round": round_,
            "opens_at": opens_at, "closes_at": closes_at, "is_demo": is_demo, "published": published,
            "note": "실제 모집이 아닌 시연용입니다." if is_demo else "",
        },
    )  # fmt: skip
    if not made:
        return call
    DistrictCall.objects.bulk_create(
        DistrictCall(
            call=call, district_id=district, quota=places, quota_is_generated=district not in KNOWN_QUOTAS,
            unit="1인가구 담당", phone="120",
        )
        for district, places in quotas().items()
    )  # fmt: skip
    _load_rules(call, opens_at.astimezone(SEOUL).date())
    _load_documents(call)
    _load_consents(call)
    return call


def _load_rules(call: Call, since: dt.date) -> None:
    rules = [
        ("lives_in", {}, None, "주요 업무보고(2021. 11. 2.) Ⅲ-2-1 지원대상"),
        ("min_age", {"age": 18}, None, "주요 업무보고(2021. 11. 2.) Ⅲ-2-1 지원대상"),
        ("household_size", {"max": 1}, None, "주요 업무보고(2021. 11. 2.) Ⅲ-2-1 지원대상"),
        ("tenure", {"any_of": ["jeonse", "monthly", "monthly_no_deposit"]}, "11590", "동작구 모집공고(2021. 9.)"),
    ]
    EligibilityRule.objects.bulk_create(
        EligibilityRule(
            call=call,
            kind=kind,
            params=params,
            district_id=district,
            basis=basis,
            sort=n,
            valid=DateRange(since, None),
        )
        for n, (kind, params, district, basis) in enumerate(rules, 1)
    )


def _load_documents(call: Call) -> None:
    """What Dongjak-gu's notice of 2021 asked for (domain notes §2.1); form and consents are the portal's own."""
    RequiredDocument.objects.bulk_create(
        [
            RequiredDocument(
                call=call, kind="resident-register", sort=1, label="주민등록등본", label_en="Resident register copy",
                hint="한 달 안에 발급한 것. 주민등록번호 뒷자리는 가려 주십시오.",
                hint_en="Issued within a month. Cover the back digits of the resident number.",
            ),
            RequiredDocument(
                call=call, kind="lease-contract", sort=2, label="임대차계약서 사본(확정일자)",
                label_en="Lease contract with fixed-date stamp", hint="확정일자가 보이도록 찍어 주십시오.",
                hint_en="The fixed-date stamp must be readable.", district_id="11590",
            ),
        ]
    )  # fmt: skip


def _load_consents(call: Call) -> None:
    common = {"version": 1, "kept_for": "지원이 끝난 뒤 5년", "kept_for_en": "Five years after the support ends"}
    ConsentItem.objects.bulk_create(
        [
            ConsentItem(
                call=call, kind="collection", sort=1, required=True, **common,
                title="개인정보 수집·이용", title_en="Collection and use of personal data",
                purpose="지원 자격 심사, 선정 결과 안내, 중복 지원 확인",
                purpose_en="Screening, telling you the result, and checking for double support",
                items="이름, 생년월일, 휴대전화, 주소, 세대원 수, 주택 점유형태, 제출 서류",
                items_en="Name, birth date, phone, address, household size, tenure, your documents",
                if_refused="동의하지 않을 수 있으나, 동의하지 않으면 신청할 수 없습니다.",
                if_refused_en="You may refuse; without it we cannot take your application.",
            ),
            ConsentItem(
                call=call, kind="third_party", sort=2, required=True, **common,
                title="개인정보 제3자 제공(보안업체)", title_en="Disclosure to the security company",
                purpose="카메라 설치, 긴급출동 서비스 제공, 이용료 정산",
                purpose_en="Installing the camera, emergency response, settling the fees",
                items="이름, 휴대전화, 주소", items_en="Name, phone, address",
                recipient="서울시와 협약한 보안업체",
                recipient_en="The security company under agreement with the city",
                if_refused="동의하지 않을 수 있으나, 동의하지 않으면 설치 서비스를 드릴 수 없습니다.",
                if_refused_en="You may refuse; without it the company cannot serve you.",
            ),
            ConsentItem(
                call=call, kind="notice", sort=3, required=False, **common,
                title="다른 1인가구 지원사업 안내 수신", title_en="News of other programmes",
                purpose="새 지원사업 안내", purpose_en="Telling you of new programmes",
                items="휴대전화", items_en="Phone",
                if_refused="동의하지 않아도 신청에 아무 영향이 없습니다.",
                if_refused_en="Refusing has no effect on your application.",
            ),
        ]
    )  # fmt: skip


def load_2021_call() -> Call:
    return load_call(
        code=DOOR_GUARD_CALL,
        title="2021년 1인가구 안전 도어지킴이 1차 모집",
        title_en="Door Guard 2021, first call",
        opens_at=dt.datetime(2021, 9, 6, 9, tzinfo=SEOUL),
        closes_at=dt.datetime(2021, 12, 31, 18, tzinfo=SEOUL),
        year=2021,
        is_demo=False,
    )
