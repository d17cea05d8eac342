"""What leaving the portal means for a person's applications: none may be running, and drafts go."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from programs.expiry import discard_draft
from programs.models import Application, ApplicationDraft


def has_running_application(user: User) -> Promise | None:
    if Application.objects.filter(applicant=user).live().exists():
        return _("진행 중인 신청이나 쓰고 있는 지원이 있습니다. 신청을 취하하거나 지원이 끝난 뒤 탈퇴하십시오.")
    return None


def discard_drafts(user: User) -> int:
    """Delete the person's drafts; how many files went. Call inside the transaction of leaving."""
    return sum(discard_draft(draft) for draft in ApplicationDraft.objects.filter(owner=user).select_for_update())
