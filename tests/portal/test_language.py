import pytest


@pytest.mark.django_db
def test_a_visitor_changes_the_language_without_signing_in(client):
    answer = client.post("/language/", {"language": "en", "next": "/programs/"})
    assert answer.status_code == 302
    assert answer.url == "/programs/"
    assert 'lang="en"' in client.get("/programs/").content.decode()
