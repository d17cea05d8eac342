"""Downloads and imports, as a worker makes them."""

from __future__ import annotations

from bench.databases import LARGE, Databases, inside
from bench.harness import ROUNDS, Result, single

EXPORTED = 200_000


def export(databases: Databases) -> list[Result]:
    """200,000 rows into a sealed file, logged; a new process each time, whose growth over its idle size is told."""
    if LARGE < EXPORTED * 1.1:
        print(f"export_200k_*: left out, the large database has only {LARGE:,} applications", flush=True)
        return []
    inside("bench.tasks.files.export", databases.large, rows=5_000)
    made = [inside("bench.tasks.files.export", databases.large, rows=EXPORTED) for _ in range(ROUNDS)]
    return [
        single("export_200k_seconds", "s", [one["seconds"] for one in made]),
        single("export_200k_peak_mb", "MB", [one["peak_mb"] for one in made]),
    ]


def import_file(databases: Databases) -> list[Result]:
    """A workbook of 10,000 paper applications: checked, and then taken in."""
    pairs = inside("bench.tasks.files.import_10k", databases.fresh(), rounds=ROUNDS)
    previews, takes = zip(*pairs, strict=True)
    return [
        single("import_preview_10k_seconds", "s", list(previews)),
        single("import_10k_seconds", "s", list(takes)),
    ]
