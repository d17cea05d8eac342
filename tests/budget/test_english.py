"""The budget's pages in English: every heading, tab and column, with nothing left in Korean but what people named."""

import re

import pytest
from django.conf import settings
from django.urls import reverse

from tests.budget.conftest import YEAR
from tests.programs.signed_in import client_of

PAGES = (
    ("tree", ()), ("waiting", ()), ("vouchers", ()), ("voucher_new", ("commitment",)), ("voucher_new", ("budget",)),
    ("transfers", ()), ("transfers_due", ()), ("transfer_new", ()), ("grants", ()), ("months", ()), ("advances", ()),
    ("closing", ()), ("structure", ()), ("execution_files", ()),
)  # fmt: skip


@pytest.mark.parametrize(("name", "args"), PAGES, ids=[f"{name}{args}" for name, args in PAGES])
def test_a_page_speaks_english(book, name, args):
    book.give("watch-office", 1_000)
    client = client_of(book.officer)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    page = client.get(reverse(f"budget:{name}", args=args), {"year": YEAR}).content.decode()
    assert '<html lang="en"' in page
    parts = re.findall(r"<(?:h1|h2|th scope=\"col\"|label|summary)[^>]*>(.*?)</", page, re.DOTALL)
    parts += re.findall(r"<nav class=\"tabs\".*?</nav>", page, re.DOTALL)
    texts = [re.sub(r"<[^>]*>", "", part).strip() for part in parts]
    named = ("사업", "서울시")  # what the budget book of the tests calls its projects, and the city
    korean = [text for text in texts if re.search("[가-힣]", text) and not any(word in text for word in named)]
    assert korean == []
