"""Projects, their other names and lines are made by finance officers, and carried over into the next year."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.roles import Role
from budget import structure
from budget.models import BudgetLine, ObjectCode, Project, ProjectAlias
from budget.refusals import UnableToPost
from tests.budget.conftest import YEAR
from tests.factories import cast as c
from tests.programs.signed_in import client_of


@pytest.fixture
def district_finance(book):
    return c.Actor.of(c.member(Role.FINANCE_OFFICER, c.DONGJAK))


def item(code="watch"):
    return Project.objects.get(fiscal_year=YEAR, code=code)


def test_a_transfer_gets_the_line_it_needs(book):
    code = ObjectCode.objects.get(pk="308-01")
    line = structure.add_line(item=item(), object_code=code, fund="city", actor=book.finance)
    assert (line.organisation, line.current_budget) == (book.city, 0)
    with pytest.raises(UnableToPost, match="이미 있습니다"):
        structure.add_line(item=item(), object_code=code, fund="city", actor=book.finance)
    with pytest.raises(UnableToPost, match="세부항목에만"):
        structure.add_line(item=item("tailored"), object_code=code, fund="city", actor=book.finance)


def test_only_finance_officers_make_it_and_projects_only_the_citys(book, district_finance):
    asked = {"fiscal_year": YEAR, "parent": item("tailored"), "code": "light", "name": "보안등", "name_en": "Lights",
             "programme": ""}  # fmt: skip
    with pytest.raises(UnableToPost, match="재무관만"):
        structure.add_project(**asked, actor=book.officer)
    with pytest.raises(UnableToPost, match="서울시 재무관"):
        structure.add_project(**asked, actor=district_finance)
    made = structure.add_project(**asked, actor=book.finance)
    assert (made.level, made.parent.code) == (Project.Level.ITEM, "tailored")
    with pytest.raises(UnableToPost, match="코드가 이미"):
        structure.add_project(**asked, actor=book.finance)
    with pytest.raises(UnableToPost, match="세부항목 아래"):
        structure.add_project(**(asked | {"parent": made, "code": "deeper"}), actor=book.finance)
    line = structure.add_line(item=made, object_code=ObjectCode.objects.get(pk="201-01"), fund="district",
                              actor=district_finance)  # fmt: skip
    assert line.organisation == book.district


def test_next_year_begins_with_this_years_structure_and_no_money(book):
    book.give("watch-office", 1_000)
    ProjectAlias.objects.create(project=item(), name="보안관")
    assert structure.copy_structure(from_year=YEAR, to_year=YEAR + 1, actor=book.finance) == 12
    lines = BudgetLine.objects.filter(item__fiscal_year=YEAR + 1)
    assert lines.count() == BudgetLine.objects.filter(item__fiscal_year=YEAR, organisation=book.city).count()
    assert not lines.exclude(current_budget=0).exists()
    assert Project.objects.get(fiscal_year=YEAR + 1, code="watch").aliases.get().name == "보안관"
    with pytest.raises(UnableToPost, match="이미 사업이"):
        structure.copy_structure(from_year=YEAR, to_year=YEAR + 1, actor=book.finance)


def test_the_page_adds_and_says_what_is_wrong(book, django_assert_max_num_queries):
    client = client_of(book.finance)
    with django_assert_max_num_queries(25):
        page = client.get(reverse("budget:structure"), {"year": YEAR}).content.decode()
    assert "사업 추가" in page
    add = reverse("budget:structure_add", args=[YEAR, "project"])
    wrong = client.post(add, {"project-code": "큰 글자", "project-name": "", "project-name_en": ""})
    assert wrong.status_code == 422
    assert "소문자와 숫자" in wrong.content.decode()
    right = {"project-code": "new-policy", "project-name": "새 정책사업", "project-name_en": "New"}
    assert "새 정책사업" in client.post(add, right, follow=True).content.decode()
    assert "사업 추가" not in client_of(book.officer).get(reverse("budget:structure")).content.decode()
    assert client.post(reverse("budget:structure_add", args=[YEAR, "nothing"])).status_code == 404
