"""`make messages`: bring locale/en up to date with the sources, without GNU gettext.

Translations are kept, strings no longer in use are dropped, new ones are added empty. The order is that of the files,
and a place is a file without a line, so that a change of code changes few lines of the catalogue.
"""

import ast
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import polib
from babel.messages.extract import extract_python
from django.utils.translation.template import templatize

from portal.local.processes import PROJECT, main

CATALOGUE = PROJECT / "locale" / "en" / "LC_MESSAGES" / "django.po"
_APPS = ("accounts", "budget", "hospital", "notifications", "portal", "programs", "reports", "safety", "surveys")
_SOURCES = (*_APPS, "templates")
_SINGULAR = ("gettext", "gettext_lazy", "gettext_noop", "_", "__", "_t", "_lazy")
_PLURAL = ("ngettext", "ngettext_lazy")
_CONTEXT = ("pgettext", "pgettext_lazy")
_CONTEXT_PLURAL = ("npgettext", "npgettext_lazy")
_KEYWORDS = dict.fromkeys((*_SINGULAR, *_PLURAL, *_CONTEXT, *_CONTEXT_PLURAL))
_HEADER = {
    "Language": "en",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=2; plural=(n != 1);",
}


class Words(NamedTuple):
    """What names an entry of the catalogue; what it has not is empty."""

    msgid: str
    plural: str = ""
    context: str = ""


def sources() -> dict[Words, list[str]]:
    """Every string of the sources, with the files it is in."""
    found: dict[Words, list[str]] = {}
    for file in _files():
        name = str(file.relative_to(PROJECT))
        for words in _strings(file):
            files = found.setdefault(words, [])
            if name not in files:
                files.append(name)
    return found


def _files() -> Iterator[Path]:
    for folder in _SOURCES:
        for file in sorted((PROJECT / folder).rglob("*")):
            if file.suffix in (".py", ".html", ".txt") and not {"migrations", "__pycache__"} & set(file.parts):
                yield file


def held(catalogue: polib.POFile) -> dict[Words, polib.POEntry]:
    return {Words(entry.msgid, entry.msgid_plural, entry.msgctxt or ""): entry for entry in catalogue}


def _strings(file: Path) -> Iterator[Words]:
    text = file.read_text(encoding="utf-8")
    for function, texts in _python(text) if file.suffix == ".py" else _template(text):
        if not texts or not texts[0]:
            continue
        if function in _CONTEXT:
            yield Words(texts[1], context=texts[0])
        elif function in _CONTEXT_PLURAL:
            yield Words(texts[1], plural=texts[2], context=texts[0])
        else:
            yield Words(texts[0], plural=texts[1] if function in _PLURAL else "")


def _python(text: str) -> Iterator[tuple[str, list[str]]]:
    """By the syntax tree, which sees into f-strings on every Python."""
    calls = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
    for call in sorted(calls, key=lambda node: (node.lineno, node.col_offset)):
        name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
        if name in _KEYWORDS:
            arguments = [one.value for one in call.args if isinstance(one, ast.Constant)]
            yield name, [one for one in arguments if isinstance(one, str)]


def _template(text: str) -> Iterator[tuple[str, list[str]]]:
    # What is no string of ours comes back blanked out; its indentation would be none of Python's.
    text = re.sub(r"^\s+", "", templatize(text), flags=re.MULTILINE)
    for _line, function, words, _comments in extract_python(io.BytesIO(text.encode()), _KEYWORDS, [], {}):
        yield str(function), [words] if isinstance(words, str) else [word for word in words if isinstance(word, str)]


def update(_arguments: list[str]) -> int:
    known = held(polib.pofile(str(CATALOGUE)))
    catalogue = polib.POFile(wrapwidth=0)
    catalogue.metadata = _HEADER
    found = sources()
    for words, files in found.items():
        old = known.get(words)
        entry = polib.POEntry(msgid=words.msgid, msgctxt=words.context or None, occurrences=[(f, "") for f in files])
        if words.plural:
            entry.msgid_plural = words.plural
            entry.msgstr_plural = old.msgstr_plural if old else {0: "", 1: ""}
        elif old:
            entry.msgstr = old.msgstr
        if re.search(r"%\(\w+\)", words.msgid):
            entry.flags = ["python-format"]
        catalogue.append(entry)
    catalogue.save(str(CATALOGUE))
    missing = len(catalogue.untranslated_entries())
    print(f"{len(found)} strings, {missing} without a translation, {len(known.keys() - found.keys())} dropped")
    return 0


if __name__ == "__main__":
    main(update)
