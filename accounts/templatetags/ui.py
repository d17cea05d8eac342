"""Tags and filters every template may use (a template builtin): numbers, dates, icons, links, charts."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from django import template
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.paginator import Page
from django.forms import BaseForm
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts import charts
from accounts.masking import format_phone, mask_email

register = template.Library()

SITE_NAV = (
    (_("지원사업"), "programs:list"),
    (_("자가진단"), "programs:finder"),
    (_("나의 신청"), "programs:my_applications"),
)


# --- Numbers ------------------------------------------------------------------------------
@register.filter
def count(value: Any) -> str:
    """1234 → 1,234; what is not a number stays as it is."""
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return "" if value is None else str(value)
    return f"{number:,f}"


@register.filter
def with_unit(number: str, unit: str) -> str:
    """3건, 3%, but 3 cases: a word stands apart, a sign or a Korean counter does not."""
    return f"{number} {unit}" if len(unit) > 1 else f"{number}{unit}"


@register.filter
def won(value: Any) -> str:
    """8900 → 8,900원"""
    return gettext("%(amount)s원") % {"amount": count(value)} if value not in (None, "") else ""


@register.filter
def hours(minutes: int) -> str:
    """450 minutes → 7.5"""
    return f"{(Decimal(minutes) / 60).normalize():f}" if minutes % 60 % 6 == 0 else f"{minutes / 60:.1f}"


@register.filter
def file_size(size: int) -> str:
    """Bytes in the unit people know from their phones."""
    if size < 1024 * 1024:
        return f"{max(1, round(size / 1024)):,}KB"
    return f"{size / 1024 / 1024:,.1f}MB"


# --- Texts --------------------------------------------------------------------------------
@register.filter
def phone(digits: str | None) -> str:
    """0228201234 → 02-2820-1234"""
    return format_phone(digits)


@register.filter
def masked_email(address: str | None) -> str:
    """officer@example.com → of***@example.com"""
    return mask_email(address)


@register.filter
def localised(row: Any, field: str) -> str:
    """A catalogue row's field in the reader's language: {{ item|localised:"purpose" }}."""
    return row.localised(field)


# --- Dates --------------------------------------------------------------------------------
def _local(value: date | datetime) -> date | datetime:
    if isinstance(value, datetime) and timezone.is_aware(value):
        return timezone.localtime(value)
    return value


def _day(value: date | datetime) -> date:
    value = _local(value)
    return value.date() if isinstance(value, datetime) else value


def _weekday(value: date) -> str:
    return date_format(value, "D").removesuffix("요일")


_QUICK: dict[str, Callable[[Any], str]] = {
    "Y": lambda moment: str(moment.year),
    "n": lambda moment: str(moment.month),
    "j": lambda moment: str(moment.day),
    "H": lambda moment: f"{moment.hour:02}",
    "i": lambda moment: f"{moment.minute:02}",
}


@lru_cache(maxsize=16)
def _quick_parts(pattern: str) -> list[str | Callable[[Any], str]] | None:
    """The pattern in pieces, where it asks for numbers alone, as ours in Korean do."""
    if any(letter == "\\" or (letter.isascii() and letter.isalpha() and letter not in _QUICK) for letter in pattern):
        return None
    return [_QUICK.get(letter, letter) for letter in pattern]


def _written(moment: date | datetime, pattern: str) -> str:
    """Django's `date_format`, several times faster for what a list shows a hundred times."""
    parts = _quick_parts(pattern)
    if parts is None:
        return date_format(moment, pattern)
    return "".join(part if isinstance(part, str) else part(moment) for part in parts)


@register.filter
def kdate(value: date | datetime | None) -> str:
    """2021년 11월 2일(화)"""
    if not value:
        return ""
    day = _day(value)
    return gettext("%(day)s(%(weekday)s)") % {
        "day": _written(day, gettext("Y년 n월 j일")),
        "weekday": _weekday(day),
    }


@register.filter
def kday(value: date) -> str:
    """11. 2.(화)"""
    return gettext("%(day)s(%(weekday)s)") % {"day": date_format(value, gettext("n. j.")), "weekday": _weekday(value)}


@register.filter
def kdatetime(value: datetime | None) -> str:
    """11월 2일 14:30"""
    return _written(_local(value), gettext("n월 j일 H:i")) if value else ""


@register.filter
def kmoment(value: datetime | None) -> str:
    """2021년 11월 2일(화) 14:30"""
    if not value:
        return ""
    return gettext("%(day)s %(time)s") % {"day": kdate(value), "time": _written(_local(value), "H:i")}


