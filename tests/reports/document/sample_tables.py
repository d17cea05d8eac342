"""The tables of the sample report, with the figures of 2021."""

import datetime as dt

from reports.document import (
    COUNT,
    GROWTH,
    MILLION,
    PERCENT_DASH,
    THOUSAND_DASH,
    Cell,
    Column,
    Number,
    Pair,
    Source,
    Table,
    balance,
    rate,
    ratio,
    total,
)

KNOWN = dt.datetime(2021, 11, 1, 9, 0, tzinfo=dt.timezone(dt.timedelta(hours=9)))


def source(name: str, label: str, as_of: dt.date = dt.date(2021, 10, 31), rows: int = 12) -> Source:
    return Source(
        name=name,
        label=label,
        as_of=as_of,
        known_at=KNOWN,
        query=f"{label}: 기준일까지의 기록을 더한 값",
        rows=rows,
        sha256="ab12" * 16,
        url=f"/figures/{name}/rows/?as_of={as_of.isoformat()}",
    )


GRADES = [
    ("행정\n3급", (1, 1), (1, 1), None),
    ("행정\n4급", (2, 2), (1, 1), (1, 1)),
    ("행정\n5급", (5, 5), (3, 3), (2, 2)),
    ("건축\n5급", (1, 1), None, (1, 1)),
    ("행정\n6급", (10, 9), (6, 6), (4, 3)),
    ("사복\n6급", (0, 1), None, (0, 1)),
    ("건축\n6급", (2, 1), None, (2, 1)),
    ("통신\n6급", (0, 1), (0, 1), None),
    ("보건\n6급", (1, 0), None, (1, 0)),
    ("행정\n7급", (8, 7), (6, 5), (2, 2)),
    ("사복\n7급", (1, 1), None, (1, 1)),
    ("건축\n7급", (1, 1), None, (1, 1)),
    ("사무\n6급", (0, 1), (0, 1), None),
]


def staffing() -> Table:
    def pair(row: str, grade: int, counts: tuple[int, int] | None) -> Cell:
        first, second = counts or (None, None)
        keys = f"{row}.{grade}.quota", f"{row}.{grade}.present"
        return Cell(Pair(Number(first, key=keys[0]), Number(second, key=keys[1])))

    def row(name: str, key: str, place: int) -> tuple[Cell, ...]:
        counts = [grade[place] for grade in GRADES]
        sums = [sum(count[side] for count in counts if count) for side in (0, 1)]
        made = [total(*(f"{key}.{grade}.{side}" for grade in range(len(GRADES)))) for side in ("quota", "present")]
        whole = Pair(Number(sums[0], formula=made[0]), Number(sums[1], formula=made[1]))
        emphasis = "total" if key == "all" else ""
        cells = (Cell(name), Cell(whole), *(pair(key, grade, count) for grade, count in enumerate(counts)))
        return tuple(Cell(cell.content, emphasis=emphasis) for cell in cells)

    named = ("정원", "현원")
    return Table(
        name="직급별 인력",
        basis="(단위: 명, ’21. 10. 15. 현재)",
        columns=(Column(2.2), Column(1.5, pair=named), *(Column(1.1, pair=named) for _ in GRADES)),
        header=(
            (Cell("구 분", rowspan=2), Cell("합 계", rowspan=2), Cell("직급별 정원/현원", colspan=len(GRADES))),
            tuple(Cell(grade[0]) for grade in GRADES),
        ),
        body=(row("계", "all", 1), row("특별대책1반", "ban1", 2), row("특별대책2반", "ban2", 3)),
    )


def overview() -> Table:
    def row(name: str, won: int, emphasis: str = "") -> tuple[Cell, ...]:
        none = Number(None)

        def marked(value: int | None) -> Pair:
            return Pair(none, Number(value, MILLION), "above")

        cells = (name, marked(None), marked(None), marked(won), marked(won), Number(None, GROWTH))
        return tuple(Cell(cell, emphasis=emphasis) for cell in cells)

    pair = Column(1.6, "right", ("국비", "예산"))
    return Table(
        name="예산총괄",
        basis="(’21. 10월 말 기준 / 단위: 백만원, %)",
        columns=(Column(2), pair, pair, pair, pair, Column(1.2)),
        header=(
            (
                Cell("구 분", rowspan=2),
                Cell("2020년\n본예산", rowspan=2),
                Cell("2020년\n최종예산", rowspan=2),
                Cell("2021년\n예산현액", rowspan=2),
                Cell("’20년 최종예산 대비", colspan=2),
            ),
            (Cell("증감액"), Cell("증감률")),
        ),
        body=(
            row("총 계", 4_061_519_000, "total"),
            row("사 업 비", 3_982_420_000),
            row("행정운영경비", 79_099_000),
        ),
    )


