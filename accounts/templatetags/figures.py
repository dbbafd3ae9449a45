"""Filters for what must be written one way only: money, days, rates, references.

Each returns HTML that neither breaks in two nor needs escaping again; an empty value
stays empty. The words come from `accounts.wording`, in the language of the page; a
filter may also be called from Python when a component wants a ready value:
`figures.money(111635)`.

Days and money stand in every row of every table, so they are put together by hand:
`format_html` takes five times as long.
"""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from html import escape
from typing import Any, Literal
from zoneinfo import ZoneInfo

from django import template
from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from accounts import wording

register = template.Library()
Sum = int | Literal[""] | None  # a template hands over "" for what is not there


def page_language() -> str:
    return get_language() or settings.LANGUAGE_CODE


def as_day(value: date) -> date:
    """The calendar day of a date, or of an instant in the house's time zone."""
    if isinstance(value, datetime):
        return value.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    return value


def _time(value: Any, words: Callable[[date, str], str], stamp: str = "%Y-%m-%d") -> str:
    if value is None or value == "":
        return ""
    day = as_day(value)
    return SafeString(f'<time datetime="{day.strftime(stamp)}">{escape(words(day, page_language()))}</time>')


@register.filter
def money(minor: Sum, currency: str = "CNY") -> str:
    """`{{ minor|money }}`: ¥1,116.35, never broken in two."""
    if minor is None or minor == "":
        return ""
    return SafeString(f'<span class="money">{escape(wording.money_text(minor, currency))}</span>')


@register.filter
def amount(minor: Sum, currency: str = "CNY") -> str:
    """`{{ minor|amount }}`: 1,116.35, for a table whose head carries the unit."""
    return "" if minor is None or minor == "" else wording.amount_text(minor, currency)


@register.filter
def signed(minor: Sum, currency: str = "CNY") -> str:
    """`{{ minor|signed }}`: +36.64 or −281.32."""
    if minor is None or minor == "":
        return ""
    return format_html('<span class="money">{}</span>', wording.signed_text(minor, currency))


@register.filter
def figure(minor: Sum, currency: str = "CNY") -> str:
    """`<p class="figure">{{ minor|figure }}</p>`: the one sum of a page, its sign set small."""
    if minor is None or minor == "":
        return ""
    return format_html("<small>{}</small>{}", wording.sign_of(currency), wording.amount_text(minor, currency))


@register.filter
def day(value: date | None) -> str:
    """`{{ due_on|day }}`: 27 May 2026."""
    return _time(value, wording.day_text)


@register.filter
def weekday(value: date | None) -> str:
    """`{{ due_on|weekday }}`: Wednesday 27 May 2026."""
    return _time(value, wording.weekday_text)


@register.filter
def shortday(value: date | None) -> str:
    """`{{ due_on|shortday }}`: 27 May."""
    return _time(value, wording.short_day_text)


@register.filter
def dayofmonth(value: date | None) -> str:
    """`{{ due_on|dayofmonth }}`: 27, under the name of its month."""
    return _time(value, wording.day_of_month_text)


@register.filter
def year(value: date | None) -> str:
    """`{{ month|year }}`: 2026年 or 2026."""
    return "" if value is None or value == "" else wording.year_text(as_day(value), page_language())


@register.filter
def month(value: date | None) -> str:
    """`{{ due_on|month }}`: May 2026."""
    return _time(value, wording.month_text, "%Y-%m")


@register.filter
def monthname(value: date | None, style: str = "") -> str:
    """`{{ due_on|monthname }}`: September; `monthname:"short"`: Sep."""
    return _time(value, partial(wording.month_name_text, short=style == "short"), "%Y-%m")


@register.filter
def moment(value: datetime | None, zone: str = "") -> str:
    """`{{ submitted_at|moment:lender.time_zone }}`: 8 May 2026, 21:14 there."""
    if value is None or value == "":
        return ""
    zone = zone or settings.TIME_ZONE
    stamp = value.astimezone(ZoneInfo(zone)).isoformat(timespec="minutes")
    return format_html('<time datetime="{}">{}</time>', stamp, wording.moment_text(value, page_language(), zone))


@register.filter
def percent(rate: Decimal | None, places: int = 2) -> str:
    """`{{ rate_annual|percent }}`: 14.40%; the argument says how many places."""
    if rate is None or rate == "":
        return ""
    return format_html('<span class="whole">{}</span>', wording.percent_text(rate, places))


@register.filter
def change(rate: Decimal | None, places: int = 1) -> str:
    """`{{ share|change }}`: +3.4% or −12.9%."""
    if rate is None or rate == "":
        return ""
    return format_html('<span class="whole">{}</span>', wording.percent_text(rate, places, plus=True))


@register.filter
def ref(text: Any) -> str:
    """`{{ request.reference|ref }}`: a short reference, never broken in two."""
    return "" if text is None or text == "" else format_html('<span class="ref">{}</span>', text)


@register.filter
def langtag(code: str) -> str:
    """`{{ LANGUAGE_CODE|langtag }}`: zh-Hans."""
    return wording.language_tag(code or settings.LANGUAGE_CODE)
