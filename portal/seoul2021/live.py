"""The current year's call, marked 시연용: live cases at every stage, made through the portal's own acts."""

from __future__ import annotations

import datetime as dt
import random
import uuid

from django.utils import timezone

from accounts.models import Membership, User
from accounts.roles import Actor, Role
from portal.seoul2021 import reference
from portal.seoul2021.people import PeopleMaker
from portal.seoul2021.staff import COMPANY
from portal.seoul2021.write import write_documents
from programs import intake, selection
from programs.bulk_intake import receive_many
from programs.models import Application, Call, DistrictCall
from programs.models.applications import Channel
from programs.workflow import perform, perform_many
from safety.doorguard.seed import seed_services

BUSY = {"11590": 46, "11620": 24}  # the districts of the demo's officers
ELSEWHERE = 6
_DAY = dt.timedelta(days=1)


def load_demo_call(now: dt.datetime) -> Call:
    """Open since a hundred days, for four months more, so that the demo works on any day."""
    return reference.load_call(
        code=f"door-guard-demo-{now.year}",
        title=f"{now.year}년 1인가구 안전 도어지킴이 모집(시연용)",
        title_en=f"Door Guard {now.year} (demo)",
        opens_at=(now - 100 * _DAY).replace(hour=0, minute=0, second=0, microsecond=0),
        closes_at=(now + 120 * _DAY).replace(hour=9, minute=0, second=0, microsecond=0),
        year=now.year,
        is_demo=True,
    )


def load_live_cases(call: Call, staff: dict[tuple[str, str], Membership]) -> None:
    """Receive and work on cases in every district, at every stage up to the selection."""
    if call.applications.exists():
        return
    rng = random.Random(2)  # noqa: S311 - made-up data
    maker = PeopleMaker(rng, first_number=2_000_000)
    consents = {item.pk: True for item in call.consent_items.all()}
    now = timezone.now()
    made: list[Application] = []
    for share in call.district_calls.select_related("call__program", "district").order_by("district"):
        count = BUSY.get(share.district_id, ELSEWHERE)
        times = sorted(now - rng.uniform(0.2, 24) * _DAY for _ in range(count))
        rows = _receive(share, maker, times, consents)
        officer = Actor.of(staff[share.district_id, "officer"])
        _work_on(rows, officer, rng)
        if share.district_id in BUSY:
            made += _served_since_last_month(share, maker, staff, consents)
        _select(share, officer, Actor.of(staff[share.district_id, "manager"]), count)
        made += rows
    write_documents(made, Actor.of(staff["11590", "officer"]))
    _citizens_own(call)


def _receive(
    share: DistrictCall, maker: PeopleMaker, times: list[dt.datetime], consents: dict[int, bool]
) -> list[Application]:
    """One application a time, in their order."""
    intakes = [
        intake.Intake(
            person=maker.person(share.district_id), district_call=share, detail=maker.detail(), consents=consents,
            channel=Channel.WEB, stated_received_at=at, synthetic=True,
        )
        for at in times
    ]  # fmt: skip
    return receive_many(intakes, share, actor=Actor.system())


def _work_on(rows: list[Application], officer: Actor, rng: random.Random) -> None:
    """The older half was checked; then some of every kind; the newest have just come in."""
    acts: dict[str, list[int]] = {"start_review": [], "confirm": [], "request_supplement": [], "reject": []}
    for position, row in enumerate(rows):
        place = position / len(rows)
        if place > 0.8:
            break
        acts["start_review"].append(row.pk)
        luck = rng.random()
        if place < 0.5 and luck > 0.12:
            acts["confirm"].append(row.pk)
        elif luck > 0.75:
            acts["request_supplement"].append(row.pk)
        elif luck < 0.1:
            acts["reject"].append(row.pk)
    needs = {
        "request_supplement": {
            "note": "확정일자가 보이는 임대차계약서 사본을 다시 내 주십시오(시연용).",
            "until": timezone.localdate() + 5 * _DAY,
        },
        "reject": {"reasons": ["not_single"], "note": "등본에 세대원이 두 명입니다(시연용)."},
    }
    for name, ids in acts.items():
        perform_many(ids, name, actor=officer, data={pk: dict(needs.get(name, {})) for pk in ids})


def _select(share: DistrictCall, officer: Actor, manager: Actor, count: int) -> None:
    """A first selection is approved; in the demo's own districts a second waits for the manager."""
    places = max(count // 4, 1)
    batch = selection.draft(share, actor=officer, places=places)
    selection.approve(batch.pk, actor=manager)
    if share.district_id in BUSY:
        selection.draft(share, actor=officer, places=3)


def _served_since_last_month(
    share: DistrictCall, maker: PeopleMaker, staff: dict[tuple[str, str], Membership], consents: dict[int, bool]
) -> list[Application]:
    """The first households of the call: most had finished a service month before this calendar month began, so that a
    claim is due on any day; the others wait for a visit."""
    now = timezone.now()
    officer, manager = (Actor.of(staff[share.district_id, key]) for key in ("officer", "manager"))
    technician = Actor.of(staff[COMPANY, "company"])
    company = staff[COMPANY, "company"].organisation
    rows = _receive(share, maker, [now - (98 - n / 2) * _DAY for n in range(12)], consents)
    ids = [row.pk for row in rows]
    perform_many(ids, "confirm", actor=officer, occurred_at=now - 90 * _DAY)
    perform_many(ids, "select", actor=manager, occurred_at=now - 88 * _DAY)
    handed_at = now - 87 * _DAY
    data = {pk: {"company": company, "consented": True} for pk in ids}
    perform_many(ids, "hand_over", actor=officer, data=data, occurred_at=handed_at)
    seed_services([(row, handed_at, None, None) for row in rows], company=company)
    for number, pk in enumerate(ids[:9]):
        at = now - (82 - number / 2) * _DAY
        report = {"installed_on": timezone.localdate(at), "serial": f"SY{share.district_id}{number:04d}"}
        perform(pk, "install", actor=technician, data=report, occurred_at=at)
    perform(ids[9], "schedule_install", actor=technician, data={"visit_at": now + 2 * _DAY})
    return rows


def _citizens_own(call: Call) -> None:
    """The demo citizen has one application under review, with its letter."""
    user = User.objects.get(email="citizen@demo.invalid")
    share = DistrictCall.objects.select_related("call__program", "district").get(
        call=call, district=user.profile.district_id
    )
    application = intake.receive(
        intake.Intake(
            person=intake.Person.of(user.profile), district_call=share, applicant=user,
            detail={"building_type": "villa", "has_wifi": "yes", "deposit": "30000000", "monthly_rent": "450000"},
            consents={item.pk: item.required for item in call.consent_items.all()},
            submission_key=uuid.uuid5(uuid.NAMESPACE_OID, f"demo-citizen-{call.code}"),
        ),
        actor=Actor.citizen(user),
    )  # fmt: skip
    write_documents([application], Actor.citizen(user))
    officer = Membership.objects.select_related("user", "organisation").get(
        user__email="officer@demo.invalid", role=Role.DISTRICT_OFFICER
    )
    perform(application, "start_review", actor=Actor.of(officer))
