"""Wrappers of the look, and two small things its leaves need.

A wrapper goes around what a page writes: `{% section _("Loans") %}…{% endsection %}`.
A leaf is a file of `templates/components/` that a page includes with `only`; its first
lines list its variables. Each wrapper has such a file too, so the HTML of a component
stands in one place.
"""

from dataclasses import dataclass
from typing import Any

from django import template
from django.forms import BaseForm
from django.template.loader import get_template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

register = template.Library()


@dataclass(frozen=True, slots=True)
class Problem:
    """One line of the error summary; `href` is empty when no single field is meant."""

    text: str
    href: str = ""


def _wrap(name: str, **context: Any) -> SafeString:
    return get_template(f"components/{name}.html").render(context)


@register.simple_block_tag
def section(
    content: str, title: str, note: str = "", *, anchor: str = "", body: str = "", screen_only: bool = False
) -> SafeString:
    """A part of a page: its heading in the margin, what it is about beside it."""
    return _wrap(
        "section", title=title, note=note, anchor=anchor, body=body, screen_only=screen_only, content=content
    )


@register.simple_block_tag
def notice(content: str, title: str = "", tone: str = "") -> SafeString:
    """A promise or a change; `tone` is "care" for a date, "alarm" for a failure."""
    return _wrap("notice", title=title, tone=tone, content=content)


@register.simple_block_tag
def how(content: str, summary: str, *, opened: bool = False) -> SafeString:
    """How a figure is computed, closed until somebody asks."""
    return _wrap("how", summary=summary, opened=opened, content=content)


@register.simple_block_tag
def table(content: str, caption: str, *, extra: str = "", scroll: bool = False, show: bool = False) -> SafeString:
    """A table and its caption (for ears unless `show`); `scroll` lets a wide one move inside its own frame."""
    return _wrap("table", caption=caption, extra=extra, scroll=scroll, show=show, content=content)


@register.filter
def problems(form: BaseForm) -> list[Problem]:
    """What is wrong in a form, in the order of the page: the whole first, then field by field."""
    found = [Problem(text) for text in form.non_field_errors()]
    for field in form:
        for text in field.errors:
            if field.is_hidden:
                found.append(Problem(text))
            else:
                line = _("%(label)s: %(problem)s") % {"label": field.label, "problem": text}
                found.append(Problem(line, f"#{field.id_for_label or field.auto_id}"))
    return found


@register.filter
def tone_of(level_tag: str) -> str:
    """The tone of a notice for the level of a message."""
    return {"warning": "care", "error": "alarm"}.get(level_tag, "")
