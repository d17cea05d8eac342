import pytest

from tests.factories.escort import Escort, make_escort


@pytest.fixture
def escort(db: None) -> Escort:
    """The escort's small world (tests.factories.escort)."""
    return make_escort()
