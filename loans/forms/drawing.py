"""What a borrower types to draw from a limit and to sign; every error says what to do."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import BankAccount
from accounts.wording import money_text
from loans.due_days import DAYS
from loans.forms.fields import MoneyField
from loans.models import CreditLimit, Product
from loans.models.product import METHOD_NAMES

USUAL_COUNTS = (3, 6, 12)


class DrawForm(forms.Form):
    """How much, in how many instalments, by which method, to which account."""

    amount = MoneyField(
        label=gettext_lazy("How much do you want to draw?"),
        error_messages={"required": gettext_lazy("Enter how much you want to draw.")},
    )
    count = forms.TypedChoiceField(
        label=gettext_lazy("In how many instalments?"),
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choose the number of instalments."),
            "invalid_choice": gettext_lazy("Choose one of the numbers offered."),
        },
    )
    method = forms.ChoiceField(
        label=gettext_lazy("How do you want to repay?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choose how you want to repay."),
            "invalid_choice": gettext_lazy("Choose one of the ways offered."),
        },
    )
    due_day = forms.TypedChoiceField(
        label=gettext_lazy("On which day of the month do you want to pay?"),
        coerce=int,
        choices=[(day, day) for day in DAYS],
        help_text=gettext_lazy(
            "For example a few days after your wages come. The first instalment is at least 15 days away."
        ),
        error_messages={
            "required": gettext_lazy("Choose a day of the month."),
            "invalid_choice": gettext_lazy("Choose a day from 1 to 28."),
        },
    )
    account = forms.ChoiceField(
        label=gettext_lazy("Which account should receive the money?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choose an account."),
            "invalid_choice": gettext_lazy("Choose one of your confirmed accounts."),
        },
    )

    def __init__(
        self, *args: Any, limit: CreditLimit, available_minor: int, accounts: list[BankAccount], **kwargs: Any
    ) -> None:
        self.limit, self.available_minor = limit, available_minor
        self.accounts = {str(account.public_id): account for account in accounts}
        super().__init__(*args, **kwargs)
        product, fields = limit.product, self.fields
        fields["amount"].currency = limit.lender.currency  # type: ignore[attr-defined]  # a MoneyField
        fields["amount"].help_text = _("At most %(sum)s.") % {"sum": money_text(self.most_minor, limit.lender.currency)}
        counts = product.instalment_counts or USUAL_COUNTS
        fields["count"].choices = [(count, str(count)) for count in counts]  # type: ignore[attr-defined]
        methods = [(method, METHOD_NAMES[method]) for method in product.allowed_methods]
        fields["method"].choices = methods  # type: ignore[attr-defined]
        shown = [(key, str(account)) for key, account in self.accounts.items()]
        fields["account"].choices = shown  # type: ignore[attr-defined]
        if product.due_day_choice == Product.DueDay.CHOSEN:
            self.initial["due_day"] = min(limit.lender.today().day, DAYS[-1])
        else:
            del fields["due_day"]
        if len(methods) == 1:
            self.initial["method"] = methods[0][0]
        if len(shown) == 1:
            self.initial["account"] = shown[0][0]

    @property
    def most_minor(self) -> int:
        return min(self.available_minor, self.limit.product.max_principal_minor or self.available_minor)

    def clean_amount(self) -> int:
        minor: int = self.cleaned_data["amount"]
        least_minor = self.limit.product.min_principal_minor or 1
        if minor > self.most_minor:
            text = _("This is more than you can draw. The most is %(sum)s.")
            raise ValidationError(
                text % {"sum": money_text(self.most_minor, self.limit.lender.currency)}, code="too_much"
            )
        if minor < least_minor:
            text = _("This is less than one can draw. The least is %(sum)s.")
            raise ValidationError(
                text % {"sum": money_text(least_minor, self.limit.lender.currency)}, code="too_little"
            )
        return minor

    def clean_account(self) -> BankAccount:
        return self.accounts[self.cleaned_data["account"]]


class SignForm(forms.Form):
    """The signature under a contract: the name typed, the figures named."""

    typed_name = forms.CharField(
        label=gettext_lazy("Type your full name"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": gettext_lazy("Type your full name, as on your agreement.")},
    )
    shown_hash = forms.CharField(widget=forms.HiddenInput, max_length=64)
