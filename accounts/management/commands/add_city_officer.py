"""The first person of a new installation: everyone else is invited from the portal."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email

from accounts import memberships
from accounts.models import Organisation
from accounts.offices import CITY, ensure_offices
from accounts.roles import Actor, Role


class Command(BaseCommand):
    help = "Give EMAIL the role of a city officer, and print the address where a new account sets its password."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", default="", help="as colleagues will see it")

    def handle(self, *args: Any, email: str, name: str, **options: Any) -> None:
        try:
            validate_email(email)
        except ValidationError as error:
            raise CommandError(f"{email} is not an e-mail address.") from error
        ensure_offices()
        user, needs_password = memberships.account_for(email, name)
        try:
            memberships.begin(
                by=Actor.system(),
                user=user,
                organisation=Organisation.objects.get(code=CITY),
                role=Role.CITY_OFFICER,
            )
        except memberships.UnableToChange as error:
            if not needs_password:
                raise CommandError(str(error)) from error
        self.stdout.write(f"{email} is a city officer.")
        if needs_password:
            self.stdout.write(f"Set the password within three days at {memberships.set_password_url(user)}")
        else:
            self.stdout.write("The account has its password already.")
