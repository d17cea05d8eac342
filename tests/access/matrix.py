"""Every address, its methods, and who may use it. A test holds these rows equal to the URLconf, both ways."""

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


def _of(namespace: str, *rows: Row) -> list[Row]:
    return [Row(**{**row.__dict__, "name": f"{namespace}:{row.name}"}) for row in rows]


PUBLIC = [
    Row("home", GET, ALL),
    Row("privacy", GET, ALL),
    Row("accessibility", GET, ALL),
    Row("set_language", POST, ALL, data={"language": "en"}),
    Row("healthz", GET, ALL, also=(503,)),
    Row("livez", GET, ALL),
    *_of(
        "programs",
        Row("list", GET, ALL),
        Row("program", GET, ALL, "program"),
        Row("search", GET, ALL),
        Row("choose_district", POST, ALL),
        Row("finder", FORM, ALL),
        Row("finder_result", GET, ALL),
        Row("finder_forget", POST, ALL),
        Row("apply", FORM, ALL, "call", visitors_sign_in_to_post=True),
    ),
]

CITIZEN = _of(
    "programs",
    Row("apply_consents", FORM, CITIZENS, "call"),
    Row("apply_person", FORM, CITIZENS, "call"),
    Row("apply_conditions", FORM, CITIZENS, "call"),
    Row("apply_review", GET, CITIZENS, "call"),
    Row("apply_submit", POST, CITIZENS, "draft_call", frozenset({"stranger"}), data={"key": "draft"}),
    Row("apply_discard", POST, CITIZENS, "call"),
    Row("apply_save", POST, CITIZENS, "call", more=("consents",)),
    Row("apply_upload", POST, CITIZENS, "call", more=("register",)),
    Row("document", GET, CITIZENS, "document", frozenset({"stranger"})),
    Row("document_remove", POST, CITIZENS, "document", frozenset({"stranger"})),
    Row("my_applications", GET, CITIZENS),
    Row("my_application", GET, CITIZENS, "case", frozenset({"stranger"})),
    Row("receipt", GET, CITIZENS, "case", frozenset({"stranger"})),
    Row("answer_supplement", POST, CITIZENS, "case", frozenset({"stranger"})),
    Row("extend_supplement", POST, CITIZENS, "case", frozenset({"stranger"})),
    Row("supplement_upload", POST, CITIZENS, "case", frozenset({"stranger"}), more=("register",)),
    Row("withdraw", POST, CITIZENS, "case", frozenset({"stranger"})),
    Row("accept_offer", POST, CITIZENS, "case", frozenset({"stranger"})),
    Row("decline_offer", POST, CITIZENS, "case", frozenset({"stranger"})),
    Row("object", POST, CITIZENS, "rejected", frozenset({"stranger"})),
)

ACCOUNT = [
    *_of(
        "accounts",
        Row("after_sign_in", GET, SIGNED_IN),
        Row("duties", GET, SIGNED_IN),
        Row("acting", FORM, SIGNED_IN, data={"membership": "citizen"}),
        Row("profile", FORM, CITIZENS),
        Row("dongs", GET, CITIZENS),
        Row("identity", POST, CITIZENS),
        Row("identity_return", FORM, CITIZENS),
        Row("identity_local", FORM, CITIZENS),
        Row("seen", GET, CITIZENS),
        Row("privacy_requests", FORM, CITIZENS),
        Row("settings", GET, CITIZENS),
        Row("leave", FORM, CITIZENS),
        Row("tokens", FORM, CITY),
        Row("token_revoke", POST, CITY, "token"),
    ),
    *_of(
        "notifications",
        Row("letters", GET, CITIZENS),
        Row("letter", GET, CITIZENS, "letter", frozenset({"stranger"})),
        Row("mailbox", GET, ALL, not_theirs=ALL),  # only the demo has it
    ),
]

