from accounts.models.access import AccessLog, AccessRequest, Destruction, LogReview
from accounts.models.organisations import AdminDong, District, Membership, Organisation
from accounts.models.people import CitizenProfile, IdentityAttempt, PartnerToken, User

__all__ = [
    "AccessLog",
    "AccessRequest",
    "AdminDong",
    "CitizenProfile",
    "Destruction",
    "District",
    "IdentityAttempt",
    "LogReview",
    "Membership",
    "Organisation",
    "PartnerToken",
    "User",
]
