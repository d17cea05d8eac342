"""The hospital escort's tables."""

from hospital.models.calls import CallRecord, Incident
from hospital.models.dispatching import Assignment, Offer
from hospital.models.limits import Measure, Per, TripUse, UsageCounter
from hospital.models.managers import Absence, Credential, EscortManager, Shift
from hospital.models.money import Fee, Payment, Settlement, SettlementLine
from hospital.models.people import Ban, EscortConsent, FreeProof, ServiceUser
from hospital.models.places import Hospital, HospitalFile
from hospital.models.plans import DispatchPlan, PlanLine
from hospital.models.trips import (
    ENDED,
    LIVE,
    UNDER_WAY,
    Mobility,
    Purpose,
    State,
    Trip,
    TripConsent,
    TripEvent,
    UnmetDemand,
)

__all__ = [
    "ENDED",
    "LIVE",
    "UNDER_WAY",
    "Absence",
    "Assignment",
    "Ban",
    "CallRecord",
    "Credential",
    "DispatchPlan",
    "EscortConsent",
    "EscortManager",
    "Fee",
    "FreeProof",
    "Hospital",
    "HospitalFile",
    "Incident",
    "Measure",
    "Mobility",
    "Offer",
    "Payment",
    "Per",
    "PlanLine",
    "Purpose",
    "ServiceUser",
    "Settlement",
    "SettlementLine",
    "Shift",
    "State",
    "Trip",
    "TripConsent",
    "TripEvent",
    "TripUse",
    "UnmetDemand",
    "UsageCounter",
]
