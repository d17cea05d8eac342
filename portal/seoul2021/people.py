"""Clearly synthetic people: every name says so, every phone number is in a range that is not assigned."""

from __future__ import annotations

import datetime as dt
import io
import random

from PIL import Image, ImageDraw

from accounts.models import AdminDong, District
from programs.intake import Person

_FAMILY = "김이박최정강조윤장임한오서신권황안송전홍"
_GIVEN = ("시연", "가상", "모의", "예시", "견본", "표본", "시험", "보기")
_TAIL = "가나다라마바사아자차카타파하"
_TENURES = ("monthly", "monthly", "jeonse", "monthly_no_deposit")


class PeopleMaker:
    """Deterministic: the same seed makes the same people."""

    def __init__(self, rng: random.Random, first_number: int) -> None:
        self.rng = rng
        self.number = first_number
        self.districts = District.objects.in_bulk()
        self.dongs: dict[str, list[AdminDong]] = {}
        for dong in AdminDong.objects.order_by("code"):
            self.dongs.setdefault(dong.district_id, []).append(dong)

    def person(self, district_code: str) -> Person:
        rng = self.rng
        self.number += 1
        dong = rng.choice(self.dongs[district_code])
        return Person(
            name=f"{rng.choice(_FAMILY)}{rng.choice(_GIVEN)}{rng.choice(_TAIL)}",
            birth_date=dt.date(rng.randint(1950, 2001), rng.randint(1, 12), rng.randint(1, 28)),
            phone=f"0100{self.number:07d}",
            address=f"시연로 {rng.randint(1, 300)}, {rng.randint(101, 1205)}호",
            district=self.districts[district_code],
            household_size=1,
            tenure=rng.choice(_TENURES),
            dong=dong,
        )

    def detail(self) -> dict[str, str]:
        rng = self.rng
        return {
            "building_type": rng.choice(("villa", "villa", "studio", "detached", "apartment")),
            "has_wifi": "yes",
            "deposit": str(rng.randrange(5, 101) * 1_000_000),
            "monthly_rent": str(rng.randrange(0, 90) * 10_000),
        }


def sample_document(title: str) -> bytes:
    """A JPEG page that says it is a sample (in Latin letters: no Korean font is needed to make it)."""
    image = Image.new("RGB", (620, 877), "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((30, 30, 590, 847), outline="#8a949e", width=2)
    draw.text((60, 70), title, fill="#1e2124", font_size=28)
    draw.text((60, 120), "SAMPLE - NOT A REAL PERSON'S DOCUMENT", fill="#bd2c0f", font_size=18)
    for row in range(14):
        y = 190 + row * 42
        draw.line((60, y, 560, y), fill="#cdd1d5")
        draw.rectangle((60, y + 12, 60 + 90 + (row * 53) % 260, y + 26), fill="#e6e8ea")
    out = io.BytesIO()
    image.save(out, "JPEG", quality=60)
    return out.getvalue()
