"""A budget of this year for the stories: two policy projects of the city, one district with a grant of it."""

from __future__ import annotations

import datetime as dt

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from accounts.demo import PASSWORD
from accounts.models import Membership, Organisation, User
from accounts.roles import Actor, Role
from budget import grants
from budget.models import BudgetLine, EntryKind, ObjectCode, Project
from budget.posting import approve_voucher, draft_voucher, post_by_event, submit_voucher
from budget.refusals import Posting

E = EntryKind
CODES = (
    ("101-04", "기간제근로자등보수", "Pay for fixed-term workers", "personnel"),
    ("201-01", "사무관리비", "General office expenses", ""),
    ("201-02", "공공운영비", "Public operating expenses", ""),
    ("203-01", "기관운영업무추진비", "Business promotion expenses", "business"),
    ("308-01", "자치단체경상보조금", "Subsidy to local governments", ""),
)
TREE = (
    ("single", "1인가구 지원", "Support for single households"),
    ("single/safety", "1인가구 안전", "Safety of single households"),
    ("single/safety/tailored", "1인가구 맞춤형 안전사업", "Tailored safety projects"),
    ("single/safety/tailored/watch", "안심마을보안관 운영", "Night-watch officers"),
    ("single/safety/tailored/guard", "안전 도어지킴이 지원", "Door Guard"),
    ("single/link", "1인가구 관계망", "Networks"),
    ("single/link/centres", "1인가구지원센터", "Support centres"),
    ("single/link/centres/programmes", "센터 프로그램 운영", "Programmes of the centres"),
    ("admin", "행정운영경비", "Administrative operating cost"),
    ("admin/office", "기본경비", "Basic expenses"),
    ("admin/office/basic", "부서 기본경비", "Basic expenses of the unit"),
    ("admin/office/basic/paper", "사무용품", "Office supplies"),
)


def member(email: str, role: Role, organisation: str, name: str) -> Actor:
    """One of the demo's accounts; made here where the demo has not got it."""
    user = User.objects.filter(email=email).first()
    if user is None:
        user = User.objects.create(email=email, name=name, password=make_password(PASSWORD))
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    membership, _new = Membership.objects.get_or_create(
        user=user, organisation=Organisation.objects.get(code=organisation), role=role,
        defaults={"starts_at": timezone.now() - dt.timedelta(days=400)},
    )  # fmt: skip
    return Actor.of(membership)


