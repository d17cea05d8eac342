"""Acts on services beyond one transition: bulk hand-over, installation, dispatches, the passing of time."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Organisation
from accounts.months import add_months
from accounts.roles import Actor, Role
from programs.deadlines import SEOUL
from programs.models import Application, Consent, ConsentItem, Terms
from programs.workflow import UnableToPerform, perform, perform_many
from safety.doorguard.agreement import Agreement, terms_on
from safety.doorguard.models import Dispatch, Service
from safety.doorguard.workflow import IN_SERVICE, INSTALLED, SUBSIDY_ENDED

ANNOUNCE_DAYS = 30  # the notice that the subsidy ends goes out so many days before
BATCH = 500


def consented_ids(ids: Iterable[int]) -> set[int]:
    """Those applications whose applicant agreed that the company is given their data."""
    return set(
        Consent.objects.filter(
            application__in=list(ids),
            item__kind=ConsentItem.Kind.THIRD_PARTY,
            given=True,
            withdrawn_at__isnull=True,
        ).values_list("application_id", flat=True)
    )


@transaction.atomic
def hand_over(ids: Iterable[int], *, company: Organisation, actor: Actor) -> list[Application]:
    """Hand selected households to the company, all or none, in a constant number of statements.

    Raises UnableToPerform where one did not consent, is no longer selected, or no terms are in force;
    Application.DoesNotExist for one the actor may not see."""
    ids = list(dict.fromkeys(ids))
    if not ids:
        raise UnableToPerform(_("이관할 가구를 고르십시오."))
    if company.kind != Organisation.Kind.COMPANY:
        raise UnableToPerform(_("보안업체를 고르십시오."))
    consented = consented_ids(ids)
    data = {pk: {"company": company, "consented": pk in consented} for pk in ids}
    applications = perform_many(ids, "hand_over", actor=actor, data=data)
    now = timezone.now()
    terms = {
        district: terms_on(timezone.localdate(now), district) for district in {a.district_id for a in applications}
    }
    Service.objects.bulk_create(
        new_service(application, company, terms[application.district_id], now) for application in applications
    )
    return applications


def new_service(application: Application, company: Organisation, terms: Terms, handed_over_at: dt.datetime) -> Service:
    """The service of a household just handed over, with its terms' prices (not saved)."""
    agreement = Agreement.of(terms)
    return Service(
        application=application, company=company, district_id=application.district_id, terms=terms,
        subsidy=agreement.subsidy, self_pay=agreement.self_pay, subsidy_months=agreement.subsidy_months,
        agreement_months=agreement.agreement_months, handed_over_at=handed_over_at,
        synthetic=application.synthetic,
    )  # fmt: skip


def install(application: Application, *, installed_on: dt.date, serial: str, actor: Actor) -> Application:
    """Report an installation. Raises UnableToPerform, also when another report takes the same serial first."""
    data = {"installed_on": installed_on, "serial": serial}
    try:
        with transaction.atomic():
            return perform(application, "install", actor=actor, data=data)
    except IntegrityError as error:
        if "one_active_service_a_serial" not in str(error):
            raise
        raise UnableToPerform(
            _("이 일련번호의 기기는 이미 다른 집에서 쓰이고 있습니다. 번호를 확인하십시오.")
        ) from error


@transaction.atomic
def record_dispatch(service: Service, *, at: dt.datetime, kind: str, result: str, actor: Actor) -> Dispatch:
    """Log an emergency dispatch of a service in force. Sent twice, it is still one dispatch."""
    now = timezone.now()
    locked = Service.objects.select_for_update(of=("self",)).select_related("application").get(pk=service.pk)
    if actor.role != Role.COMPANY_STAFF or locked.company_id != actor.organisation_id:
        raise UnableToPerform(_("서비스를 맡은 보안업체만 출동을 기록할 수 있습니다."))
    if locked.installed_on is None or locked.application.state not in IN_SERVICE:
        raise UnableToPerform(_("이용 중인 서비스가 아니어서 출동을 기록할 수 없습니다."))
    if at > now or timezone.localdate(at) < locked.installed_on:
        raise UnableToPerform(_("출동 일시는 설치일과 지금 사이여야 합니다."))
    return Dispatch.objects.get_or_create(
        service=locked, at=at,
        defaults={"kind": kind, "result": result, "recorded_by": actor.membership, "recorded_at": now},
    )[0]  # fmt: skip


def advance(today: dt.date) -> dict[str, int]:
    """Bring every service up to this day: announce the end of subsidies, end them, expire agreements. Each act is
    dated when it fell due, so that it may run late or catch up on years. Returns how many of each."""
    return {
        "announce_subsidy_end": _advance(
            "announce_subsidy_end",
            today,
            state=INSTALLED,
            due=lambda s: _announcement_day(s, today),
            subsidy_end_announced_at__isnull=True,
        ),
        "end_subsidy": _advance(
            "end_subsidy", today, state=INSTALLED, due=lambda s: _months_after(s, s.subsidy_months)
        ),
        "expire": _advance("expire", today, state=SUBSIDY_ENDED, due=lambda s: _months_after(s, s.agreement_months)),
    }


def _months_after(service: Service, months: int) -> dt.date:
    assert service.installed_on is not None  # noqa: S101 - the query asks for installed ones
    return add_months(service.installed_on, months)


def _announcement_day(service: Service, today: dt.date) -> dt.date:
    """A subsidy that is over already is not announced any more."""
    ends = _months_after(service, service.subsidy_months)
    return ends - dt.timedelta(days=ANNOUNCE_DAYS) if ends > today else dt.date.max


def _advance(name: str, today: dt.date, *, state: str, due: Callable[[Service], dt.date], **conditions: bool) -> int:
    services = Service.objects.filter(
        application__state=state, installed_on__isnull=False, ended_on__isnull=True, **conditions
    ).only("pk", "installed_on", "subsidy_months", "agreement_months")
    by_day: dict[dt.date, list[int]] = defaultdict(list)
    for service in services.iterator():
        if (day := due(service)) <= today:
            by_day[day].append(service.pk)
    for day, ids in sorted(by_day.items()):
        occurred_at = dt.datetime.combine(day, dt.time(), tzinfo=SEOUL)
        for start in range(0, len(ids), BATCH):
            perform_many(ids[start : start + BATCH], name, actor=Actor.system(), occurred_at=occurred_at)
    return sum(map(len, by_day.values()))
