from safety.doorguard.models.claims import Claim, ClaimLine
from safety.doorguard.models.detail import BuildingType, DoorGuardDetail
from safety.doorguard.models.services import Dispatch, Relocation, Service, Termination

__all__ = [
    "BuildingType",
    "Claim",
    "ClaimLine",
    "Dispatch",
    "DoorGuardDetail",
    "Relocation",
    "Service",
    "Termination",
]