class Books:
    """Who decides, and the lines by name: "watch/201-01", "dongjak/308-01"."""

    def __init__(self) -> None:
        self.today = timezone.localdate()
        self.year = self.today.year
        self.city = member("city@demo.invalid", Role.CITY_OFFICER, "seoul", "서시청(시연)")
        self.second = member("city2@demo.invalid", Role.CITY_OFFICER, "seoul", "민시청(시연)")
        self.finance = member("finance@demo.invalid", Role.FINANCE_OFFICER, "seoul", "한재무(시연)")
        self.disbursing = member("disbursing@demo.invalid", Role.DISBURSING_OFFICER, "seoul", "오지출(시연)")
        self.officer = member("officer@demo.invalid", Role.DISTRICT_OFFICER, "district-11590", "이담당(시연)")
        self.manager = member("manager@demo.invalid", Role.DISTRICT_MANAGER, "district-11590", "박팀장(시연)")
        self.lines: dict[str, BudgetLine] = {}
        self._structure()
        self._money()

    def _structure(self) -> None:
        for code, name, english, restriction in CODES:
            ObjectCode.objects.get_or_create(
                code=code, defaults={"name": name, "name_en": english, "object_class": code[:3], "class_name": name,
                                     "class_name_en": english, "restriction": restriction},
            )  # fmt: skip
        made: dict[str, Project] = {}
        for sort, (path, name, english) in enumerate(TREE):
            above, _slash, _own = path.rpartition("/")
            made[path], _new = Project.objects.get_or_create(
                fiscal_year=self.year, code=f"story-{path.replace('/', '-')}",
                defaults={"level": path.count("/") + 1, "parent": made.get(above), "name": name, "name_en": english,
                          "sort": sort},
            )  # fmt: skip
        seoul, dongjak = self.city.membership.organisation, self.officer.membership.organisation
        for name, holder, path, code in (
            ("watch/201-01", seoul, "single/safety/tailored/watch", "201-01"),
            ("watch/201-02", seoul, "single/safety/tailored/watch", "201-02"),
            ("watch/101-04", seoul, "single/safety/tailored/watch", "101-04"),
            ("guard/308-01", seoul, "single/safety/tailored/guard", "308-01"),
            ("centre/201-01", seoul, "single/link/centres/programmes", "201-01"),
            ("paper/201-01", seoul, "admin/office/basic/paper", "201-01"),
            ("dongjak/308-01", dongjak, "single/safety/tailored/guard", "308-01"),
        ):
            self.lines[name] = BudgetLine.objects.create(
                organisation=holder, item=made[path], object_code_id=code, generated=name == "centre/201-01"
            )

    def post(self, kind: str, day: dt.date, *postings: Posting, title: str) -> None:
        voucher = draft_voucher(
            actor=self.city, kind=kind, fiscal_year=self.year, title=title, occurred_on=day, postings=postings
        )
        submit_voucher(voucher.pk, actor=self.city)
        approve_voucher(voucher.pk, actor=self.disbursing if kind == "expenditure" else self.finance)

    def _money(self) -> None:
        first = dt.date(self.year, 1, 2)
        given = {
            "watch/201-01": (650_000_000, 300_000_000), "watch/101-04": (345_000_000, 345_000_000),
            "guard/308-01": (321_600_000, 321_600_000), "centre/201-01": (120_000_000, 120_000_000),
            "paper/201-01": (18_400_000, 18_400_000),
        }  # fmt: skip
        self.post(
            "budget",
            first,
            *(Posting(self.lines[n], E.ORIGINAL, won) for n, (won, _a) in given.items()),
            title="본예산",
        )
        self.post(
            "allotment", first, *(Posting(self.lines[n], E.ALLOTMENT, won) for n, (_b, won) in given.items()),
            title="예산 배정",
        )  # fmt: skip
        for month in range(1, self.today.month):
            day = dt.date(self.year, month, 20)
            for name, won in (("watch/201-01", 9_800_000), ("watch/101-04", 23_100_000), ("paper/201-01", 1_150_000)):
                if month % 3 or name != "watch/201-01":
                    self.post("commitment", day, Posting(self.lines[name], E.COMMITMENT, won), title=f"{month}월 집행")
                    self.post(
                        "expenditure", day, Posting(self.lines[name], E.EXPENDITURE, won), title=f"{month}월 집행"
                    )
        self._grant()

    def _grant(self) -> None:
        grant = grants.apply_for_grant(
            city_line=self.lines["guard/308-01"], district_line=self.lines["dongjak/308-01"], amount=321_600_000,
            applied_on=dt.date(self.year, 1, 5), plan="현관 카메라 150가구", actor=self.officer,
        )  # fmt: skip
        grants.decide_grant(
            grant.pk, amount=321_600_000, decided_on=dt.date(self.year, 1, 8), conditions="목적 외 사용 금지",
            actor=self.city,
        )  # fmt: skip
        grants.disburse_grant(
            grant.pk, amount=321_300_000, disbursed_on=dt.date(self.year, 1, 10), actor=self.finance
        )  # fmt: skip
        held = self.lines["dongjak/308-01"]
        post_by_event(
            reference="story:claim", kind="execution", fiscal_year=self.year, title="도어지킴이 이용료",
            occurred_on=self.today, drafted_as=self.officer.membership, approved_as=self.manager.membership,
            organisation=self.officer.membership.organisation,
            postings=[Posting(held, kind, 115_339_000) for kind in (E.COMMITMENT, E.EXPENDITURE)],
        )  # fmt: skip
