"""The public offices every installation has: the city, its council and the 25 district offices."""

from __future__ import annotations

from typing import Any

from accounts.models import District, Organisation

CITY = "seoul"


def ensure_offices() -> None:
    """Make those that are missing; what was edited since stays."""
    rows: list[dict[str, Any]] = [
        {"code": CITY, "kind": "city", "name": "서울특별시", "name_en": "Seoul Metropolitan Government",
         "unit": "1인가구 특별대책추진단", "phone": "120"},
        {"code": "council", "kind": "council", "name": "서울특별시의회", "name_en": "Seoul Metropolitan Council"},
        *(
            {"code": f"district-{d.code}", "kind": "district", "name": f"{d.name_ko}청",
             "name_en": f"{d.name_en} Office", "district": d, "unit": "1인가구 담당", "phone": "120"}
            for d in District.objects.order_by("code")
        ),
    ]  # fmt: skip
    for row in rows:
        Organisation.objects.get_or_create(code=row.pop("code"), defaults=row)