CASES = _of(
    "programs",
    Row("work", GET, CASE),
    Row("queue", GET, CASE),
    Row("queue_filter", POST, CASE),
    Row("queue_forget", POST, CASE),
    Row("queue_keys", POST, CASE),
    Row("queue_bulk", POST, DISTRICT, data={"act": "confirm"}),
    Row("case", GET, CASE, "case", NEIGHBOURS),
    Row("case_open", POST, CASE, "case", NEIGHBOURS, data={"purpose": "screening"}, shows=True),
    Row("case_close", POST, CASE, "case", NEIGHBOURS),
    Row("case_print", POST, CASE, "case", NEIGHBOURS, opens=True, shows=True),
    Row("case_next", GET, CASE, "case", NEIGHBOURS),
    Row("case_act", FORM, CASE, "case", NEIGHBOURS, more=("note",)),
    Row("document_page", GET, CASE, "page", NEIGHBOURS, opens=True, shows=True),
    Row("document_original", POST, CASE, "document", NEIGHBOURS, opens=True, shows=True),
    Row("objections", GET, CASE),
    Row("objection", GET, CASE, "objection", NEIGHBOURS, shows=True),
    Row("objection_extend", POST, CASE, "objection", NEIGHBOURS),
    Row("objection_uphold", POST, CASE, "objection", NEIGHBOURS),
    Row("objection_dismiss", POST, CASE, "objection", NEIGHBOURS),
    Row("selection", GET, DISTRICT),
    Row("selection_history", GET, CASE),
    Row("selection_plan", FORM, DISTRICT, "share", NEIGHBOURS),
    Row("scores", GET, DISTRICT, "share", NEIGHBOURS),
    Row("score_sheet", FORM, DISTRICT, "case", NEIGHBOURS),
    Row("selection_batch", GET, CASE, "batch", NEIGHBOURS, shows=True),
    Row("selection_approve", POST, DISTRICT, "batch", NEIGHBOURS),
    Row("selection_send_back", POST, DISTRICT, "batch", NEIGHBOURS),
    Row("selection_print", POST, CASE, "approved", NEIGHBOURS, shows=True),
    Row("counter", GET, DISTRICT),
    Row("counter_enter", FORM, DISTRICT, "share", NEIGHBOURS),
    Row("counter_done", GET, DISTRICT, "paper", NEIGHBOURS),
    Row("counter_receipt", POST, DISTRICT, "paper", NEIGHBOURS, shows=True),
    Row("dead_messages", GET, CITY),
    Row("dead_message_retry", POST, CITY, "dead"),
    Row("exports", GET, CASE, shows=True),
    Row("export_new", FORM, CASE, more=("applications",)),
    Row("export", GET, CASE, "export", NOT_THE_JOBS_OWN, shows=True),
    Row("export_take", POST, CASE, "export", NOT_THE_JOBS_OWN),
    Row("imports", FORM, DISTRICT, shows=True),
    Row("import_template", GET, DISTRICT, "call_id"),
    Row("import", GET, DISTRICT, "import", DISTRICT - {"officer"}, shows=True),
    Row("import_errors", GET, DISTRICT, "import", DISTRICT - {"officer"}),
    Row("import_confirm", POST, DISTRICT, "import", DISTRICT - {"officer"}),
    Row("import_give_up", POST, DISTRICT, "import", DISTRICT - {"officer"}),
)

CALLS = _of(
    "programs",
    Row("calls", GET, CITY),
    Row("call_share_edit", FORM, MANAGERS, "share", NEIGHBOURS),
    Row("call", GET, CITY, "call"),
    Row("call_edit", FORM, CITY, "call"),
    Row("call_copy", FORM, CITY, "call"),
    Row("call_move", POST, CITY, "call"),
    Row("call_set_closed", POST, CITY, "call", more=("close",)),
    Row("call_rules", FORM, CITY, "call"),
    Row("call_rule_end", POST, CITY, "rule"),
    Row("call_documents", FORM, CITY, "call"),
    Row("call_document", FORM, CITY, "required_document"),
    Row("call_criteria", FORM, CITY, "call"),
    Row("call_criterion", FORM, CITY, "criterion"),
    Row("call_criterion_remove", POST, CITY, "criterion"),
    Row("catalogue", GET, CITY),
    Row("catalogue_edit", FORM, CITY, "program"),
    Row("terms", FORM, CITY, "program"),
)