@register.filter
def dday(due: date | datetime | None, today: date | datetime | None = None) -> str:
    """D-3, D-day or D+2 (in English in words), counted in days from `today` (Seoul's today unless given)."""
    if due is None:
        return ""
    left = (_day(due) - (_day(today) if today else timezone.localdate())).days
    if left == 0:
        return gettext("D-day")
    if left > 0:
        return ngettext("D-%(days)s", "D-%(days)s", left) % {"days": left}
    return ngettext("D+%(days)s", "D+%(days)s", -left) % {"days": -left}


@register.filter
def dday_tone(due: date | datetime | None, today: date | datetime | None = None) -> str:
    """The tone that goes with `dday`: danger when overdue or due by tomorrow, warning within three days."""
    if due is None:
        return "neutral"
    left = (_day(due) - (_day(today) if today else timezone.localdate())).days
    return "danger" if left <= 1 else "warning" if left <= 3 else "neutral"


# --- Forms --------------------------------------------------------------------------------
@register.simple_tag
def faults(forms: BaseForm | Iterable[BaseForm]) -> dict[str, Any]:
    """What is wrong with a form, or with the forms of one page: in how many places, and each in words with its field's
    address; first what is about a form as a whole."""
    forms = [forms] if isinstance(forms, BaseForm) else list(forms)
    texts = [{"text": error, "url": ""} for form in forms for error in form.non_field_errors()]
    for field in (field for form in forms for field in form):
        for error in field.errors:
            words = error if field.is_hidden else f"{field.label}: {error}"
            texts.append({"text": words, "url": "" if field.is_hidden else f"#{field.auto_id}_group"})
    return {"texts": texts, "places": sum(len(form.errors) for form in forms)}


# --- Links and pictures -------------------------------------------------------------------
@register.simple_tag
@lru_cache(maxsize=256)
def icon(name: str, extra_class: str = "") -> SafeString:
    """A decorative picture of `static/icons.svg`; the words stand beside it."""
    return format_html(
        '<svg class="icon{}" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>',
        f" {extra_class}" if extra_class else "",
        staticfiles_storage.url("icons.svg"),
        name,
    )


@register.simple_tag
def badge(label: Any, tone: str = "", icon_name: str = "", size: str = "") -> SafeString:
    """A state badge. tone: neutral | info | progress | warning | success | danger; size: large."""
    return _badge(conditional_escape(label), tone or "neutral", icon(icon_name) if icon_name else "", size)


@lru_cache(maxsize=1024)
def _badge(label: SafeString, tone: str, picture: str, size: str) -> SafeString:
    return format_html('<span class="badge tone-{}{}">{}{}</span>', tone, f" {size}" if size else "", picture, label)


@register.simple_tag
def static_or_nothing(path: str) -> str:
    """For the error pages: a missing static file must not make an error of the error page."""
    try:
        return staticfiles_storage.url(path)
    except ValueError:
        return ""


@register.simple_tag(takes_context=True)
def query_string(context: template.Context, **changes: Any) -> str:
    """This page's query string with `changes`; None removes. Works inside `{% include … only %}` too."""
    request = getattr(context, "request", None)
    query = request.GET.copy() if request else QueryDict(mutable=True)
    for key, value in changes.items():
        if value is None:
            query.pop(key, None)
        else:
            query[key] = str(value)
    return f"?{query.urlencode()}"


@register.simple_tag
def page_numbers(page: Page) -> list[int | str]:
    return list(page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1))


@register.simple_tag(takes_context=True)
def site_nav(context: template.Context) -> list[dict[str, Any]]:
    """The citizens' menu; the entry whose address is the longest beginning of this page's is current."""
    request = getattr(context, "request", None)
    path = request.path if request else ""
    items: list[dict[str, Any]] = [{"label": label, "url": reverse(name)} for label, name in SITE_NAV]
    best = max((len(item["url"]) for item in items if path.startswith(item["url"])), default=0)
    for item in items:
        item["current"] = path.startswith(item["url"]) and len(item["url"]) == best
    return items


# --- Charts -------------------------------------------------------------------------------
@register.inclusion_tag("components/bar_chart.html")
def bar_chart(
    *, name: str, title: str, labels: list[str], series: list[dict[str, Any]], unit: str = "", description: str = ""
) -> dict[str, Any]:
    return {
        "name": name,
        "title": title,
        "unit": unit,
        "description": description,
        "chart": charts.grouped_bars(labels=labels, series=series),
    }


@register.inclusion_tag("components/horizontal_bars.html")
def horizontal_bars(*, items: list[dict[str, Any]], unit: str = "") -> dict[str, Any]:
    return {"items": charts.horizontal_bars(items), "unit": unit}


@register.filter
def percent_of(part: Any, whole: Any) -> str:
    """40 of 80 → 50.0; for the width of a bar, never more than 100."""
    whole = Decimal(str(whole or 0))
    return f"{min(Decimal(100), Decimal(str(part or 0)) * 100 / whole):.1f}" if whole else "0"
