"""What staff type about an overdue loan: why a step is taken."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ReasonForm(forms.Form):
    """The reason in words; the borrower reads it."""

    words = forms.CharField(
        label=_("Your reason"),
        help_text=_("The borrower reads it. Say what was tried, and why this step."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": _("Give a reason in your own words."),
            "max_length": _("At most 300 characters."),
        },
    )
