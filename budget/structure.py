"""Making the structure of a fiscal year: projects, their other names, lines; and next year's from this one's.

Projects are the same for all who hold budget, so the city's finance officer makes them; a line is made by the finance
officer of the organisation that will hold it. Amounts come by vouchers alone."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation
from accounts.roles import Actor, Role
from budget.models import BudgetLine, ObjectCode, Project, ProjectAlias
from budget.refusals import UnableToPost

FIRST_YEAR, LAST_YEAR = 2000, 2100


def _expect_finance(actor: Actor, *, of_the_city: bool) -> Organisation:
    """The organisation whose finance officer acts. Raises UnableToPost."""
    if actor.role != Role.FINANCE_OFFICER or actor.membership is None:
        raise UnableToPost(_("재무관만 예산 과목을 만들 수 있습니다."))
    if of_the_city and actor.district_id is not None:
        raise UnableToPost(_("사업은 서울시 재무관이 만듭니다. 필요한 사업이 없으면 서울시에 요청하십시오."))
    return actor.membership.organisation


@transaction.atomic
def add_project(
    *, fiscal_year: int, parent: Project | None, code: str, name: str, name_en: str, programme: str, actor: Actor
) -> Project:
    """A project one level below its parent; without one, a policy project. Raises UnableToPost."""
    _expect_finance(actor, of_the_city=True)
    if parent and (parent.level == Project.Level.ITEM or parent.fiscal_year != fiscal_year):
        raise UnableToPost(_("세부항목 아래에는 사업을 둘 수 없습니다. 위 사업을 다시 고르십시오."))
    level = parent.level + 1 if parent else Project.Level.POLICY
    siblings = Project.objects.filter(fiscal_year=fiscal_year, parent=parent).order_by("-sort")
    last = siblings.values_list("sort", flat=True).first() or 0
    try:
        with transaction.atomic():
            return Project.objects.create(
                fiscal_year=fiscal_year, level=level, parent=parent, code=code, name=name, name_en=name_en,
                programme=programme, sort=last + 10,
            )  # fmt: skip
    except IntegrityError as error:
        raise UnableToPost(_("그 회계연도에 ‘%(code)s’ 코드가 이미 있습니다.") % {"code": code}) from error


@transaction.atomic
def add_alias(*, project: Project, name: str, source: str, actor: Actor) -> ProjectAlias:
    """Another name by which documents call it; e-호조 files are read by it."""
    _expect_finance(actor, of_the_city=True)
    return ProjectAlias.objects.get_or_create(project=project, name=name, defaults={"source": source})[0]


@transaction.atomic
def add_line(*, item: Project, object_code: ObjectCode, fund: str, actor: Actor) -> BudgetLine:
    """A line of the actor's organisation, with nothing on it yet. Raises UnableToPost."""
    holder = _expect_finance(actor, of_the_city=False)
    if item.level != Project.Level.ITEM:
        raise UnableToPost(_("예산 과목은 세부항목에만 둘 수 있습니다."))
    try:
        with transaction.atomic():
            return BudgetLine.objects.create(organisation=holder, item=item, object_code=object_code, fund=fund)
    except IntegrityError as error:
        raise UnableToPost(_("같은 예산 과목이 이미 있습니다.")) from error


@transaction.atomic
def copy_structure(*, from_year: int, to_year: int, actor: Actor) -> int:
    """Projects, other names and the city's lines of one year into another that has none; the number of projects."""
    _expect_finance(actor, of_the_city=True)
    if not FIRST_YEAR <= to_year <= LAST_YEAR:
        raise UnableToPost(_("회계연도는 2021처럼 네 자리로 적으십시오."))
    if Project.objects.filter(fiscal_year=to_year).exists():
        raise UnableToPost(_("%(year)s년에는 이미 사업이 있습니다. 하나씩 추가하십시오.") % {"year": to_year})
    made: dict[int | None, Project] = {}
    for old in Project.objects.filter(fiscal_year=from_year).order_by("level", "sort", "id"):
        parent = made.get(old.parent_id)
        made[old.pk] = Project.objects.create(
            fiscal_year=to_year, level=old.level, parent=parent, code=old.code, name=old.name, name_en=old.name_en,
            programme=old.programme, generated=old.generated, sort=old.sort,
        )  # fmt: skip
    if not made:
        raise UnableToPost(_("%(year)s년 예산이 없습니다.") % {"year": from_year})
    ProjectAlias.objects.bulk_create(
        ProjectAlias(project=made[alias.project_id], name=alias.name, source=alias.source)
        for alias in ProjectAlias.objects.filter(project__in=list(made)).order_by("pk")
    )
    BudgetLine.objects.bulk_create(
        BudgetLine(
            organisation_id=line.organisation_id, item=made[line.item_id], object_code_id=line.object_code_id,
            fund=line.fund, generated=line.generated,
        )
        for line in BudgetLine.objects.filter(organisation=actor.organisation_id, item__in=list(made)).order_by("pk")
    )  # fmt: skip
    return len(made)
