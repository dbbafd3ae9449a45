"""What pages of the staff's site need of Python."""

from collections.abc import Iterator

from django import template
from django.contrib.admin.helpers import InlineAdminFormSet

from accounts.shown_rows import Row, rows_of

register = template.Library()


@register.filter
def rows_to_read(shown: InlineAdminFormSet) -> Iterator[Row]:
    """The rows below a record, as they are shown."""
    return rows_of(shown)
