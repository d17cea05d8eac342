"""The printing rules, by example and for any number."""

import datetime as dt
import unicodedata
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.document import (
    COUNT,
    COUNT_DASH,
    GROWTH,
    MILLION,
    PERCENT,
    PERCENT_DASH,
    THOUSAND,
    THOUSAND_DASH,
    Form,
    Number,
    Pair,
    day,
    full_day,
    growth,
    month,
    plain,
    printed,
    rate,
)
from reports.document.printing import normalised, printed_pair

AMOUNTS = st.integers(-(10**15), 10**15)


@pytest.mark.parametrize(
    ("value", "form", "text"),
    [
        (1_063_520, COUNT, "1,063,520"),
        (0, COUNT, "0"),
        (0, COUNT_DASH, "-"),
        (None, COUNT, "-"),
        (-349_800_000, THOUSAND, "△349,800"),
        (4_061_519_000, MILLION, "4,062"),
        (500_000, MILLION, "1"),
        (499_999, MILLION, "0"),
        (-500_000, MILLION, "△1"),
        (-499_999, MILLION, "0"),
        (1, Form(scale=1000, zero="-"), "0"),
        (rate(2_203_538, 4_061_519), PERCENT, "54.3%"),
        (rate(9_976, 20_000), PERCENT, "49.9%"),
        (rate(185_000, 185_000), PERCENT, "100%"),
        (rate(9_996, 10_000), PERCENT, "100.0%"),
        (rate(1, 2), PERCENT, "50%"),
        (rate(0, 380_000), PERCENT_DASH, "-"),
        (rate(0, 380_000), PERCENT, "0%"),
        (rate(1, 0), PERCENT_DASH, "-"),
        (Decimal("0.52149"), PERCENT, "52.1%"),
        (Decimal("0.5215"), PERCENT, "52.2%"),
        (growth(0, 4_062), GROWTH, "순증"),
        (growth(100, 125), GROWTH, "25%"),
        (growth(200, 150), GROWTH, "△25%"),
        (Decimal("1.75"), Form(decimals=1), "1.8"),
    ],
)
def test_numbers_print_as_the_report_does(value, form, text):
    assert printed(Number(value, form)) == text


def test_a_unit_stands_right_behind():
    assert printed(Number(1077, unit="건")) == "1,077건"
    assert printed(Number(None, unit="건")) == "-"


def test_pairs():
    thousand = [Number(value * 1000, THOUSAND_DASH) for value in (614_954, 1_039_250, 0)]
    assert printed_pair(Pair(thousand[0], thousand[1], "under")) == "614,954\n(1,039,250)"
    assert printed_pair(Pair(thousand[2], thousand[1], "under")) == "-\n(1,039,250)"
    assert printed_pair(Pair(Number(32), Number(31))) == "32/31"
    assert printed_pair(Pair(Number(0), Number(1))) == "0/1"
    assert printed_pair(Pair(Number(None), Number(None))) == "-"
    assert printed_pair(Pair(Number(None), Number(4_061_519_000, MILLION), "above")) == "(×-)\n4,062"


def test_days():
    date = dt.date(2021, 10, 2)
    assert (day(date), full_day(date), month(date)) == ("’21. 10. 2.", "2021. 10. 2.", "’21. 10월")


def test_characters_that_fonts_lack_become_the_same_ones_they_have():
    assert normalised("연령･성별ㆍ소득별‧영상․포스터 ｢가｣ ∙나") == "연령·성별·소득별·영상·포스터 「가」 •나"
    assert normalised("\u1100\u1161\u00a0a\tb\r\nc\x00\u200b") == "가 a b\nc"


def test_the_words_of_a_line_hold_its_numbers():
    assert plain(("예산현액 ", Number(4_061_519_000, MILLION, "백만원"), ", 집행")) == "예산현액 4,062백만원, 집행"


def read_back(text: str) -> int:
    return int(text.replace(",", "").replace("△", "-"))


@given(AMOUNTS)
def test_whole_numbers_print_exactly(value):
    assert read_back(printed(Number(value))) == value


@given(AMOUNTS, st.sampled_from([1_000, 1_000_000]))
def test_scaled_amounts_are_rounded_half_up(value, scale):
    shown = read_back(printed(Number(value, Form(scale=scale))))
    away = abs(Fraction(value, scale)) + Fraction(1, 2)
    assert abs(shown) == away.numerator // away.denominator
    assert shown == 0 or (shown < 0) == (value < 0)


@given(st.integers(0, 10**13), st.integers(1, 10**13))
def test_rates_have_one_decimal_half_up(part, whole):
    text = printed(Number(rate(part, whole), PERCENT))
    exact = Decimal(part) * 100 / Decimal(whole)
    assert Decimal(text.removesuffix("%").replace(",", "")) == exact.quantize(Decimal("0.1"), ROUND_HALF_UP)
    assert ("." in text) == (Fraction(part * 100, whole).denominator != 1)


@given(st.one_of(st.none(), AMOUNTS), st.booleans())
def test_a_dash_is_printed_for_nothing_only(value, dashed):
    text = printed(Number(value, COUNT_DASH if dashed else COUNT))
    assert (text == "-") == (value is None or (dashed and value == 0))
    assert "-0" not in text
    assert not text.startswith("△0")


@given(st.text())
def test_normalised_text_is_composed_and_stays_so(text):
    once = normalised(text)
    assert normalised(once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert not [c for c in once if c != "\n" and unicodedata.category(c) == "Cc"]
