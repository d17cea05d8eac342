"""A report in the shape of the council report of 2021-11-02: what the renderers are tried on."""

import datetime as dt
from decimal import Decimal

from reports.document import (
    COUNT,
    COUNT_DASH,
    MILLION,
    PERCENT_DASH,
    THOUSAND,
    Callout,
    Contents,
    Cover,
    Flow,
    Heading,
    Item,
    Link,
    Note,
    Number,
    PageBreak,
    Paragraph,
    Report,
    Step,
    Strong,
    rate,
)
from tests.reports.document.sample_tables import (
    agreement,
    areas,
    duties,
    execution,
    media,
    overview,
    source,
    staffing,
    transfer,
)

APPLICATIONS = Number(
    1077, COUNT, "건", source("door_guard.applications", "도어지킴이 신청", dt.date(2021, 10, 22), rows=1077)
)

FLOW = Flow(
    name="1인가구 안전 도어지킴이 설치 지원 운영 체계",
    steps=(
        Step("신청공고", "서울시‧자치구", "신청접수 개시 공고\n시·구 홈페이지 등", "’21. 9. 1."),
        Step("1차 신청접수", "자치구", "선착순 접수\n각 자치구 담당 접수", "’21. 9. 6.~"),
        Step("지원대상 선정", "자치구", "접수기간 내 수시선정\n선정가구에 개별통보", "’21. 9. 6.~"),
        Step("계약 및 제공", "시민-업체", "선정가구 계약체결\n기기설치 및 서비스", "’21. 9월~"),
    ),
)


def door_guard(number: str = "1") -> tuple:
    return (
        Heading(3, "1인가구 안전 도어지킴이 설치 지원", number),
        Callout(
            "범죄대응에 취약한 1인가구를 대상으로 정보통신기술을 활용한 가정용 보안서비스를 지원함으로써 "
            "서울시 1인가구의 안전한 주거환경 조성 도모"
        ),
        Item(1, "추진배경"),
        Item(2, "최근 배달·택배기사 사칭 주거침입 증가 등으로 1인가구의 안전 불안감 고조"),
        Item(
            2,
            "범죄대응에 상대적으로 취약한 1인가구 증가추세가 지속 중이나 1인가구 주거안전 지원 위한 차별적 정책 부재",
        ),
        Item(1, "사업개요"),
        Item(2, "사업기간 : 2021. 9. 6. ~ 12. 31."),
        Item(2, ("지원대상 : 서울시 만 18세 이상 1인가구 연간 ", Number(3000, COUNT, "명"))),
        Item(2, "지원내용 : 최초 1년간 매월 8,900원 이용료 보조(자부담 월 1,000원)"),
        Item(3, "서울시 협약으로 월 9,900원(시중가 월 18,750원)으로 3년간 이용 가능"),
        Item(2, "추진방법: 시·구와 민간 전문보안업체 간 협력으로 사업 추진"),
        Item(3, "[서 울 시] 계획수립 및 예산교부, 보안업체와 공급 협약 체결 및 홍보 등"),
        Item(3, "[자 치 구] 서비스 신청접수‧선정 및 선정가구 이용료 지원 등"),
        Item(
            3,
            "[보안업체] 동작감지 기능 갖춘 보안카메라 설치 및 안전상 비상사태 발생 시 긴급출동서비스와 연계, "
            "시중가 비해 저렴한 이용료 부과 등",
        ),
        Item(
            2,
            (
                "소요예산 : ",
                Number(380_000_000, MILLION, "백만원"),
                "(자치단체경상보조금 ",
                Number(370_000_000, MILLION),
                ", 사무관리비 ",
                Number(10_000_000, MILLION),
                ")",
            ),
        ),
        Item(4, "추진체계"),
        FLOW,
        Item(1, "’21년 추진실적"),
        Item(2, "서울시-보안업체 간 업무협약 체결(8. 13.)"),
        Item(3, "[市ㆍ구] 서비스 신청접수‧선정, 신청가구 이용료 지원 등"),
        agreement(),
        Item(2, "서비스 지원 신청자 모집 공고 및 홍보(9월~)"),
        Item(3, "서울시‧자치구 홈페이지 및 ‘서울시 1인가구 포털’에 게시"),
        Item(
            2,
            (
                Strong("도어지킴이 설치 신청현황"),
                ": ",
                APPLICATIONS,
                "(10. 22. 현재기준), ",
                Link("신청 안내", "https://1in.seoul.go.kr/"),
            ),
        ),
        Item(1, "향후 추진계획"),
        Item(2, "1인가구 도어지킴이 시민 만족도 조사 : ’21. 12월"),
        PageBreak(),
    )


