"""A call of the benchmarks' own, so that the demo's age and places do not matter."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from portal.seoul2021 import reference
from programs.models import Call

DETAIL = {"building_type": "villa", "has_wifi": "yes", "deposit": "10000000", "monthly_rent": "500000"}


def bench_call(name: str) -> Call:
    """Open since sixty days, with room for everybody."""
    now = timezone.now()
    call = reference.load_call(
        code=f"bench-{name}",
        title="성능 측정용 모집",
        title_en="Benchmark call",
        opens_at=now - dt.timedelta(days=60),
        closes_at=now + dt.timedelta(days=60),
        year=now.year,
        is_demo=True,
        round_=91 + ["intake", "import", "select"].index(name),
    )
    call.district_calls.update(quota=100_000)
    return Call.objects.select_related("program").get(pk=call.pk)
