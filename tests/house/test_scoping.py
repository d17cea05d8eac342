"""Nobody forgets the row rules: in views, forms and api, `X.objects` is followed by `.visible_to(`."""

import ast
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.checks import run_checks
from django.db import models

from accounts.scoping import Unscoped

ROOT = Path(settings.BASE_DIR)
OURS = ("accounts", "notifications", "budget", "surveys", "programs", "safety", "hospital", "reports")
# Public reference rows that choices are made of; their scope shows them to everyone.
OPEN_TO_ALL = {"District", "AdminDong"}
# Managers that narrow to the session's own rows by their own name.
OWN_ROWS = {("accounts/views/session.py", "Membership")}


def guarded_files() -> list[Path]:
    files = []
    for app in OURS:
        for path in sorted((ROOT / app).rglob("*.py")):
            parts = set(path.relative_to(ROOT).parts)
            if parts & {"views", "views.py", "forms", "forms.py", "api", "api.py"}:
                files.append(path)
    return files


def unguarded(path: Path) -> list[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    found = []
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Attribute) and node.attr == "objects" and isinstance(node.value, ast.Name)):
            continue
        name = node.value.id
        after = parents.get(node)
        if isinstance(after, ast.Attribute) and after.attr in ("visible_to", "none"):  # none() reads nothing
            continue
        if name in OPEN_TO_ALL or (str(path.relative_to(ROOT)), name) in OWN_ROWS:
            continue
        found.append(f"{path.relative_to(ROOT)}:{node.lineno} {name}.objects")
    return found


def test_views_forms_and_api_go_through_visible_to():
    assert [line for path in guarded_files() for line in unguarded(path)] == []


def test_the_guard_itself_sees_a_forgotten_rule(tmp_path):
    bad = ROOT / "programs" / "views" / "home.py"
    assert unguarded(bad) == []
    tree = "from x import Call\nCall.objects.all()\nCall.objects.visible_to(1)\n"
    file = ROOT / ".tmp" / "bad.py"
    file.parent.mkdir(exist_ok=True)
    file.write_text(tree)
    try:
        assert unguarded(file) == [".tmp/bad.py:2 Call.objects"]
    finally:
        file.unlink()


def test_every_model_has_a_row_rule_or_a_named_exemption():
    assert run_checks(tags=["scoping"]) == []


def test_a_model_without_a_rule_is_an_error():
    class Forgotten(models.Model):  # noqa: DJ008
        class Meta:
            app_label = "programs"

    try:
        assert [error.id for error in run_checks(tags=["scoping"])] == ["accounts.E001"]
    finally:
        del apps.all_models["programs"]["forgotten"]
        apps.clear_cache()


def test_exemptions_say_why():
    exempt = [m.scope for m in apps.get_models() if isinstance(getattr(m, "scope", None), Unscoped)]
    assert exempt
    assert all(len(scope.why) > 20 for scope in exempt)


LAYERS = ["accounts", "notifications", "budget", "surveys", "programs", "doorguard", "hospital", "reports"]


@pytest.mark.parametrize("model", apps.get_models(), ids=lambda m: m._meta.label)
def test_foreign_keys_point_down_the_layers(model):
    """import-linter cannot see ForeignKey("app.Model") written as a string."""
    own = model._meta.app_label
    if own not in LAYERS:
        return
    for field in model._meta.get_fields():
        if field.many_to_one or (field.one_to_one and field.concrete):
            other = field.related_model._meta.app_label
            if other in LAYERS:
                assert LAYERS.index(other) <= LAYERS.index(own), f"{model.__name__}.{field.name} → {other}"
