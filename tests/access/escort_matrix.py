"""The escort's addresses in the matrix, by who works with them."""

from tests.access.subjects import (
    AGENCIES,
    ALL,
    CITIZENS,
    CITY,
    COUNCIL,
    DISPATCHER,
    ESCORT_MANAGERS,
    FORM,
    GET,
    OPERATOR,
    POST,
    Row,
    of,
)

NOT_MY_TRIP = frozenset({"other_manager"})

ESCORT_CITIZEN = of(
    "hospital",
    Row("escort", GET, CITIZENS),
    Row("book", FORM, CITIZENS),
    Row("book_answer", POST, CITIZENS),
    Row("find_hospitals", GET, CITIZENS | OPERATOR),
    Row("my_trip", GET, CITIZENS, "trip_number", frozenset({"stranger"})),
    Row("my_trip_cancel", POST, CITIZENS, "trip_number", frozenset({"stranger"})),
    Row("my_trip_photo", GET, CITIZENS, "trip_number", CITIZENS),  # nobody has a photo here
    Row("shared_trip", GET, ALL, "shared_token"),
    Row("shared_trip_photo", GET, ALL, "shared_token", ALL),
)

ESCORT_CALLS = of(
    "hospital",
    Row("calls", GET, OPERATOR),
    Row("call_begin", POST, OPERATOR),
    Row("call", GET, OPERATOR, "phone_call", shows=True),
    Row("call_open", POST, OPERATOR, "phone_call", shows=True),
    Row("call_book", FORM, OPERATOR, "phone_call", shows=True),
    Row("call_answer", POST, OPERATOR, "phone_call", DISPATCHER),
    Row("call_end", POST, OPERATOR, "phone_call", shows=True),
    Row("person", GET, OPERATOR, "service_user"),
    Row("person_open", POST, OPERATOR, "service_user", shows=True),
    Row("proof_add", POST, OPERATOR, "service_user"),
    Row("ban_lift", POST, DISPATCHER, "ban"),
    Row("fee_take", POST, OPERATOR, "over_trip"),
)

ESCORT_BOARD = of(
    "hospital",
    Row("board", GET, OPERATOR),
    Row("board_day", GET, OPERATOR, "escort_day"),
    Row("plan_propose", POST, DISPATCHER, "escort_day"),
    Row("plan", GET, DISPATCHER | CITY, "plan"),
    Row("plan_apply", POST, DISPATCHER, "plan"),
    Row("plan_discard", POST, DISPATCHER, "plan"),
    Row("plan_offer", POST, DISPATCHER, "plan"),
    Row("trips", GET, OPERATOR | CITY),
    Row("trip", GET, OPERATOR | CITY, "trip"),
    Row("trip_open", POST, OPERATOR | CITY | AGENCIES, "given_trip", frozenset({"other_agency"}), shows=True),
    Row("trip_act", POST, DISPATCHER | AGENCIES, "given_trip", frozenset({"other_agency"}), more=("assign",)),
    Row("unmet", GET, OPERATOR | CITY),
    Row("offers", GET, AGENCIES),
    Row("offer_accept", POST, AGENCIES, "offer", frozenset({"other_agency"})),
    Row("offer_decline", POST, AGENCIES, "offer", frozenset({"other_agency"})),
    Row("own_trips", GET, AGENCIES),
    Row("own_trip", GET, AGENCIES, "given_trip", frozenset({"other_agency"})),
    Row("own_board", GET, AGENCIES),
    Row("own_board_day", GET, AGENCIES, "escort_day"),
)

ESCORT_PHONE = of(
    "hospital",
    Row("phone_day", GET, ESCORT_MANAGERS),
    Row("phone_trip", GET, ESCORT_MANAGERS, "trip", NOT_MY_TRIP),
    Row("phone_open", POST, ESCORT_MANAGERS, "trip", NOT_MY_TRIP, shows=True),
    Row("phone_tap", POST, ESCORT_MANAGERS, "trip", NOT_MY_TRIP, data={"action": "start"}),
    Row("phone_delay", POST, ESCORT_MANAGERS, "trip", NOT_MY_TRIP),
    Row("phone_incident", POST, ESCORT_MANAGERS, "trip", NOT_MY_TRIP),
    Row("phone_sign", POST, ESCORT_MANAGERS, "trip", NOT_MY_TRIP),
    Row("phone_pay", POST, ESCORT_MANAGERS, "trip", NOT_MY_TRIP),
    Row("incidents", GET, OPERATOR | AGENCIES | CITY, shows=True),
    Row("incident_close", POST, DISPATCHER, "incident", shows=True),
)

ESCORT_ROSTER = of(
    "hospital",
    Row("managers", GET, OPERATOR | AGENCIES | CITY),
    Row("manager_new", FORM, DISPATCHER | AGENCIES),
    Row("manager", GET, OPERATOR | AGENCIES | CITY, "escort_manager_row", AGENCIES),
    Row("manager_add", POST, DISPATCHER | AGENCIES, "escort_manager_row", AGENCIES, more=("shifts",)),
    Row("shift_remove", POST, DISPATCHER | AGENCIES, "shift", AGENCIES),
    Row("manager_invite", FORM, DISPATCHER | AGENCIES),
    Row(
        "manager_picture", GET, OPERATOR | AGENCIES | CITY, "escort_manager_row", OPERATOR | AGENCIES | CITY
    ),  # no photo
    Row("credential_end", POST, DISPATCHER | AGENCIES, "credential", AGENCIES),
    Row("roster", GET, OPERATOR | AGENCIES | CITY),
    Row("roster_copy", POST, DISPATCHER | AGENCIES),
    Row("absence_remove", POST, DISPATCHER | AGENCIES, "absence", AGENCIES),
)

ESCORT_MONEY = of(
    "hospital",
    Row("settlements", GET, DISPATCHER | CITY),
    Row("settlement_compute", POST, DISPATCHER | CITY, also=(422,)),
    Row("settlement", GET, DISPATCHER | CITY, "settlement"),
    Row("settlement_print", POST, DISPATCHER | CITY, "settlement"),
    Row("settlement_download", POST, DISPATCHER | CITY, "settlement"),
    Row("settlement_line", FORM, DISPATCHER | CITY, "settlement_line"),
    Row("settlement_act", POST, DISPATCHER | CITY, "settlement", more=("confirm",)),
    Row("fees", GET, OPERATOR | CITY),
    Row("fee_pay", POST, OPERATOR, "over_trip"),
    Row("replay", GET, DISPATCHER | CITY),
)

ESCORT_PLACES = of(
    "hospital",
    Row("hospitals", GET, OPERATOR | CITY),
    Row("hospital_new", FORM, CITY),
    Row("hospital", FORM, CITY, "hospital"),
    Row("hospital_files", FORM, CITY, also=(422,)),
    Row("hospital_file", GET, CITY, "hospital_file"),
    Row("hospital_file_confirm", POST, CITY, "hospital_file"),
    Row("hospital_file_give_up", POST, CITY, "hospital_file"),
)

ESCORT_FIGURES = of("hospital", Row("figures", GET, DISPATCHER | CITY | COUNCIL))

ESCORT_ROWS = [
    *ESCORT_CITIZEN,
    *ESCORT_CALLS,
    *ESCORT_BOARD,
    *ESCORT_PHONE,
    *ESCORT_ROSTER,
    *ESCORT_MONEY,
    *ESCORT_PLACES,
    *ESCORT_FIGURES,
]
