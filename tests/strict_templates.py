"""An undefined variable in a template fails the test; `{% if x %}` and `{{ x|default:… }}` may ask for one."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from typing import Any

from django.template import base, engines
from django.template.defaultfilters import default, default_if_none


class UndefinedVariable(AssertionError):
    pass


class _Refusal(str):
    """Django asks `"%s" in string_if_invalid`, then formats it with the name of the variable."""

    __slots__ = ()

    def __contains__(self, part: object) -> bool:
        return part == "%s"

    def __mod__(self, variable: object) -> str:
        raise UndefinedVariable(f"the template uses {variable}, which is not defined")


@contextmanager
def installed() -> Iterator[None]:
    engine = engines["django"].engine
    before, resolve = engine.string_if_invalid, base.FilterExpression.resolve
    look_up = base.Variable._resolve_lookup

    def look_up_strictly(self: base.Variable, context: Any) -> Any:
        """A related row that is missing is as undefined as a name that is: Django answers with string_if_invalid."""
        found = look_up(self, context)
        if isinstance(found, _Refusal):
            raise base.VariableDoesNotExist("%s is missing", (self.var,))
        return found

    def resolve_strictly(self: base.FilterExpression, context: Any, ignore_failures: bool = False) -> Any:
        try:
            return resolve(self, context, ignore_failures)
        except UndefinedVariable:
            if not any(function in (default, default_if_none) for function, _ in self.filters):
                raise
            empty = copy(self)
            empty.is_var, empty.var = False, ""  # what Django shows in service
            return resolve(empty, context, ignore_failures)

    engine.string_if_invalid = _Refusal("undefined")
    base.FilterExpression.resolve = resolve_strictly
    base.Variable._resolve_lookup = look_up_strictly
    try:
        yield
    finally:
        engine.string_if_invalid = before
        base.FilterExpression.resolve = resolve
        base.Variable._resolve_lookup = look_up
