"""What a trip costs its user: pure arithmetic on the terms of its day. Minutes run from the meeting to the return, and
a part of a step begun is paid whole."""

from __future__ import annotations

from dataclasses import dataclass

from hospital.escort_terms import EscortTerms


@dataclass(frozen=True)
class Price:
    """`amount` won for `minutes`: the first stretch and so many further steps; 0 where exempt."""

    minutes: int
    first: int
    steps: int
    step: int
    exempt_by: str = ""

    @property
    def full(self) -> int:
        """Won before any exemption."""
        return self.first + self.steps * self.step

    @property
    def amount(self) -> int:
        return 0 if self.exempt_by else self.full

    def as_parts(self) -> dict[str, int | str]:
        """For keeping beside the amount, so that anyone can compute it again."""
        return {
            "minutes": self.minutes, "first": self.first, "steps": self.steps, "step": self.step,
            "full": self.full, "exempt_by": self.exempt_by,
        }  # fmt: skip


def price_of(minutes: int, terms: EscortTerms, *, exempt_by: str = "") -> Price:
    """The first `fee_first_minutes` cost `fee_first`, each further `fee_step_minutes` begun `fee_step`.

    2021: 5,000 won an hour (report, page 24). 2022 on: 5,000 won, then 2,500 for each half hour (domain §2.3)."""
    beyond = max(minutes - terms.fee_first_minutes, 0)
    steps = -(-beyond // terms.fee_step_minutes)
    return Price(minutes, terms.fee_first, steps, terms.fee_step, exempt_by)


def cost_of(minutes: int, terms: EscortTerms) -> int:
    """What the operator's contract gives it for these minutes, in won; fractions of ten won are dropped (지방회계법
    §55)."""
    return minutes * terms.service_price // 60 // 10 * 10
