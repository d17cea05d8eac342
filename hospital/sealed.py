"""What somebody looked over and only has to confirm, sealed into the page that shows it.

Nothing of it can be read or changed outside, and it is its reader's alone, so that confirming it need not fill in and
check the form again. Whether the trip is still possible is asked anew, under the locks, when it is booked."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
import uuid
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone

from accounts.encryption import UnableToDecrypt, decrypt, encrypt
from accounts.models import AdminDong, District
from hospital.booking import Booking
from hospital.models import Hospital, Trip
from hospital.possible import Wish
from hospital.service_users import Person


class _Encoder(DjangoJSONEncoder):
    """Models as far as a booking needs them."""

    def default(self, o: Any) -> Any:
        if isinstance(o, District | AdminDong):
            return o.pk
        if isinstance(o, Hospital):
            return {name: getattr(o, name) for name in ("id", "name", "name_en", "region", "district_id")}
        return o.hex() if isinstance(o, bytes) else super().default(o)


def seal(booking: Booking, *, user_id: int) -> str:
    """For a hidden field of this account's page."""
    said = vars(booking) | {"person": vars(booking.person), "wish": vars(booking.wish)}
    return base64.b64encode(encrypt(json.dumps(said, cls=_Encoder).encode(), label=_label(user_id))).decode()


def unseal(text: str, *, user_id: int) -> Booking | None:
    """What was sealed for this account; None where it was not, or is of a key that is gone."""
    try:
        said = json.loads(decrypt(base64.b64decode(text, validate=True), label=_label(user_id)))
    except (UnableToDecrypt, binascii.Error):
        return None
    person, wish, appointment = said["person"], said["wish"], said["appointment_at"]
    said["key"] = uuid.UUID(said["key"])
    said["appointment_at"] = appointment and dt.datetime.fromisoformat(appointment)
    return Booking(**said | {"person": _person(person), "wish": _wish(wish)})


def _person(said: dict[str, Any]) -> Person:
    index = said["verified_index"]
    return Person(
        **said
        | {
            "birth_date": dt.date.fromisoformat(said["birth_date"]),
            "district": District(pk=said["district"]),
            "dong": said["dong"] and AdminDong(pk=said["dong"]),
            "verified_index": index and bytes.fromhex(index),
        }
    )


def _wish(said: dict[str, Any]) -> Wish:
    """Of a same-day request the time begins when it is confirmed."""
    born, at = said["birth_date"], dt.datetime.fromisoformat(said["wanted_at"])
    return Wish(
        **said
        | {
            "wanted_at": timezone.now() if said["kind"] == Trip.Kind.NOW else at,
            "district": District(pk=said["district"]),
            "hospital": Hospital(**said["hospital"]),
            "birth_date": born and dt.date.fromisoformat(born),
        }
    )


def _label(user_id: int) -> str:
    return f"escort.booking:{user_id}"
