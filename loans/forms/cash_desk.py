"""What servicing staff type about money: a payment that came in some other way, and one to take back."""

from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from loans.forms.fields import MoneyField
from loans.forms.paying import INCOMPLETE
from loans.models import Loan
from loans.reversal_words import REASONS


class ReceiveForm(forms.Form):
    """A payment by transfer or at the counter; the day may lie in the past, as far as the disbursement."""

    amount = MoneyField(
        label=_("Amount received"), error_messages={"required": _("Enter the amount that was received.")}
    )
    value_on = forms.DateField(
        label=_("Counts on"),
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("The day the money arrived. Later payments are shared out anew if it lies before them."),
        error_messages={
            "required": _("Enter the day on which the money arrived."),
            "invalid": _("Enter a day, for example 2026-05-08."),
        },
    )
    key = forms.UUIDField(widget=forms.HiddenInput, error_messages={"required": INCOMPLETE, "invalid": INCOMPLETE})

    def __init__(self, *args: Any, loan: Loan, **kwargs: Any) -> None:
        self.loan, self.today = loan, loan.lender.today()
        super().__init__(*args, **kwargs)
        self.fields["amount"].currency = loan.currency  # type: ignore[attr-defined]  # a MoneyField
        self.initial.update({"key": uuid4(), "value_on": self.today})

    def clean_amount(self) -> int:
        minor: int = self.cleaned_data["amount"]
        if minor == 0:
            raise ValidationError(_("Enter an amount above zero."), code="zero")
        return minor

    def clean_value_on(self) -> Any:
        value_on = self.cleaned_data["value_on"]
        if value_on > self.today:
            raise ValidationError(_("This day is still to come. Enter today or an earlier day."), code="in_future")
        if value_on < self.loan.disbursed_on:
            raise ValidationError(_("The loan was not paid out yet on this day."), code="before_disbursement")
        return value_on


class TakeBackForm(forms.Form):
    """Why a payment is taken back; the borrower reads the reason."""

    reason = forms.ChoiceField(
        label=_("Why is it taken back?"),
        choices=[("", _("Choose one")), *REASONS.items()],
        error_messages={"required": _("Choose a reason."), "invalid_choice": _("Choose a reason from the list.")},
    )
    words = forms.CharField(
        label=_("In your words"),
        max_length=150,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": _("At most 150 characters.")},
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("reason") in ("error", "other") and not cleaned.get("words", "").strip():
            self.add_error("words", _("Say in a few words what happened."))
        return cleaned

    @property
    def text(self) -> str:
        """The reason as it is kept: its code, then the words."""
        return " ".join([self.cleaned_data["reason"], *self.cleaned_data["words"].split()])
