"""Sessions of the demo's staff, and citizens one tap before they submit."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from itertools import cycle, islice
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.crypto import get_random_string

from accounts.middleware import ACTING
from accounts.models import CitizenProfile, District, Membership, User
from accounts.models.people import person_index
from accounts.sessions import SessionStore
from bench.tasks.calls import DETAIL, bench_call
from programs.applying import required_documents
from programs.models import ApplicationDraft, Call, ConsentItem, Document

DAY = dt.timedelta(days=1)


def session_row(user: User, **values: Any) -> Session:
    """The row of a session as signing in leaves it, not yet saved."""
    data = {
        SESSION_KEY: str(user.pk),
        BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
        HASH_SESSION_KEY: user.get_session_auth_hash(),
        **values,
    }
    return Session(
        session_key=get_random_string(32), session_data=SessionStore().encode(data), expire_date=timezone.now() + DAY
    )


def session_of(*, email: str) -> str:
    """The key of a new session of this demo account, acting in its membership."""
    user = User.objects.get(email=email)
    membership = Membership.objects.in_force().filter(user=user).first()
    acting = {ACTING: membership.pk} if membership else {}
    session = session_row(user, account_authentication_methods=[{"method": "mfa"}], **acting)
    session.save()
    return session.session_key


def drafts(*, count: int) -> dict[str, Any]:
    """`people`: as many [session, draft key] of citizens of all districts, each with everything answered and the
    required documents in place, so that only the submit is left; `call`: the code of the call."""
    call = bench_call("intake")
    profiles = citizens(list(islice(cycle(District.objects.order_by("pk")), count)))
    consents = dict.fromkeys(ConsentItem.objects.filter(call=call).values_list("pk", flat=True), True)
    made = ApplicationDraft.objects.bulk_create(_draft(call, profile, consents) for profile in profiles)
    Document.objects.bulk_create(
        document for draft, profile in zip(made, profiles, strict=True) for document in _documents(draft, profile)
    )
    sessions = Session.objects.bulk_create(session_row(profile.user) for profile in profiles)
    people = [[session.session_key, str(draft.key)] for session, draft in zip(sessions, made, strict=True)]
    return {"people": people, "call": call.code}


def citizens(districts: list[District]) -> list[CitizenProfile]:
    """A new citizen of each of these, with a profile."""
    run = uuid.uuid4().hex[:8]
    users = User.objects.bulk_create(
        User(email=f"bench-{run}-{n}@example.com", password=make_password(None)) for n in range(len(districts))
    )
    return CitizenProfile.objects.bulk_create(
        [_profile(user, district, run, n) for n, (user, district) in enumerate(zip(users, districts, strict=True))]
    )


def _profile(user: User, district: District, run: str, n: int) -> CitizenProfile:
    person: dict[str, Any] = {"name": f"김측정{run}", "birth_date": dt.date(1990, 1, 15), "phone": f"010{n:08d}"}
    return CitizenProfile(
        user=user, district=district, address=f"측정로 {n}, {run}", household_size=1, tenure="monthly",
        person_index=person_index(**person), updated_at=timezone.now(), **person,
    )  # fmt: skip


def _draft(call: Call, profile: CitizenProfile, consents: dict[int, bool]) -> ApplicationDraft:
    answers = {"consents": consents, "person": {"as_of": profile.updated_at.isoformat()}, "detail": DETAIL}
    return ApplicationDraft(
        owner=profile.user, call=call, district=profile.district, payload=json.dumps(answers), step="conditions"
    )


def _documents(draft: ApplicationDraft, profile: CitizenProfile) -> list[Document]:
    """Rows alone: a submit moves the rows and does not touch the files."""
    return [
        Document(
            draft=draft, kind=asked.kind, filename="서류.pdf", file=f"documents/be/{uuid.uuid4().hex}",
            content_type="application/pdf", size=100_000, sha256="0" * 64, uploaded_by=profile.user,
            pictures=Document.Pictures.READY,
        )
        for asked in required_documents(draft.call, profile.district_id)
    ]  # fmt: skip