PEOPLE = _of(
    "programs",
    Row("people", GET, MANAGERS),
    Row("people_find", POST, MANAGERS),
    Row("people_invite", FORM, MANAGERS),
    Row("person", GET, MANAGERS, "member", NEIGHBOURS),
    Row("person_remind", POST, MANAGERS, "member", NEIGHBOURS),
    Row("person_end", FORM, MANAGERS, "member", NEIGHBOURS),
    Row("person_role", FORM, MANAGERS, "member", NEIGHBOURS),
    Row("person_stand_in", FORM, MANAGERS, "member", NEIGHBOURS),
    Row("person_hand_over", FORM, MANAGERS, "member", NEIGHBOURS),
)

PRIVACY_PAGES = _of(
    "programs",
    Row("log_review", GET, PRIVACY),
    Row("log_month", FORM, PRIVACY, "month"),
    Row("log_rows", GET, PRIVACY, "month"),
    Row("log_row", FORM, PRIVACY, "log_row"),
    Row("privacy_queue", GET, PRIVACY),
    Row("privacy_request", FORM, PRIVACY, "request", shows=True),
    Row("privacy_downloads", GET, PRIVACY, shows=True),
    Row("privacy_destructions", GET, PRIVACY),
)

DOORGUARD = _of(
    "doorguard",
    Row("households", GET, CASE | COMPANIES),
    Row("household", GET, CASE | COMPANIES, "household", OUTSIDERS),
    Row("household_open", POST, COMPANIES, "household", OUTSIDERS, shows=True),
    Row("household_act", POST, DISTRICT | COMPANIES, "household", OUTSIDERS, more=("dispatch",)),
    Row("hand_over", FORM, DISTRICT),
    Row("claims", GET, CASE | COMPANIES),
    Row("claim_compute", POST, DISTRICT | COMPANIES),
    Row("claim", GET, CASE | COMPANIES, "claim", OUTSIDERS),
    Row("claim_print", POST, CASE | COMPANIES, "claim", OUTSIDERS),
    Row("claim_download", POST, CASE | COMPANIES, "claim", OUTSIDERS),
    Row("claim_line", FORM, DISTRICT | COMPANIES, "line", OUTSIDERS),
    Row("claim_act", POST, DISTRICT | COMPANIES, "claim", OUTSIDERS, more=("confirm",)),
)

