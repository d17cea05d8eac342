"""Small rules of the house that a reader would otherwise have to enforce."""

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
OURS = ("portal", "accounts", "notifications", "budget", "surveys", "programs", "safety", "hospital", "reports")
PYTHON = [
    path
    for app in OURS
    for path in sorted((ROOT / app).rglob("*.py"))
    if "migrations" not in path.parts and "__pycache__" not in path.parts
]


@pytest.mark.parametrize("path", PYTHON, ids=lambda p: str(p.relative_to(ROOT)))
def test_files_stay_under_400_lines(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


def test_only_the_workflow_writes_state():
    """perform() is the only writer of an application's state; intake creates the first one."""
    writers = {"programs/workflow.py", "programs/intake.py"}
    found = []
    for path in PYTHON:
        name = str(path.relative_to(ROOT))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            targets = node.targets if isinstance(node, ast.Assign) else []
            found += [
                f"{name}:{node.lineno}"
                for target in targets
                if isinstance(target, ast.Attribute)
                and target.attr == "state"
                and isinstance(target.value, ast.Name)
                and target.value.id in ("application", "row", "case")
                and name not in writers
            ]
    assert found == []


def template_names() -> set[str]:
    folder = ROOT / "templates"
    return {str(path.relative_to(folder)) for path in folder.rglob("*.html")}


def test_every_template_is_used():
    """A template is named by Python, by another template, or by a library that looks for it."""
    by_convention = re.compile(r"^(account|mfa|socialaccount|allauth|django)/|^(\d{3}|403_csrf)\.html$")
    texts = [path.read_text(encoding="utf-8") for path in PYTHON]
    texts += [path.read_text(encoding="utf-8") for path in (ROOT / "templates").rglob("*.html")]
    used = "\n".join(texts)
    assert sorted(name for name in template_names() if not by_convention.match(name) and name not in used) == []


def test_templates_are_clean_under_the_strict_policy():
    """No inline script, style or handler: the Content Security Policy would stop them."""
    bad = re.compile(
        r"<script(?![^>]*(\bsrc=|application/json))|<style|\sstyle=|\son\w+=|hx-on|javascript:", re.IGNORECASE
    )
    tags = re.compile(r"{%.*?%}")
    found = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "templates").rglob("*.html")
        if bad.search(tags.sub("", path.read_text(encoding="utf-8"))) and path.name != "500.html"
    ]
    assert found == []


def test_foreign_keys_to_people_protect():
    """Users are anonymised, never deleted."""
    for model in apps.get_models():
        for field in model._meta.get_fields():
            ours = model.__module__.split(".")[0] in OURS and not model.__name__.endswith("Event")
            if ours and field.many_to_one and field.related_model._meta.label == "accounts.User":
                assert field.remote_field.on_delete.__name__ in ("PROTECT", "DO_NOTHING"), field
