"""The self-check (자가진단): which programmes a person can get, cannot get, and could get, from the dated rules.

Only the year of birth is asked. Where the answer depends on the birthday, the rule counts as not yet known.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import CitizenProfile
from accounts.models.people import Tenure
from accounts.roles import Actor
from programs.deadlines import SEOUL
from programs.eligibility import KINDS, QUESTION, Facts, Verdict, evaluate, rules_of
from programs.models import Call, DistrictCall, EligibilityRule, Program
from programs.selectors import catalogue
from programs.selectors.catalogue import Standing

# Rules a person can come to meet without moving house: said as "you could, if".
CHANGEABLE = {
    "has_wifi": gettext_lazy("무선인터넷(Wi-Fi) 공유기를 설치하면 신청할 수 있습니다."),
}
_ANSWERS = (
    "district", "birth_year", "household_size", "tenure", "deposit", "monthly_rent", "has_wifi", "hard_to_move",
)  # fmt: skip
_NO_DEPOSIT = (Tenure.OWNED, Tenure.FREE, Tenure.MONTHLY_NO_DEPOSIT)
_NO_RENT = (Tenure.OWNED, Tenure.FREE, Tenure.JEONSE)
NO_CALL = gettext_lazy("정해진 모집 없이 따로 신청합니다. 자세한 방법을 확인하십시오.")


def facts_of(profile: CitizenProfile | None, answers: dict[str, Any]) -> Facts:
    """What is known of a person: the self-check's answers, overruled by the profile where there is one."""
    facts: Facts = {name: answers.get(name) for name in _ANSWERS}
    facts["district"], facts["tenure"] = facts["district"] or None, facts["tenure"] or None
    if profile:
        facts |= profile.facts()
    if facts["tenure"] in _NO_DEPOSIT:
        facts["deposit"] = facts["deposit"] or 0
    if facts["tenure"] in _NO_RENT:
        facts["monthly_rent"] = facts["monthly_rent"] or 0
    return facts


def verdicts_of(rules: Iterable[EligibilityRule], facts: Facts, day: dt.date) -> list[Verdict]:
    """Every rule's verdict; with only a year of birth, both ends of that year must agree."""
    rules = list(rules)
    if facts.get("birth_date") or not facts.get("birth_year"):
        return evaluate(rules, facts, day)
    youngest = evaluate(rules, facts | {"birth_date": dt.date(facts["birth_year"], 12, 31)}, day)
    oldest = evaluate(rules, facts | {"birth_date": dt.date(facts["birth_year"], 1, 1)}, day)
    return [a if a.met == b.met else replace(a, met=None) for a, b in zip(youngest, oldest, strict=True)]


def missing_of(verdict: Verdict, facts: Facts) -> str:
    """What to answer, or what it depends on, before this rule can be judged."""
    needs = KINDS[verdict.rule.kind].needs
    if "birth_date" in needs and facts.get("birth_year"):
        return _("생일이 지났는지에 따라 다릅니다.")
    if "birth_date" in needs and not facts.get("birth_date"):
        return _("더 알려 주십시오: %(what)s") % {"what": QUESTION["birth_date"]}
    unknown = [str(QUESTION[name]) for name in needs if facts.get(name) in (None, "")]
    return _("더 알려 주십시오: %(what)s") % {"what": ", ".join(unknown)}


@dataclass(frozen=True)
class Reason:
    """One sentence of a result: the rule, since when it holds, and where it is written."""

    text: str
    note: str | Promise = ""
    since: dt.date | None = None
    basis: str = ""


@dataclass(frozen=True)
class Finding:
    """One programme's result. `group` is can, could or cannot."""

    program: Program
    group: str
    call: Call | None = None
    share: DistrictCall | None = None
    standing: Standing | None = None
    reasons: list[Reason] = field(default_factory=list)


def find(actor: Actor, facts: Facts, now: dt.datetime) -> list[Finding]:
    """A result for every published programme, in four queries."""
    district = facts.get("district")
    programs = list(catalogue.programmes(actor, now))
    calls = catalogue.current_calls(actor, [program.pk for program in programs], now)
    ids = [call.pk for call in calls.values()]
    day = now.astimezone(SEOUL).date()
    rules, shares = rules_of(ids, day), catalogue.shares_in(actor, ids, district)
    findings = []
    for program in programs:
        call = calls.get(program.pk)
        if call is None:
            findings.append(_without_call(program))
            continue
        share = shares.get(call.pk)
        state = catalogue.standing(call, share, district, now)
        verdicts = verdicts_of(rules[call.pk], facts, day)
        findings.append(_judge(Finding(program, "can", call, share, state), verdicts, facts))
    return findings


def _without_call(program: Program) -> Finding:
    ended = program.reception == catalogue.Reception.CLOSED  # type: ignore[attr-defined]  # annotated
    reason = Reason(_("이 사업은 끝났습니다.")) if ended else Reason(str(NO_CALL))
    return Finding(program, "cannot" if ended else "can", reasons=[reason])


def _judge(finding: Finding, verdicts: list[Verdict], facts: Facts) -> Finding:
    refused = [v for v in verdicts if v.met is False]
    final = [v for v in refused if v.rule.kind not in CHANGEABLE]
    unknown = [v for v in verdicts if v.met is None]
    if finding.standing and finding.standing.code in ("closed", "full", "elsewhere"):
        reasons = [Reason(str(finding.standing.text)), *map(reason_of, refused)]
        return replace(finding, group="cannot", reasons=reasons)
    if final:
        return replace(finding, group="cannot", reasons=[reason_of(v) for v in refused])
    if refused or unknown:
        open_ends = [reason_of(v, CHANGEABLE[v.rule.kind]) for v in refused]
        open_ends += [reason_of(v, missing_of(v, facts)) for v in unknown]
        return replace(finding, group="could", reasons=open_ends)
    return replace(finding, reasons=[reason_of(v) for v in verdicts])


def reason_of(verdict: Verdict, note: str | Promise = "") -> Reason:
    return Reason(verdict.text, note, verdict.since, verdict.rule.basis)
