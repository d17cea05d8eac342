"""Stories are walked at both widths: by `make test` at the one their people use, by `make test-all` at the other."""

import pytest

PHONE, DESK = 390, 1440  # CSS pixels

on_a_phone_first = pytest.mark.parametrize("width", [PHONE, pytest.param(DESK, marks=pytest.mark.slow)])
at_a_desk_first = pytest.mark.parametrize("width", [DESK, pytest.param(PHONE, marks=pytest.mark.slow)])