NOT_MY_TRIP = frozenset({"other_manager"})
ESCORT_PHONE = _of(
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

ESCORT_ROSTER = _of(
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

ESCORT_MONEY = _of(
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

ESCORT_PLACES = _of(
    "hospital",
    Row("hospitals", GET, OPERATOR | CITY),
    Row("hospital_new", FORM, CITY),
    Row("hospital", FORM, CITY, "hospital"),
    Row("hospital_files", FORM, CITY, also=(422,)),
    Row("hospital_file", GET, CITY, "hospital_file"),
    Row("hospital_file_confirm", POST, CITY, "hospital_file"),
    Row("hospital_file_give_up", POST, CITY, "hospital_file"),
)

SURVEYS = _of(
    "surveys",
    Row("answer", FORM, ALL, "survey_link"),
    Row("stop", POST, ALL, "survey_link"),
    Row("thanks", GET, ALL),
    Row("stopped", GET, ALL),
    Row("index", GET, CITY | DISPATCHER),
    Row("survey", GET, CITY | DISPATCHER, "survey", DISPATCHER, shows=True),  # with the comments that are published
    Row("download", GET, CITY | DISPATCHER, "survey", DISPATCHER),
    Row("edit", FORM, CITY, "survey"),
    Row("comments", GET, CITY, "survey", shows=True),
    Row("moderate", POST, CITY, "survey_comment", data={"act": "publish"}, shows=True),
)

REPORTS = _of(
    "reports",
    Row("dashboard", GET, CASE | COUNCIL),
    Row("rows", GET, BUDGET | COUNCIL, more=("portal.applications",)),
    Row("council", GET, CITY | COUNCIL, shows=True),
    Row("council_report", GET, CITY | COUNCIL, "published_report"),
    Row("council_copy", FORM, CITY, "draft_report", shows=True),
    Row("council_days", FORM, CITY, "draft_report", shows=True),
    Row("council_preview", GET, CITY | COUNCIL, "draft_report", COUNCIL, shows=True),
    Row("council_files", POST, CITY, "draft_report"),
    Row("council_publish", FORM, CITY, "draft_report", shows=True),
    Row("council_recomputed", GET, CITY | COUNCIL, "published_report"),
    Row("council_compare", GET, CITY | COUNCIL, "published_report", shows=True),
    Row("council_section", FORM, CITY, "report_section", shows=True),
    Row("council_history", GET, CITY, "report_section", shows=True),
    Row("council_restore", POST, CITY, "report_section"),
    Row("council_file", GET, CITY | COUNCIL, "report_file"),
    Row("council_file_take", GET, CITY | COUNCIL, "report_file_kind"),
    Row("statements", GET, CITY | COUNCIL),
    Row("statement_new", FORM, CITY),
    Row("statement", GET, CITY | COUNCIL, "statement"),
)

BUDGET_PAGES = _of(
    "budget",
    Row("tree", GET, BUDGET | COUNCIL),
    Row("tree_export", GET, BUDGET | COUNCIL),
    Row("line", GET, BUDGET | COUNCIL, "budget_line", NEIGHBOURS, shows=True),
    Row("line_export", GET, BUDGET | COUNCIL, "budget_line", NEIGHBOURS, shows=True),
    Row("waiting", GET, BUDGET, shows=True),
    Row("vouchers", GET, BUDGET, shows=True),
    Row("voucher_new", FORM, BUDGET, more=("commitment",)),
    Row("voucher", GET, BUDGET, "voucher", NEIGHBOURS, shows=True),
    Row("voucher_edit", FORM, BUDGET, "voucher", NEIGHBOURS, shows=True),
    Row("voucher_open", POST, BUDGET, "voucher", NOT_THE_DISTRICTS, shows=True),
    Row("voucher_print", POST, BUDGET, "voucher", NOT_THE_DISTRICTS, shows=True),
    Row("voucher_reverse", FORM, BUDGET, "voucher", NEIGHBOURS, shows=True),
    Row("voucher_file_add", POST, BUDGET, "voucher", NOT_THE_DISTRICTS, shows=True),
    Row("voucher_file", POST, BUDGET, "voucher_file", NEIGHBOURS, shows=True),
    Row("voucher_file_remove", POST, BUDGET, "voucher_file", NOT_THE_DISTRICTS),
    Row("voucher_act", POST, BUDGET, "voucher", NOT_THE_DISTRICTS, more=("submit",)),
    Row("transfers", GET, BUDGET, shows=True),
    Row("transfers_due", GET, BUDGET),
    Row("transfer_new", FORM, BUDGET_DRAFTERS),
    Row("transfer", GET, BUDGET, "transfer", NEIGHBOURS, shows=True),
    Row("transfer_edit", FORM, BUDGET_DRAFTERS, "transfer", NEIGHBOURS, shows=True),
    Row("transfer_correct", POST, BUDGET_DRAFTERS, "transfer", NEIGHBOURS, data={"reason": "잘못"}),
    Row("transfer_act", POST, BUDGET, "transfer", NOT_THE_DISTRICTS, more=("submit",)),
    Row("grants", GET, BUDGET),
    Row("grant_apply", FORM, DISTRICT),
    Row("grant", GET, BUDGET, "grant", NEIGHBOURS, shows=True),
    Row("grant_act", POST, BUDGET, "grant", NEIGHBOURS, more=("decide",), shows=True),
    Row("months", GET, BUDGET),
    Row("structure", GET, BUDGET),
    Row("structure_add", POST, frozenset({"finance", "finance_district"}), more=(2026, "line"), also=(422,)),
    Row("advances", GET, BUDGET, shows=True),
    Row("advance_settle", FORM, frozenset({"disbursing", "disbursing_district"}), "advance", frozenset({"disbursing"}),
        shows=True),
    Row("closing", FORM, BUDGET),
    Row("execution_files", FORM, BUDGET, shows=True),
    Row("execution_template", GET, BUDGET),
    Row("execution_file", GET, BUDGET, "execution_file", NEIGHBOURS, shows=True),
    Row("execution_file_draft", POST, BUDGET, "execution_file", NOT_THE_DISTRICTS),
    Row("execution_file_give_up", POST, BUDGET, "execution_file", NOT_THE_DISTRICTS),
)  # fmt: skip

ESCORT_FIGURES = _of("hospital", Row("figures", GET, DISPATCHER | CITY | COUNCIL))

ESCORT_CITIZEN = _of(
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

ESCORT_CALLS = _of(
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

ESCORT_BOARD = _of(
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

API = [
    Row("api_schema", GET, ALL),
    Row("api_docs", GET, ALL),
    Row("programs", GET, ALL),
    Row("program", GET, ALL, "program"),
    Row("finder", POST, ALL, also=(400, 415)),
    Row("my_applications", GET, CITIZENS),
    Row("my_application", GET, CITIZENS, "case", frozenset({"stranger"})),
    Row("queue", GET, CASE),
    Row("figures", GET, CASE | COUNCIL | {"token"}),
    Row("figure", GET, CASE | COUNCIL | {"token"}, more=("portal.applications",)),
]

ROWS = [
    *PUBLIC,
    *CITIZEN,
    *ACCOUNT,
    *CASES,
    *CALLS,
    *PEOPLE,
    *PRIVACY_PAGES,
    *DOORGUARD,
    *ESCORT_BOARD,
    *ESCORT_PHONE,
    *ESCORT_CITIZEN,
    *ESCORT_CALLS,
    *ESCORT_ROSTER,
    *ESCORT_MONEY,
    *ESCORT_PLACES,
    *ESCORT_FIGURES,
    *SURVEYS,
    *BUDGET_PAGES,
    *REPORTS,
    *API,
]

# What the sign-in library brings, tested by itself; our forms and templates in it by tests/accounts. By its own name,
# or by its route where it has none.
ALLAUTH = {
    "account_login",
    "account_logout",
    "account_inactive",
    "account_signup",
    "account_reauthenticate",
    "account_email",
    "account_email_verification_sent",
    "account_change_password",
    "account_set_password",
    "account_reset_password",
    "account_confirm_login_code",
    "account_reset_password_from_key_done",
    "account_reset_password_from_key",
    "account_reset_password_done",
    "mfa_index",
    "mfa_authenticate",
    "mfa_reauthenticate",
    "mfa_activate_totp",
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_download_recovery_codes",
    "mfa_list_webauthn",
    "mfa_add_webauthn",
    "mfa_reauthenticate_webauthn",
    "mfa_remove_webauthn",
    "mfa_edit_webauthn",
    "mfa_login_webauthn",
    "socialaccount_login_cancelled",
    "socialaccount_login_error",
    "socialaccount_signup",
    "socialaccount_connections",
    "kakao_login",
    "kakao_callback",
    "naver_login",
    "naver_callback",
    "accounts/social/login/cancelled/",
    "accounts/social/login/error/",
    "accounts/social/signup/",
    "accounts/social/connections/",
}
# Answers 404 in the API's own words to whatever is not there.
CATCH_ALL = {"api/v1/^.*$"}
