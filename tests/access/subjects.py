"""Who uses addresses, and how one row of the matrix says so."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

GET, POST, FORM = ("GET",), ("POST",), ("GET", "POST")

# Subjects (tests.access.world). A token is a partner system of the council: outside the API it is nobody.
NOBODY: frozenset[str] = frozenset()
CITIZENS = frozenset({"citizen", "stranger"})
MINE = frozenset({"officer", "manager"})
NEIGHBOURS = frozenset({"neighbour", "neighbour_manager"})
DISTRICT = MINE | NEIGHBOURS
CITY = frozenset({"city"})
MANAGERS = frozenset({"manager", "neighbour_manager"}) | CITY
CASE = DISTRICT | CITY
COMPANIES = frozenset({"company", "other_company"})
PRIVACY = frozenset({"privacy_city", "privacy_district"})
COUNCIL = frozenset({"council"})
MONEY_OF_THE_CITY = frozenset({"finance", "disbursing", "cashier"})
MONEY_OF_THE_DISTRICT = frozenset({"finance_district", "disbursing_district"})
BUDGET = CASE | MONEY_OF_THE_CITY | MONEY_OF_THE_DISTRICT  # whoever works with the budget
BUDGET_DRAFTERS = CASE | {"finance", "finance_district"}
NOT_THE_DISTRICTS = NEIGHBOURS | CITY | MONEY_OF_THE_CITY  # who does not act for the district the row is of
CALL_CENTER, DISPATCHER = frozenset({"call_center"}), frozenset({"dispatcher"})
OPERATOR = CALL_CENTER | DISPATCHER
AGENCIES = frozenset({"agency", "other_agency"})
ESCORT_MANAGERS = frozenset({"escort_manager", "other_manager"})
ESCORT = OPERATOR | AGENCIES | ESCORT_MANAGERS
STAFF = CASE | COMPANIES | PRIVACY | COUNCIL | MONEY_OF_THE_CITY | MONEY_OF_THE_DISTRICT | ESCORT
SIGNED_IN = STAFF | CITIZENS
ALL = SIGNED_IN | {"anonymous", "token"}
OUTSIDERS = NEIGHBOURS | {"other_company"}
NOT_THE_JOBS_OWN = CASE - {"officer"}


@dataclass(frozen=True)
class Row:
    """`who` may use it; to those of them in `not_theirs` the row is not there (404).

    `args` names the world's row; `data` is posted; `opens` posts the purpose to the case's open page first;
    `shows` says that the page shows a whole person or text to those who may see the row."""

    name: str
    methods: tuple[str, ...]
    who: frozenset[str]
    args: str = ""
    not_theirs: frozenset[str] = NOBODY
    more: tuple[Any, ...] = ()
    data: dict[str, Any] = field(default_factory=dict)
    opens: bool = False
    shows: bool = False
    visitors_sign_in_to_post: bool = False
    also: tuple[int, ...] = ()


def of(namespace: str, *rows: Row) -> list[Row]:
    return [Row(**{**row.__dict__, "name": f"{namespace}:{row.name}"}) for row in rows]
