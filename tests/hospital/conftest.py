import uuid

import pytest
from django.utils import timezone

from hospital import offering, taps
from hospital.assigning import assign_manager
from hospital.booking import UnableToBook
from hospital.cancelling import cancel
from hospital.models import Trip
from hospital.payments import take_payment
from tests.factories import cast as c
from tests.factories.escort import Escort, make_escort


@pytest.fixture
def escort(db: None) -> Escort:
    """The escort's small world (tests.factories.escort)."""
    return make_escort()


@pytest.fixture
def busy(escort: Escort) -> Escort:
    """Five trips: one served and paid, one cancelled, one unmet, two open; and one wish refused."""
    me, phone = escort.dispatcher, escort.phone_of(escort.managers[0])
    served = escort.booked("08:00")
    assign_manager(served.pk, escort.managers[0].pk, actor=me)
    Trip.objects.filter(pk=served.pk).update(day=timezone.localdate())
    for action in ("start", "arrive", "finish"):
        taps.tap(served.pk, taps.Tap(uuid.uuid4(), action), actor=phone)
    take_payment(served.pk, key=uuid.uuid4(), method="card", actor=me)
    cancel(escort.booked("11:00", person=escort.person()).pk, actor=escort.caller)
    offering.give_up(escort.booked("12:00", person=escort.person()).pk, reason="no_manager", actor=me)
    escort.booked("13:00", person=escort.person(district=c.GWANAK), wish={"district": escort.managers[1].base})
    escort.booked("14:00", person=escort.person())
    with pytest.raises(UnableToBook):
        escort.booked("15:00", person=escort.person(), wish={"sits_and_toilets": False})
    return escort
