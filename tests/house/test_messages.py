"""The English catalogue is whole: every string of the sources, translated, with the placeholders of its Korean."""

import re

import polib
import pytest

from portal.local.extract import CATALOGUE, held, sources

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%|{\w*}")
HANGUL = re.compile(r"[가-힣]")


@pytest.fixture(scope="module")
def catalogue():
    return polib.pofile(str(CATALOGUE))


def translations(entry):
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def test_it_holds_the_strings_of_the_sources_and_no_others(catalogue):
    """`make messages` mends what this finds."""
    wanted, kept = sources().keys(), held(catalogue).keys()
    assert (wanted - kept, kept - wanted) == (set(), set())


def test_every_string_is_translated(catalogue):
    unfinished = [entry.msgid for entry in catalogue if entry.fuzzy or not all(translations(entry))]
    assert unfinished == []


def test_placeholders_are_the_same_on_both_sides(catalogue):
    broken = [
        (entry.msgid, words)
        for entry in catalogue
        for words in translations(entry)
        if sorted(PLACEHOLDER.findall(words)) != sorted(PLACEHOLDER.findall(entry.msgid))
    ]
    assert broken == []


def test_no_korean_is_left_in_the_english(catalogue):
    assert [entry.msgid for entry in catalogue if HANGUL.search("".join(translations(entry)))] == []
