"""What a verified identity means for applications already sent."""

from __future__ import annotations

from accounts.models import CitizenProfile
from programs.models import Application


def recognise_anew(profile: CitizenProfile) -> int:
    """Know a person's live applications by the index of their verified identity, so that a second one is refused as
    before; what was sent stays as it was sent. How many."""
    live = Application.objects.filter(applicant=profile.user_id, closed_at__isnull=True)
    return live.update(person_index=profile.person_index)