PROJECTS = [
    (
        "수혜자 중심의\n맞춤형 1인가구 지원",
        [
            ("안심마을보안관 운영", 1_001_520, 14_160, 422_160),
            ("안전도어지킴이 설치 지원", 380_000, 379_750, 379_750),
            ("병원동행서비스 운영", 342_200, 196_600, 196_600),
            ("정책아이디어 시민공모전", 47_400, 24_444, 40_740),
        ],
    ),
    (
        "1인가구 지원체계\n구축",
        [
            ("1인가구 실태조사", 380_000, 0, 352_327),
            ("1인가구 인식개선 사업", 300_000, 131_274, 247_524),
            ("온라인플랫폼 유지관리", 21_833, 0, 19_872),
            ("자문회의 운영", 20_000, 9_976, 9_976),
            ("초단근로자, 특정업무경비", 16_073, 6_993, 9_642),
        ],
    ),
    ("1인가구 생활안전\n인프라 조성", [("1인가구 헬스케어\n인프라 조성", 185_000, 185_000, 185_000)]),
    (
        "세대별 1인가구\n사회적 연결망 구축",
        [
            ("자치구 지원센터 운영", 962_000, 895_634, 895_634),
            ("온라인플랫폼 구축 등", 326_394, 311_758, 311_758),
        ],
    ),
    ("기본경비", [("기본경비", 79_099, 47_949, 47_949)]),
]


def _amounts(key: str, budget: int, spent: int, committed: int, parts: list[str]) -> tuple[Cell, ...]:
    """Budget, expenditure over commitment, balance and rate of one line; a line of parts is their sum."""

    def amount(what: str, thousands: int) -> Number:
        formula = total(*(f"{part}.{what}" for part in parts)) if parts else None
        given = None if parts else source(f"budget.{what}.{key}", f"{what} {key}")
        return Number(thousands * 1000, THOUSAND_DASH, key=f"{key}.{what}", formula=formula, source=given)

    left = Number((budget - spent) * 1000, THOUSAND_DASH, formula=balance(f"{key}.budget", f"{key}.spent"))
    share = Number(rate(spent, budget), PERCENT_DASH, formula=ratio(f"{key}.spent", f"{key}.budget"))
    emphasis = "total" if key == "all" else "subtotal" if parts else ""
    contents = (
        amount("budget", budget),
        Pair(amount("spent", spent), amount("committed", committed), "under"),
        left,
        share,
    )
    return tuple(Cell(content, emphasis=emphasis) for content in contents)


def execution() -> Table:
    body = []
    tops = []
    for index, (project, items) in enumerate(PROJECTS):
        keys = [f"line{index}_{place}" for place in range(len(items))]
        rows = [
            (Cell(name, align="left"), *_amounts(key, *numbers, []))
            for key, (name, *numbers) in zip(keys, items, strict=True)
        ]
        if len(items) > 1:
            sums = [sum(item[place] for item in items) for place in (1, 2, 3)]
            rows.insert(0, (Cell("소계", emphasis="subtotal"), *_amounts(f"project{index}", *sums, keys)))
        tops.append(f"project{index}" if len(items) > 1 else keys[0])
        rows[0] = (Cell(project, rowspan=len(rows)), *rows[0])
        body += rows
    sums = [sum(item[place] for _, items in PROJECTS for item in items) for place in (1, 2, 3)]
    whole = (Cell("합계", colspan=2, emphasis="total"), *_amounts("all", *sums, tops))
    return Table(
        name="예산집행현황",
        basis="(’21. 10월 말 기준 / 단위: 천원, %)",
        columns=(
            Column(2.4),
            Column(2.9),
            Column(1.6, "right"),
            Column(1.8, "right", ("지출액", "원인행위액")),
            Column(1.6, "right"),
            Column(1.1, "right"),
        ),
        header=(
            (
                Cell("세부사업", rowspan=2),
                Cell("세부항목", rowspan=2),
                Cell("2021년", colspan=4),
            ),
            (Cell("예산현액"), Cell("지출액"), Cell("집행잔액"), Cell("집행률")),
        ),
        body=(whole, *body),
        notes=("“( )”는 원인행위액",),
        row_headings=2,
    )


def transfer() -> Table:
    def row(name: str, key: str, before: int, more: int, less: int) -> tuple[Cell, ...]:
        def amount(what: str, thousands: int) -> Number:
            return Number(thousands * 1000, THOUSAND_DASH, key=f"{key}.{what}")

        after = Number(
            (before + more - less) * 1000,
            THOUSAND_DASH,
            key=f"{key}.after",
            formula=total(f"{key}.before", f"{key}.more", f"{key}.less"),
        )
        return (
            Cell(name),
            Cell(amount("before", before)),
            Cell(amount("more", more)),
            Cell(amount("less", -less)),
            Cell(after),
        )

    rows = [
        row("사무관리비\n(201-01)", "office", 1_063_520, 0, 349_800),
        row("기간제근로자\n등보수\n(101-04)", "staff", 0, 345_000, 0),
        row("공공운영비\n(201-02)", "utilities", 0, 4_800, 0),
    ]
    rows[0] = (
        Cell("1인가구가 사회구성원으로 조화롭게 살아가는 정책기반 마련", rowspan=3),
        Cell("수혜자중심의 맞춤형 1인가구 지원", rowspan=3),
        *rows[0],
    )
    return Table(
        name="안심마을 보안관 예산 전용",
        basis="(단위: 천원)",
        columns=(
            Column(2),
            Column(1.8),
            Column(1.9),
            Column(1.6, "right"),
            Column(1.4, "right"),
            Column(1.5, "right"),
            Column(1.5, "right"),
        ),
        header=(
            (
                Cell("예 산 과 목", colspan=3),
                Cell("예산현액", rowspan=2),
                Cell("증 감 액", colspan=2),
                Cell("변 경 후\n예 산 액", rowspan=2),
            ),
            (Cell("단위사업"), Cell("세부사업"), Cell("통 계 목"), Cell("증"), Cell("감")),
        ),
        body=tuple(rows),
        row_headings=3,
    )


