"""Rows below the page of another record in the staff's site: to read, so no form is made for any of them.

Django's admin makes a form and its fields for each row of an inline, even where nobody may fill them in; a loan in its
24th month took half as long again to open as a new one, most of it for them. Here a row is its name, the way to its
own page and its columns, as texts.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin.helpers import InlineAdminFormSet
from django.contrib.admin.utils import display_for_field, display_for_value, quote
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.forms import Media
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

EMPTY = "-"  # as everywhere in Django's admin


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it is shown: its name, the address of its own page ("" without), the cells of its columns."""

    name: str
    address: str
    cells: SafeString


class RowsToRead(BaseInlineFormSet):
    """The rows themselves, each knowing the record above it. There is no form, since there is nothing to send."""

    forms: ClassVar[Any] = ()
    most: int | None = None
    has_more = False

    @property
    def media(self) -> Media:
        return Media()

    def get_queryset(self) -> Any:
        if not hasattr(self, "_queryset"):
            found = list(super().get_queryset()[: self.most and self.most + 1])
            self.has_more = self.most is not None and len(found) > self.most
            self._queryset = found[: self.most]
            for row in self._queryset:
                setattr(row, self.fk.name, self.instance)
        return self._queryset


class NewestRows(RowsToRead):
    """The first so many rows of the order, newest first; `has_more` says that there are others."""

    most = 12


class ShownRows(admin.TabularInline):
    """Rows below the page of another record: nothing to fill in, so no fields, and no number of any row.

    With `formset = NewestRows` a record that grows with time shows the newest, and a link to the list
    of all of them, which must be found there by the record's number.
    """

    extra = 0
    can_delete = False
    formset = RowsToRead
    template = "accounts/shown_rows.html"

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return True  # the page around them was permitted, and they belong to its record

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


def rows_of(shown: InlineAdminFormSet) -> Iterator[Row]:
    """The rows of an inline, each column written once for all of them."""
    rows, model = shown.opts, shown.opts.model
    names = [str(field["name"]) for field in shown.fields()]
    columns = [(name, column(rows, name)) for name in names]
    page = f"admin:{model._meta.app_label}_{model._meta.model_name}_change"
    has_page = rows.show_change_link and rows.has_registered_model
    for row in shown.formset.get_queryset():
        address = reverse(page, args=[quote(row.pk)]) if has_page else ""
        yield Row(str(row), address, SafeString("".join(cell(name, written(row)) for name, written in columns)))


def cell(name: str, text: Any) -> str:
    """A cell of a column, put together by hand: as many of them stand on a page as in all the rest of it.

    >>> cell("error", "a < b\\nc")
    '<td class="field-error"><p>a &lt; b<br>c</p></td>'
    """
    shown = conditional_escape(text)
    lines = shown if hasattr(text, "__html__") else shown.replace("\n", "<br>")
    return f'<td class="field-{name}"><p>{lines}</p></td>'


def column(rows: admin.options.InlineModelAdmin, name: str) -> Callable[[Model], Any]:
    """How a column is written: a field of the model as Django's admin would, else what a method of the rows says."""
    try:
        field: Any = rows.model._meta.get_field(name)
    except FieldDoesNotExist:
        told = getattr(rows, name)
        return lambda row: display_for_value(told(row), EMPTY)
    return _with_words(field) if field.choices else lambda row: display_for_field(getattr(row, name), field, EMPTY)


def _with_words(field: Any) -> Callable[[Model], Any]:
    words = dict(field.flatchoices)
    return lambda row: words.get(getattr(row, field.name), EMPTY)
