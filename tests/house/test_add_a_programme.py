"""docs/add-a-programme.md is followed to the letter, in a copy of the project."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
BLOCK = re.compile(r"^```(\w+) (\S+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
KEPT = shutil.ignore_patterns(".git", ".venv", ".state", "node_modules", "vendor", "__pycache__", ".*_cache", "shots")


def blocks() -> list[tuple[str, str, str]]:
    return BLOCK.findall((ROOT / "docs" / "add-a-programme.md").read_text(encoding="utf-8"))


def test_it_takes_eight_files_and_two_lines():
    kinds = [kind for kind, _path, _text in blocks()]
    assert kinds.count("edit") == 2
    assert len(kinds) - kinds.count("edit") == 8
    assert all(text.count("\n") == 1 for kind, _path, text in blocks() if kind == "edit")


def follow(copy: Path) -> None:
    for kind, path, text in blocks():
        target = copy / path
        if kind != "edit":
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        elif path == "portal/settings.py":
            source = target.read_text(encoding="utf-8")
            target.write_text(source.replace('    "programs",\n', text + '    "programs",\n', 1), encoding="utf-8")
        else:
            source = target.read_text(encoding="utf-8")
            target.write_text(re.sub(r'^layers = \["portal".*\n', text, source, flags=re.MULTILINE), encoding="utf-8")
    for folder in ("wellbeing", "wellbeing/migrations", "tests/wellbeing"):
        (copy / folder / "__init__.py").touch()


@pytest.mark.slow
def test_a_stranger_adds_a_programme_by_the_page(tmp_path):
    copy = tmp_path / "portal-copy"
    shutil.copytree(ROOT, copy, ignore=KEPT)
    follow(copy)
    env = os.environ | {"TEST_DATABASE": f"{os.environ.get('TEST_DATABASE', 'test_ansim')}_wellbeing"}
    for command in (
        [sys.executable, "-m", "pytest", "-q", "tests/wellbeing"],
        [sys.executable, "manage.py", "makemigrations", "--check", "--dry-run", "wellbeing"],
    ):
        done = subprocess.run(
            command, cwd=copy, env=env | {"DEMO": "1"}, capture_output=True, text=True, timeout=300, check=False
        )
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
