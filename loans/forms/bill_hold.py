"""What servicing staff say when something is to stand still on a monthly bill."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loans.models import Hold


class HoldForm(forms.Form):
    """What stands still, until when, and why."""

    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("What is to stand still"),
        choices=[(kind.value, kind.label) for kind in Hold.OF_BILLS],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose what is to stand still.")},
    )
    until_on = forms.DateField(
        label=gettext_lazy("Up to and with"),
        help_text=gettext_lazy("Leave it empty if the end is not known; somebody ends it then."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"invalid": gettext_lazy("Enter a day, for example 2026-05-08.")},
    )
    words = forms.CharField(
        label=gettext_lazy("Your reason"),
        help_text=gettext_lazy("Only staff read it, and the audit trail keeps it: a death, a fraud, a dispute."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": gettext_lazy("Give a reason in your own words."),
            "max_length": gettext_lazy("At most 300 characters."),
        },
    )

    def __init__(self, *args: Any, today: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_until_on(self) -> Any:
        until_on = self.cleaned_data["until_on"]
        if until_on is not None and until_on < self.today:
            raise ValidationError(_("This day is over. Enter today or a later day."), code="in_past")
        return until_on
