"""Give the run-time role what it needs, and nothing that would let it change the tables themselves."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection
from psycopg import sql

_GRANTS = """
GRANT USAGE ON SCHEMA public TO {role};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role};
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role};
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {role};
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role};
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {role};
REVOKE UPDATE, DELETE ON accounts_accesslog, accounts_destruction, programs_applicationevent, programs_quotamove,
    budget_entry, budget_closing, budget_revenue, surveys_answer FROM {role};
REVOKE DELETE ON programs_application, accounts_user, accounts_membership, budget_budgetline, surveys_invitation,
    surveys_comment FROM {role};
REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {role};
"""


class Command(BaseCommand):
    help = "Grant the run-time database role its rights (run as the owner, after migrate)."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("role")

    def handle(self, *args: Any, role: str, **options: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL(_GRANTS).format(role=sql.Identifier(role)))
        self.stdout.write(f"{role} may read and write rows, and owns nothing.")
