"""Wrappers of the look, and two small things its leaves need.

A wrapper goes around what a page writes: `{% section _("Loans") %}…{% endsection %}`.
A leaf is a file of `templates/components/` that a page includes with `only`; its first
lines list its variables. Each wrapper has such a file too, so the HTML of a component
stands in one place.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.forms import BaseForm
from django.template.loader import get_template
from django.urls import get_script_prefix
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts import pictures, wording
from accounts.column_picture import column_picture
from accounts.templatetags import figures
from accounts.templatetags.figures import page_language

register = template.Library()
FIGURE = re.compile(r"[+\-−]?(?:[A-Z]{0,3}[¥$€]\s?)?[\d,]+(?:\.\d+)?%?|[—–-]?")


@dataclass(frozen=True, slots=True)
class Problem:
    """One line of the error summary; without `href` and `label` when no single field is meant."""

    text: str
    label: str = ""
    href: str = ""


def _wrap(name: str, **context: Any) -> str:
    return get_template(f"components/{name}.html").render(context)


@lru_cache(maxsize=512)
def _kept(name: str, language: str, prefix: str, said: tuple[tuple[str, str | bool], ...]) -> str:
    return _wrap(name, **dict(said))


@register.simple_tag
def same(name: str, **said: str | bool) -> str:
    """A leaf that looks the same to everyone who reads a language, so it is drawn once and kept.

    Only for leaves that show nothing but their own words and what is said here, which must
    be words of the house, never somebody's.
    """
    if settings.DEBUG:
        return _wrap(name, **said)
    return _kept(name, page_language(), get_script_prefix(), tuple(said.items()))


@register.simple_block_tag
def section(
    content: str, title: str, note: str = "", *, anchor: str = "", body: str = "", screen_only: bool = False
) -> str:
    """A part of a page: its heading in the margin, what it is about beside it."""
    return _wrap("section", title=title, note=note, anchor=anchor, body=body, screen_only=screen_only, content=content)


@register.simple_block_tag
def notice(content: str, title: str = "", tone: str = "") -> str:
    """A promise or a change; `tone` is "care" for a date, "alarm" for a failure."""
    return _wrap("notice", title=title, tone=tone, content=content)


@register.simple_block_tag
def how(content: str, summary: str, *, opened: bool = False) -> str:
    """How a figure is computed, closed until somebody asks."""
    return _wrap("how", summary=summary, opened=opened, content=content)


@register.simple_block_tag
def table(content: str, caption: str, *, extra: str = "", scroll: bool = False, show: bool = False) -> str:
    """A table and its caption (for ears unless `show`); `scroll` lets a wide one move inside its own frame."""
    return _wrap("table", caption=caption, extra=extra, scroll=scroll, show=show, content=content)


@register.filter
def problems(form: BaseForm) -> list[Problem]:
    """What is wrong in a form, in the order of the page: the whole first, then field by field."""
    found = [Problem(str(text)) for text in form.non_field_errors()]
    for field in form:
        for text in field.errors:
            if field.is_hidden:
                found.append(Problem(str(text)))
            else:
                found.append(Problem(str(text), str(field.label), f"#{field.id_for_label or field.auto_id}"))
    return found


@register.filter
def tone_of(level_tag: str) -> str:
    """The tone of a notice for the level of a message."""
    return {"warning": "care", "error": "alarm"}.get(level_tag, "")


@register.simple_tag
def balance_chart(
    past: Sequence[pictures.Point],
    new: Sequence[pictures.Point],
    today: date,
    *,
    old: Sequence[pictures.Point] = (),
    paused: Sequence[date] = (),
    currency: str = "CNY",
) -> str:
    """The principal left over time; the lists are those of `pictures.balance_picture`."""
    language = page_language()
    words = pictures.Words(now=_("Now"), relief=_("on relief"), resume=_("payments resume"), settled=_("paid off"))
    picture = pictures.balance_picture(
        past, new, old, paused=paused, today=today, language=language, words=words, currency=currency
    )
    title = _("Principal left: %(first)s on %(first_day)s, %(now)s now, %(last)s on %(last_day)s.") % {
        "first": wording.money_text(past[0][1], currency),
        "first_day": wording.day_text(past[0][0], language),
        "now": wording.money_text(past[-1][1], currency),
        "last": wording.money_text((new or past)[-1][1], currency),
        "last_day": wording.day_text((new or past)[-1][0], language),
    }
    return _wrap("chart_balance", picture=picture, title=title, has_old=bool(old))


@register.simple_tag
def schedules_chart(
    before: Sequence[pictures.Point],
    after: Sequence[pictures.Point],
    *,
    paused: Sequence[date] = (),
    currency: str = "CNY",
) -> str:
    """Old beside new instalments; the lists are those of `pictures.schedules_picture`."""
    language = page_language()
    picture = pictures.schedules_picture(before, after, paused, language=language)
    title = _("Old instalments: %(old_first)s to %(old_last)s. New ones: %(new_first)s to %(new_last)s.") % {
        "old_first": wording.month_text(before[0][0], language),
        "old_last": wording.month_text(before[-1][0], language),
        "new_first": wording.month_text(after[0][0], language),
        "new_last": wording.month_text(after[-1][0], language),
    }
    return _wrap("chart_schedules", picture=picture, title=title, paused=bool(paused))


@register.simple_tag
def columns_chart(sums: Sequence[int], names: Sequence[str], title: str) -> str:
    """Sums side by side; beside it stands a table with the same sums."""
    return _wrap("chart_columns", picture=column_picture(sums, names, page_language()), title=title)


@register.simple_tag
def calendar(months: Sequence[Any], lenders: Sequence[Any] = ()) -> str:
    """What is due to every lender, month by month, and in all.

    Each month has month (a date), with_year, total_minor, bar (`pictures.calendar_bars`: a
    part for each lender) and dues, each with on (a date), state (of a glyph), state_label,
    text, minor and paused. Without `lenders` there is no key.
    """
    rows = [
        {
            "month": figures.monthname(row.month, "short"),
            "year": figures.year(row.month) if row.with_year else "",
            "total": figures.money(row.total_minor),
            "bar": [
                (SafeString(bar_tone(place)), SafeString(part.x), SafeString(part.width))
                for place, part in enumerate(row.bar)
            ],
            "dues": [
                (
                    due.paused,
                    same("glyph", state=due.state, label=due.state_label),
                    figures.dayofmonth(due.on),
                    due.text,
                    figures.money(due.minor),
                )
                for due in row.dues
            ],
        }
        for row in months
    ]
    return _wrap("calendar", months=rows, lenders=lenders)


@register.filter
def ratio(part: int, whole: int) -> str:
    """`{{ points|ratio:most }}`: thousandths of the whole, from 0 to 1000, for the width of a bar."""
    return str(max(0, min(1000, 1000 * part // whole)) if whole > 0 else 0)


@register.filter
def bar_tone(position: int) -> str:
    """The letter of the bar class for a lender's place in the calendar; the fourth begins again."""
    return "abd"[position % 3]


@register.filter
def letter_table(block: dict[str, Any]) -> dict[str, Any]:
    """A table block of a letter, its figures marked so that they line up at the end.

    A column after the first is one of figures when every cell of it is a sum, a rate, a
    dash or empty. A foot shorter than the head lets its first cell span the difference.
    """
    head, rows, foot = block["head"], block["rows"], block.get("foot") or []
    figures = [bool(i and rows and all(FIGURE.fullmatch(row[i]) for row in rows)) for i in range(len(head))]
    return {
        "caption": block.get("caption", ""),
        "head": list(zip(head, figures, strict=True)),
        "rows": [list(zip(row, figures, strict=True)) for row in rows],
        "span": len(head) - len(foot) + 1,
        "foot": list(zip(foot, figures[len(head) - len(foot) :], strict=True)),
    }