def publicity(number: str = "2") -> tuple:
    return (
        Heading(3, "1인가구 정책홍보 및 인식개선", number),
        Callout(
            "1인가구 정책을 패키지 및 브랜드화 하고 1인가구 추진사업의 전략적 홍보를 통해 시민체감도를 향상시키고자 함"
        ),
        Item(1, "사업개요"),
        Item(2, "홍보방법: 서울시․민간 방송매체를 활용한 홍보 및 일간지 광고게재 등"),
        Item(1, "’21년 추진실적"),
        Item(2, "서울시 매체 및 민간 방송매체를 활용한 홍보 : ’21. 8월~"),
        media(),
        Item(2, "주요사업 홍보물 제작(영상․포스터․리플릿․현수막 등) : ’21. 10월~"),
        Item(3, "연령･성별･소득별 다양한 1인가구 맞춤형 정책, ｢서울시 1인가구 실태조사 및 제도개선 용역｣"),
        Item(3, "‘외로움→우울감→고독사’ 연결고리 제거, 병원 동행(Door to Door, 입·퇴원 포함) ☎1533-1179"),
        Item(3, "개인 멘토링(1:1) 총 106회, 그룹활동 멘토링(1:多) 총 9회 = “정상”, a <b> & 'c' \\ #d *e* _f_ $g$ @h"),
        areas(),
        Item(4, "‘3∼5명으로 확대(’22년)’ ⇒ 全 건강가정지원센터와 분리 ⇨ 인력･예산 확충"),
        Heading(4, "【붙임】세부 홍보 현황"),
        Paragraph("가운데 놓인 한 줄입니다.", "center"),
        Note("수도권은 신청자 요청 시 협의 후 제공"),
        PageBreak(),
    )


def chapters() -> tuple:
    spent, budget = 2_203_538_000, 4_061_519_000
    return (
        Heading(1, "일 반 현 황", "Ⅰ"),
        Item(1, "조 직 : 1단, 2반, 6팀"),
        Item(2, "주요기능"),
        duties(),
        Item(1, ("인 력 : ", Number(32), "/", Number(31, unit="명"), "(정원/현원)")),
        staffing(),
        PageBreak(),
        Item(1, ("예 산 총규모 : ", Number(budget, MILLION, "백만원", source("budget.current", "예산현액")))),
        Item(2, "예산총괄"),
        overview(),
        PageBreak(),
        Item(
            1,
            (
                "예산집행현황 : 예산현액 ",
                Number(budget, MILLION, "백만원", source("budget.current", "예산현액")),
                ", 지출액 ",
                Number(spent, MILLION, "백만원", source("budget.spent", "지출액", rows=40)),
                ", 집행률 ",
                Number(rate(spent, budget), PERCENT_DASH),
            ),
        ),
        execution(),
        PageBreak(),
        Heading(1, "주요업무 보고", "Ⅲ"),
        Heading(2, "1인가구 수요 맞춤형 정책 추진", "1"),
    )


def ending() -> tuple:
    return (
        Heading(1, "보고 안건(예산 전용)", "Ⅳ"),
        Heading(2, "안심마을 보안관 예산 전용 보고", "1"),
        Item(1, "전용사유"),
        Item(2, ("전용금액 : ", Number(349_800_000, THOUSAND, "천원"))),
        Item(
            3,
            "당초 민간 전문경비업체 용역을 통한 인력을 활용하고자 하였으나, 경비업법상 경비업체 시설경비 업무중에 "
            "‘범죄예방을 위한 순찰’ 미포함 의견(서울경찰청)으로 민간 경비업체 용역방식의 운영 곤란",
        ),
        transfer(),
        Item(
            2,
            ("혼자 사는 시민 ", Number(Decimal("0.521"), PERCENT_DASH), " (1,000명 중 ", Number(521, COUNT_DASH), ")"),
        ),
    )


def report(*, tasks: int = 1) -> Report:
    """The sample, with its two tasks so many times."""
    middle = tuple(
        block
        for number in range(tasks)
        for block in (*door_guard(str(2 * number + 1)), *publicity(str(2 * number + 2)))
    )
    return Report(
        title="주요 업무보고",
        date=dt.date(2021, 11, 2),
        unit="1인가구 특별대책추진단",
        blocks=(Cover(), PageBreak(), Contents(), PageBreak(), *chapters(), *middle, *ending()),
    )