def duties() -> Table:
    first = (
        "∙1인가구 특별대책 종합대책 추진, 실‧국별 1인가구 지원사업 종합적‧체계적 재구조화\n"
        "∙1인가구 실태조사, 정책자문회의 개최, 시민아이디어 공모전, 1인가구 정보제공을 위한 포털 운영\n"
        "∙1인가구 안전분야 대책 추진, 안심마을보안관 운영, 도어지킴이사업, 자치경찰위원회 협업 등\n"
        "∙1인가구 일자리분야 대책 추진, 맞춤형 경제자립교육 프로그램 운영, 1인가구 지원정책 자치구 공모사업"
    )
    second = (
        "∙1인가구지원센터 운영 및 전달체계 개편, 자치구별 1인가구지원센터 지원, 사회관계망 지원\n"
        "∙1인가구 질병분야 대책 추진, 병원 안심동행서비스 운영, 중장년 1인가구 헬스케어 기반 조성\n"
        "∙1인가구 주거 및 주거환경개선 대책 추진, 1인가구 주거모델 개발, 1인가구 주거취약지역 실태조사"
    )
    return Table(
        name="주요기능",
        columns=(Column(1), Column(5, "left")),
        header=((Cell("구 분"), Cell("담 당 업 무")),),
        body=((Cell("특별대책1반"), Cell(first)), (Cell("특별대책2반"), Cell(second))),
    )


def media() -> Table:
    rows = [
        ("라디오", "[TBS 신장식의 신장개업/YTN 슬기로운 라디오 생활]", "2021.8.31."),
        (
            "팟빵라디오/\n서울시 유튜브",
            "[정영진 최욱의 걱정말아요 서울]: 1인가구포털, 공모전 등 소개",
            "2021.9.1.(팟빵)\n2021.9.10.(유튜브)",
        ),
        ("TV방송", "[SBS 모닝와이드]: 안전 도어지킴이", "2021.10.7."),
        ("서울시의회", "[제302회 임시회 의정포커스] : 1인가구지원센터 등", "2021.10.8."),
        ("서울시 유튜브", "[알려줌서울] : 혼자 살면 꼭 알아야 할 서울시 1인가구 정책 5가지", "2021.10.9."),
    ]
    return Table(
        name="매체별 홍보",
        columns=(Column(1.5), Column(5, "left"), Column(1.9)),
        header=((Cell("구 분"), Cell("내 용"), Cell("배포일")),),
        body=tuple(tuple(Cell(text) for text in row) for row in rows),
    )


def agreement() -> Table:
    return Table(
        name="공급업체 서비스 협약사항 : 에이디티캡스",
        name_shown=True,
        columns=(Column(1.2), Column(1.2), Column(2.4), Column(2.4)),
        header=((Cell("구 분", colspan=2), Cell("제공사항"), Cell("비 고")),),
        body=(
            (
                Cell("월 이용료", colspan=2),
                Cell(Number(9900, COUNT, "원")),
                Cell(("시중가 ", Number(18750, COUNT, "원"), "\n(주소이전, 중도취소 시 별도비용)")),
            ),
            (Cell("보안요원 긴급출동", colspan=2), Cell("무료(범죄위험 확인 시에 한함)", colspan=2)),
            (Cell("장비구성", rowspan=2), Cell("현관 CCTV"), Cell("현관문 거치형"), Cell("업체 방문부착")),
            (Cell("실내 비상벨"), Cell("○"), Cell("")),
            (Cell("보험 가입", colspan=2), Cell("○"), Cell("화재·도난·파손 등에 보상")),
        ),
    )


def areas() -> Table:
    names = ("광진구 화양동 일대", "관악구 서원동 일대", "마포구 서교동 일대", "중랑구 면목본동 일대")
    return Table(
        name="시범사업 대상 지역(행정동 기준)",
        name_shown=True,
        columns=(Column(), Column()),
        header=(),
        body=((Cell(names[0]), Cell(names[1])), (Cell(names[2]), Cell(names[3]))),
        row_headings=0,
    )
