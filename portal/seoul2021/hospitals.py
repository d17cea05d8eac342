"""Well-known hospitals as sample data: name, kind and district, nothing that was not sure. The national list replaces
them by an import (hospital.hospital_import)."""

from __future__ import annotations

import csv
from pathlib import Path

from accounts.bulk import insert_many
from hospital.models import Hospital

FILE = Path(__file__).resolve().parent / "hospitals.csv"
SOURCE = "시연용 예시(널리 알려진 병원의 이름과 소재지)"


def load_hospitals() -> None:
    """Where there are none yet."""
    if Hospital.objects.exists():
        return
    with FILE.open(encoding="utf-8") as file:
        insert_many(
            Hospital(
                code=row["code"], name=row["name"], kind=row["kind"], region=row["region"],
                district_id=row["district"] or None, source=SOURCE,
            )
            for row in csv.DictReader(file)
        )  # fmt: skip
