"""What a workflow is made of: states, transitions, and the act that goes through one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _

from accounts.roles import Actor, Role
from programs.deadlines import WorkingCalendar
from programs.models import Application, ApplicationEvent

Text = Any  # str or a lazy translation


class UnableToPerform(Exception):
    """The act is not possible now; `str()` says why, for the person who tried."""


class ChangedMeanwhile(UnableToPerform):
    """Someone else acted first; `events` are what happened since the version that was on the screen."""

    def __init__(self, events: list[ApplicationEvent]) -> None:
        super().__init__(_("다른 담당자가 먼저 처리하였습니다. 바뀐 내용을 확인하고 다시 하십시오."))
        self.events = events


@dataclass
class Act:
    """One application on its way through one transition. Effects change `application` and fill `record`."""

    application: Application
    actor: Actor
    now: dt.datetime
    data: dict[str, Any] = field(default_factory=dict)
    calendar: WorkingCalendar = field(default_factory=WorkingCalendar)
    record: dict[str, Any] = field(default_factory=dict)  # goes into the event; never personal data
    target: str = ""  # an effect may choose among several


Guard = Callable[[Application, Actor, dt.datetime, dict[str, Any]], str | None]
Effect = Callable[[Act], None]


@dataclass(frozen=True)
class StateInfo:
    """What a state means: its words for staff and for the citizen, and what it does to places and to the case."""

    code: str
    label: Text
    tone: str = "neutral"  # neutral, info, progress, warning, success, danger
    plain: Text = ""  # for the citizen: what it means
    next: Text = ""  # for the citizen: what happens next
    holds_place: bool = False
    closes: bool = False


@dataclass(frozen=True)
class Transition:
    """One arrow; empty `sources` means from any state. `needs` are the inputs asked for; `letter` the notice it sends;
    `hidden` ones have no button. `moves_places` ones may free or take a place: they lock the district call before the
    row. `plain` tells the citizen what happened; without it the label does, and only where the state changed."""

    name: str
    label: Text
    sources: tuple[str, ...]
    target: str | None  # None: the state stays, or the effect sets act.target
    roles: tuple[Role, ...]
    guard: Guard | None = None
    effect: Effect | None = None
    needs: tuple[str, ...] = ()
    letter: str | None = None
    tone: str = "neutral"
    hidden: bool = False
    moves_places: bool = False
    plain: Text = ""

    def leaves(self, state: str) -> bool:
        """Whether this act is there at all in that state."""
        return not self.sources or state in self.sources


@dataclass(frozen=True)
class Workflow:
    states: dict[str, StateInfo]
    transitions: dict[str, Transition]

    def without(self, *names: str) -> Workflow:
        return replace(self, transitions={k: v for k, v in self.transitions.items() if k not in names})

    def adding(self, *transitions: Transition, states: Iterable[StateInfo] = ()) -> Workflow:
        """A wider workflow; a transition of the same name replaces the standard one."""
        return Workflow(
            self.states | {state.code: state for state in states},
            self.transitions | {transition.name: transition for transition in transitions},
        )

    def widening(self, name: str, *, sources: tuple[str, ...]) -> Workflow:
        """The same transition also from these states."""
        old = self.transitions[name]
        return self.adding(replace(old, sources=old.sources + sources))

    def __post_init__(self) -> None:
        for transition in self.transitions.values():
            for state in (*transition.sources, *([transition.target] if transition.target else [])):
                if state not in self.states:
                    raise ValueError(f"transition {transition.name} names the unknown state {state}")
