"""A browser's session acting as somebody of the cast."""

from django.test import Client

from accounts.middleware import ACTING
from accounts.roles import Actor


def client_of(actor: Actor) -> Client:
    client = Client()
    client.force_login(actor.user)
    if actor.membership:
        session = client.session
        session[ACTING] = actor.membership.pk
        session["account_authentication_methods"] = [{"method": "mfa"}]
        session.save()
    return client
