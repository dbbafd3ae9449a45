"""What servicing staff type about money on a monthly bill."""

from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.wording import money_text
from loans.forms.fields import MoneyField
from loans.forms.paying import INCOMPLETE
from loans.models import RevolvingAccount


class GiveBackForm(forms.Form):
    """How much went back; never more than no bill asks for."""

    amount = MoneyField(label=gettext_lazy("Amount"), error_messages={"required": gettext_lazy("Enter an amount.")})
    key = forms.UUIDField(widget=forms.HiddenInput, error_messages={"required": INCOMPLETE, "invalid": INCOMPLETE})

    def __init__(self, *args: Any, account: RevolvingAccount, most_minor: int | None = None, **kwargs: Any) -> None:
        self.account, self.most_minor, self.today = account, most_minor, account.lender.today()
        super().__init__(*args, **kwargs)
        self.fields["amount"].currency = account.currency  # type: ignore[attr-defined]  # a MoneyField
        if most_minor is not None:
            self.fields["amount"].help_text = _("At most %(sum)s.") % {"sum": money_text(most_minor, account.currency)}
        self.initial["key"] = uuid4()

    def clean_amount(self) -> int:
        minor: int = self.cleaned_data["amount"]
        if minor == 0:
            raise ValidationError(_("Enter an amount above zero."), code="zero")
        if self.most_minor is not None and minor > self.most_minor:
            text = _("At most %(sum)s.") % {"sum": money_text(self.most_minor, self.account.currency)}
            raise ValidationError(text, code="too_much")
        return minor


class ReceiveBillForm(GiveBackForm):
    """A payment by transfer or at the counter; its day may lie in the past, as far as the last bill."""

    value_on = forms.DateField(
        label=gettext_lazy("Counts on"),
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("The day the money arrived, as far back as the last bill."),
        error_messages={
            "required": gettext_lazy("Enter the day on which the money arrived."),
            "invalid": gettext_lazy("Enter a day, for example 2026-05-08."),
        },
    )
    field_order = ["amount", "value_on", "key"]

    def __init__(self, *args: Any, account: RevolvingAccount, **kwargs: Any) -> None:
        super().__init__(*args, account=account, **kwargs)
        self.initial["value_on"] = self.today

    def clean_value_on(self) -> Any:
        value_on = self.cleaned_data["value_on"]
        if value_on > self.today:
            raise ValidationError(_("This day is still to come. Enter today or an earlier day."), code="in_future")
        return value_on
