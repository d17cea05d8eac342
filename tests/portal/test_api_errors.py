"""Below /api/ every error is a problem detail (RFC 9457), whoever raised it; elsewhere it is a page."""

import logging

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.test import Client

PROGRAMS = "/api/v1/programs/"


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=False)


def assert_problem(response, status: int) -> None:
    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"
    body = response.json()
    assert body["status"] == status
    assert set(body) >= {"type", "title", "status", "detail"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/no-such/", 404),
        ("/api/v1/programs/no-such/", 404),
        ("/api/v1/programs/a/b/c", 404),
        ("/api/v2/programs/", 404),
        ("/api/", 404),
        ("/api/v1/figures/", 401),
    ],
)
def test_what_is_not_there_is_a_problem(client, path, status):
    assert_problem(client.get(path), status)


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["put", "patch", "delete", "post"])
def test_a_wrong_method_is_a_problem(client, method):
    assert_problem(getattr(client, method)(PROGRAMS), 405)


@pytest.mark.django_db
def test_a_failure_of_ours_is_a_problem_and_is_logged(client, monkeypatch, caplog):
    def fail(*_args: object) -> None:
        raise ZeroDivisionError("secret of the inside")

    monkeypatch.setattr("programs.api.public.ProgramList.get", fail)
    with caplog.at_level(logging.ERROR, logger="django.request"):
        response = client.get(PROGRAMS)
    assert_problem(response, 500)
    assert "secret" not in response.content.decode()
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.django_db
@pytest.mark.parametrize(("error", "status"), [(SuspiciousOperation("x"), 400), (PermissionDenied(), 403)])
def test_so_is_a_refusal_before_the_api_is_reached(client, monkeypatch, error, status):
    def refuse(*_args: object) -> None:
        raise error

    monkeypatch.setattr("accounts.middleware.resolve_actor", refuse)
    assert_problem(client.get(PROGRAMS), status)


@pytest.mark.django_db
def test_elsewhere_it_stays_a_page(client, monkeypatch):
    assert client.get("/no-such/")["Content-Type"].startswith("text/html")

    def fail(*_args: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("accounts.middleware.resolve_actor", fail)
    response = client.get("/")
    assert response.status_code == 500
    assert response["Content-Type"].startswith("text/html")
