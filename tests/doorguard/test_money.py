"""Deposit and rent are asked in won, alike in the self-check and in the application, and limits are said in words."""

import pytest
from django.utils import translation

from accounts.roles import Actor
from programs import money
from programs.eligibility import KINDS
from programs.forms.finder import FinderForm
from programs.intake import UnableToReceive
from safety.doorguard.forms.detail import DoorGuardDetailForm
from safety.doorguard.programme import facts
from tests.factories import cast as c

HOME = {"building_type": "villa", "has_wifi": "yes"}
LEASE = {"deposit": "50,000,000", "monthly_rent": "450 000"}


def test_the_self_check_and_the_application_ask_for_won_and_understand_the_same(cast):
    finder, application = FinderForm(LEASE, actor=Actor.anonymous()), DoorGuardDetailForm(HOME | LEASE)
    for name in LEASE:
        assert finder.fields[name].label == application.fields[name].label
        assert str(application.fields[name].label).endswith("(원)")
    finder.is_valid()
    assert application.is_valid()
    asked = {"deposit": 50_000_000, "monthly_rent": 450_000}
    assert {name: finder.cleaned_data[name] for name in LEASE} == asked
    assert {name: application.cleaned_data[name] for name in LEASE} == asked
    assert {name: facts(HOME | LEASE)[name] for name in LEASE} == asked


def test_what_was_answered_in_the_self_check_comes_back_in_won(cast):
    answered = {"deposit": 50_000_000, "monthly_rent": None, "has_wifi": True, "hard_to_move": None}
    assert FinderForm.as_typed(answered)["deposit"] == 50_000_000


@pytest.mark.parametrize("deposit", ["오천만원", "-1", "1.5"])
def test_an_amount_that_is_none_is_refused_in_words(cast, deposit):
    with pytest.raises(UnableToReceive):
        cast.receive(detail=c.DETAIL | {"deposit": deposit})


@pytest.mark.parametrize(
    ("won", "words"),
    [
        (150_000_000, "1억 5,000만원"),
        (200_000_000, "2억원"),
        (8_900, "8,900원"),
        (10_012_345, "1,001만 2,345원"),
        (0, "0원"),
    ],
)
def test_amounts_are_said_in_words(won, words):
    assert money.in_words(won) == words


def test_the_limit_is_said_in_plain_words():
    describe = KINDS["max_converted_deposit"].describe
    assert describe({"won": 150_000_000}) == (
        "보증금에 월세의 100배를 더한 금액(환산보증금)이 1억 5,000만원 이하여야 합니다."
    )
    with translation.override("en"):
        assert "150,000,000 won" in describe({"won": 150_000_000})
