"""What a borrower types about a loan; every error says what to do."""

from typing import Any, cast
from uuid import UUID, uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import BankAccount
from accounts.wording import money_text
from loans.forms.fields import MoneyField
from loans.selectors.early import EarlyPage
from loans.selectors.pay_page import PayPage
from loans.selectors.settle_page import SettlePage

INCOMPLETE = gettext_lazy("Part of this page was missing when it was sent. Open it again and send it once more.")


class SentOnce(forms.Form):
    """A form whose key makes sending it twice the same as sending it once.

    `seen` is the row version of the loan that the page was made from: if it has moved on,
    what the person read is not true any more.
    """

    key = forms.UUIDField(widget=forms.HiddenInput, error_messages={"required": INCOMPLETE, "invalid": INCOMPLETE})
    seen = forms.IntegerField(widget=forms.HiddenInput, error_messages={"required": INCOMPLETE, "invalid": INCOMPLETE})

    def __init__(self, *args: Any, page: PayPage | SettlePage | EarlyPage, **kwargs: Any) -> None:
        self.page = page
        super().__init__(*args, **kwargs)
        self.initial.update({"key": uuid4(), "seen": page.loan.version})

    @property
    def is_outdated(self) -> bool:
        """Whether the loan has changed since the page was made; asked after `is_valid()`."""
        return "seen" in self.cleaned_data and self.cleaned_data["seen"] != self.page.loan.version


class FromAccount(SentOnce):
    """Where the page asks the borrower's bank for the money: from which account."""

    account = forms.ModelChoiceField(
        label=gettext_lazy("From which account"),
        queryset=BankAccount.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={
            "required": gettext_lazy("Choose the account to pay from."),
            "invalid_choice": gettext_lazy("Choose one of your confirmed accounts."),
        },
    )

    def __init__(self, *args: Any, page: PayPage | SettlePage | EarlyPage, **kwargs: Any) -> None:
        super().__init__(*args, page=page, **kwargs)
        if not page.is_collecting:
            del self.fields["account"]
            return
        sources = BankAccount.objects.filter(pk__in=[source.pk for source in page.sources])
        cast(forms.ModelChoiceField, self.fields["account"]).queryset = sources
        self.initial["account"] = page.sources[0] if page.sources else None


class PayForm(FromAccount):
    """How much. What is typed may hold full-width digits and commas at the thousands."""

    page: PayPage
    amount = MoneyField(
        label=gettext_lazy("Amount to pay"),
        error_messages={"required": gettext_lazy("Enter how much you want to pay.")},
    )
    again = forms.BooleanField(
        label=gettext_lazy("I know that a payment is on its way, and want to make this one as well."),
        error_messages={
            "required": gettext_lazy("A payment is on its way already. Tick this only if you want to pay twice.")
        },
    )
    field_order = ["amount", "account", "again", "key", "seen"]

    def __init__(self, *args: Any, page: PayPage, **kwargs: Any) -> None:
        super().__init__(*args, page=page, **kwargs)
        self.fields["amount"].currency = page.loan.currency  # type: ignore[attr-defined]  # a MoneyField
        self.initial["amount"] = page.now.suggested_minor
        if not page.under_way:
            del self.fields["again"]

    def clean_amount(self) -> int:
        minor: int = self.cleaned_data["amount"]
        if minor == 0:
            raise ValidationError(_("Enter an amount above zero."), code="zero")
        self._check_most(minor)
        return minor

    def _check_most(self, minor: int) -> None:
        """Never more than is owed, and never what settling the loan would cost less."""
        currency, settles_at = self.page.loan.currency, self.page.settles_at_minor
        if settles_at is not None and minor >= settles_at:
            text = _("%(sum)s is enough to settle this loan today. Enter less than that, or use “Settle early” below.")
            raise ValidationError(text % {"sum": money_text(settles_at, currency)}, code="settles")
        if minor > self.page.left_minor:
            text = _("This is more than you owe. The most you can pay on this loan is %(sum)s.")
            raise ValidationError(text % {"sum": money_text(self.page.left_minor, currency)}, code="too_much")


class SettleForm(FromAccount):
    """Agreement to one sum: the one that was shown."""

    total = forms.IntegerField(widget=forms.HiddenInput, error_messages={"required": INCOMPLETE, "invalid": INCOMPLETE})

    def __init__(self, *args: Any, page: SettlePage, **kwargs: Any) -> None:
        super().__init__(*args, page=page, **kwargs)
        self.initial["total"] = page.quote.total_minor if page.quote else None

    @property
    def is_outdated(self) -> bool:
        """Also where only the sum has changed, as it does at midnight."""
        return super().is_outdated or self.cleaned_data.get("total") != self.initial["total"]


def sent_key(posted: Any) -> UUID | None:
    """The key that came with a form, if it is one; asked before anything else is checked."""
    try:
        return UUID(posted.get("key", ""))
    except ValueError:
        return None
