"""The day of a report."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


class AsOfForm(forms.Form):
    """A day from `first` to `last`, both included."""

    as_of = forms.DateField(
        label=_("End of the day"),
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={
            "required": _("Enter the day of the report."),
            "invalid": _("Enter a day, for example 2026-05-08."),
        },
    )

    def __init__(self, *args: Any, first: date, last: date, **kwargs: Any) -> None:
        self.first, self.last = first, last
        super().__init__(*args, **kwargs)

    def clean_as_of(self) -> date:
        day: date = self.cleaned_data["as_of"]
        if day > self.last:
            raise ValidationError(_("This day is still to come. Enter today or a day before."), code="to_come")
        if day < self.first:
            raise ValidationError(_("No book here is that old. Enter a later day."), code="too_old")
        return day
