"""`make messages`: bring locale/en up to date with the sources, without GNU gettext.

Translations are kept, strings no longer in use are dropped, new ones are added empty. The order is that of the files,
and a place is a file without a line, so that a change of code changes few lines of the catalogue.
"""

import ast
import io
import re
from collections.abc import Iterator
from pathlib import Path

import polib
from babel.messages.extract import extract_python
from django.utils.translation.template import templatize

from portal.local.processes import PROJECT, main

CATALOGUE = PROJECT / "locale" / "en" / "LC_MESSAGES" / "django.po"
_SOURCES = ("accounts", "notifications", "portal", "programs", "reports", "safety", "templates")
_SINGULAR = ("gettext", "gettext_lazy", "gettext_noop", "_", "__", "_t", "_lazy")
_KEYWORDS: dict = dict.fromkeys(_SINGULAR) | dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2))
_HEADER = {
    "Language": "en",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=2; plural=(n != 1);",
}


def sources() -> dict[tuple[str, str], list[str]]:
    """Every (msgid, plural or "") of the sources, with the files it is in."""
    found: dict[tuple[str, str], list[str]] = {}
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


def _strings(file: Path) -> Iterator[tuple[str, str]]:
    text = file.read_text(encoding="utf-8")
    for words in _python(text) if file.suffix == ".py" else _template(text):
        if words and words[0]:
            yield words[0], words[1] if len(words) > 1 else ""


def _python(text: str) -> Iterator[list[str]]:
    """By the syntax tree, which sees into f-strings on every Python."""
    calls = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
    for call in sorted(calls, key=lambda node: (node.lineno, node.col_offset)):
        name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
        if name in _KEYWORDS:
            arguments = [one.value for one in call.args if isinstance(one, ast.Constant)]
            yield [one for one in arguments if isinstance(one, str)]


def _template(text: str) -> Iterator[list[str]]:
    # What is no string of ours comes back blanked out; its indentation would be none of Python's.
    text = re.sub(r"^\s+", "", templatize(text), flags=re.MULTILINE)
    for _line, _function, words, _comments in extract_python(io.BytesIO(text.encode()), _KEYWORDS, [], {}):
        yield [words] if isinstance(words, str) else [word for word in words if isinstance(word, str)]


def update(_arguments: list[str]) -> int:
    known = {}
    if CATALOGUE.exists():
        known = {(entry.msgid, entry.msgid_plural): entry for entry in polib.pofile(str(CATALOGUE))}
    catalogue = polib.POFile(wrapwidth=0)
    catalogue.metadata = _HEADER
    found = sources()
    for (msgid, plural), files in found.items():
        old = known.get((msgid, plural))
        entry = polib.POEntry(msgid=msgid, occurrences=[(file, "") for file in files])
        if plural:
            entry.msgid_plural = plural
            entry.msgstr_plural = old.msgstr_plural if old else {0: "", 1: ""}
        elif old:
            entry.msgstr = old.msgstr
        if re.search(r"%\(\w+\)", msgid):
            entry.flags = ["python-format"]
        catalogue.append(entry)
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    catalogue.save(str(CATALOGUE))
    missing = len(catalogue.untranslated_entries())
    print(f"{len(found)} strings, {missing} without a translation, {len(known.keys() - found.keys())} dropped")
    return 0


if __name__ == "__main__":
    main(update)
