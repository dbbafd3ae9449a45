"""What is typed about money that is owed back: how much, and to which account."""

from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from loans.forms.fields import MoneyField
from loans.forms.paying import INCOMPLETE
from loans.forms.payout import AccountForm
from loans.selectors.refunds import Refund

REFUND_IN_QUESTION = _(
    "It is not clear whether an earlier refund went. Look at its report, or at the money that went out, first."
)


class RefundForm(AccountForm):
    """A refund at the desk: at most what is owed, to an account that was proved; sent twice, it is one order."""

    key = forms.UUIDField(widget=forms.HiddenInput, error_messages={"required": INCOMPLETE, "invalid": INCOMPLETE})
    amount = MoneyField(label=_("Amount to send back"), error_messages={"required": _("Enter the amount.")})
    field_order = ["amount", "account", "key"]

    def __init__(self, *args: Any, page: Refund, **kwargs: Any) -> None:
        super().__init__(*args, sources=page.sources, **kwargs)
        self.page = page
        self.initial.setdefault("key", uuid4())
        self.fields["amount"].currency = page.debt.currency  # type: ignore[attr-defined]  # a MoneyField
        self.initial["amount"] = page.owed_minor
        if page.wish is not None:
            self.initial["account"] = page.wish.bank_account

    def clean_amount(self) -> int:
        minor: int = self.cleaned_data["amount"]
        if minor == 0:
            raise ValidationError(_("Enter an amount above zero."), code="zero")
        if minor > self.page.owed_minor:
            raise ValidationError(_("This is more than is owed back."), code="too_much")
        return minor
