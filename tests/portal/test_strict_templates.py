import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.template import Context, Template

from tests.strict_templates import UndefinedVariable


def render(source: str, **values) -> str:
    return Template(source).render(Context(values))


@pytest.mark.parametrize(
    "source", ["{{ name }}", "{{ person.name }}", "{{ name|upper }}", "{% with a=name %}{{ a }}{% endwith %}"]
)
def test_an_undefined_variable_fails(source):
    with pytest.raises(UndefinedVariable, match="name"):
        render(source, person={})


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ('{{ name|default:"nobody" }}', "nobody"),
        ('{{ name|upper|default:"nobody" }}', "nobody"),
        ("{% if name %}yes{% else %}no{% endif %}", "no"),
        ("{% if name == 3 %}yes{% else %}no{% endif %}", "no"),
    ],
)
def test_asking_whether_there_is_one_is_allowed(source, shown):
    assert render(source) == shown


def test_a_defined_variable_shows():
    assert render("{{ name }}{{ zero }}{{ nothing }}", name="김안심", zero=0, nothing=None) == "김안심0None"


class Household:
    """Whose related row is missing, as Django says it."""

    @property
    def termination(self):
        raise ObjectDoesNotExist


def test_a_missing_related_row_is_undefined():
    assert render("{% if home.termination %}yes{% else %}no{% endif %}", home=Household()) == "no"
    assert render('{{ home.termination.penalty|default:"none" }}', home=Household()) == "none"
    with pytest.raises(UndefinedVariable):
        render("{{ home.termination }}", home=Household())
