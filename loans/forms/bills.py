"""What a borrower types about a monthly bill; every error says what to do."""

from typing import Any, cast
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import BankAccount
from accounts.wording import amount_text, money_text, percent_text
from loans.forms.fields import MoneyField
from loans.forms.paying import INCOMPLETE
from loans.models import CreditLimit, RevolvingAccount
from loans.product_rules import plan_rate_annual
from loans.selectors.bill_pay_page import BillPayPage
from loans.selectors.bills import BillNow


class OpenForm(forms.Form):
    """On which day of the month the bill is due."""

    due_day = forms.TypedChoiceField(
        label=gettext_lazy("On which day of the month do you want to pay?"),
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choose the day on which you pay."),
            "invalid_choice": gettext_lazy("Choose one of the days offered."),
        },
    )

    def __init__(self, *args: Any, limit: CreditLimit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        days = [(day, _("Day %(day)s") % {"day": day}) for day in limit.product.due_days]
        self.fields["due_day"].choices = days  # type: ignore[attr-defined]
        if days:
            self.initial["due_day"] = days[0][0]


class SumForm(forms.Form):
    """A sum, sent once: the same key is the same payment, or the same purchase."""

    key = forms.UUIDField(widget=forms.HiddenInput, error_messages={"required": INCOMPLETE, "invalid": INCOMPLETE})
    amount = MoneyField(error_messages={"required": gettext_lazy("Enter an amount.")})

    def __init__(self, *args: Any, account: RevolvingAccount, most_minor: int, **kwargs: Any) -> None:
        self.account, self.most_minor = account, most_minor
        super().__init__(*args, **kwargs)
        self.initial.setdefault("key", uuid4())
        self.fields["amount"].currency = account.currency  # type: ignore[attr-defined]  # a MoneyField

    def clean_amount(self) -> int | None:
        minor: int | None = self.cleaned_data["amount"]
        if minor is None:  # where it need not be given
            return None
        if minor == 0:
            raise ValidationError(_("Enter an amount above zero."), code="zero")
        if minor > self.most_minor:
            raise ValidationError(
                self.too_much() % {"sum": money_text(self.most_minor, self.account.currency)}, code="too_much"
            )
        return minor

    def too_much(self) -> str:
        raise NotImplementedError


class PayBillForm(SumForm):
    """The whole, the minimum, or any other sum; with a gateway also from which bank account."""

    what = forms.ChoiceField(
        label=gettext_lazy("How much do you want to pay?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choose what to pay."),
            "invalid_choice": gettext_lazy("Choose one of the sums offered."),
        },
    )
    source = forms.ModelChoiceField(
        label=gettext_lazy("From which account"),
        queryset=BankAccount.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={
            "required": gettext_lazy("Choose the account to pay from."),
            "invalid_choice": gettext_lazy("Choose one of your confirmed accounts."),
        },
    )
    field_order = ["what", "amount", "source", "key"]

    def __init__(self, *args: Any, page: BillPayPage, **kwargs: Any) -> None:
        account, now = page.account, page.now
        super().__init__(*args, account=account, most_minor=now.payoff_minor, **kwargs)
        self.sums = _sums(now)
        if page.is_refund_under_way:
            self.sums.pop("payoff", None)
        if page.is_collecting:
            sources = BankAccount.objects.filter(pk__in=[source.pk for source in page.sources])
            cast(forms.ModelChoiceField, self.fields["source"]).queryset = sources
            self.initial["source"] = page.sources[0] if page.sources else None
        else:
            del self.fields["source"]
        words = {
            "whole": _("The whole bill: %(sum)s"),
            "minimum": _("The minimum payment: %(sum)s"),
            "payoff": _("Everything, with interest to today and all instalments: %(sum)s"),
        }
        offered = [
            (code, words[code] % {"sum": money_text(minor, account.currency)}) for code, minor in self.sums.items()
        ]
        self.fields["what"].choices = [*offered, ("other", _("Another sum"))]  # type: ignore[attr-defined]
        self.initial["what"] = next(iter(self.sums), "other")
        self.fields["amount"].label = _("Another sum")
        self.fields["amount"].required = False

    @property
    def is_payoff(self) -> bool:
        return bool(self.cleaned_data["what"] == "payoff")

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("what") in self.sums:
            given["amount"] = self.sums[given["what"]]
            self.errors.pop("amount", None)  # another sum was not asked for
        elif given.get("what") == "other" and given.get("amount") is None and "amount" not in self.errors:
            self.add_error("amount", _("Enter how much you want to pay."))
        return given

    def too_much(self) -> str:
        return _("This is more than you owe. The most you can pay is %(sum)s.")


class CollectedForm(forms.Form):
    """How much is collected on the due day."""

    collected = forms.ChoiceField(
        label=gettext_lazy("How much is collected?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choose what is collected."),
            "invalid_choice": gettext_lazy("Choose one of the two."),
        },
    )

    def __init__(self, *args: Any, account: RevolvingAccount, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rate = {"rate": percent_text(account.rate_annual)}
        self.fields["collected"].choices = [  # type: ignore[attr-defined]
            (RevolvingAccount.Collected.WHOLE.value, _("The whole bill. Paid whole, it costs nothing extra.")),
            (
                RevolvingAccount.Collected.MINIMUM.value,
                _("The minimum payment. The rest is carried over, at %(rate)s a year, day by day.") % rate,
            ),
        ]
        self.initial["collected"] = account.collected


class BuyForm(SumForm):
    """A purchase of the demonstration's shop."""

    merchant = forms.CharField(
        label=gettext_lazy("Shop"),
        max_length=60,
        error_messages={"required": gettext_lazy("Enter the name of the shop.")},
    )
    field_order = ["merchant", "amount", "key"]

    def __init__(self, *args: Any, account: RevolvingAccount, available_minor: int, **kwargs: Any) -> None:
        super().__init__(*args, account=account, most_minor=available_minor, **kwargs)
        self.fields["amount"].label = _("Price")

    def too_much(self) -> str:
        return _("This is more than is left of your limit. The most is %(sum)s.")


class PlanForm(forms.Form):
    """How much of the bill, in how many parts; each with what it costs a year."""

    amount = MoneyField(
        label=gettext_lazy("How much of the bill?"), error_messages={"required": gettext_lazy("Enter an amount.")}
    )
    parts = forms.TypedChoiceField(
        label=gettext_lazy("In how many instalments?"),
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choose the number of instalments."),
            "invalid_choice": gettext_lazy("Choose one of the numbers offered."),
        },
    )

    def __init__(self, *args: Any, account: RevolvingAccount, most_minor: int, **kwargs: Any) -> None:
        self.account, self.most_minor = account, most_minor
        super().__init__(*args, **kwargs)
        self.fields["amount"].currency = account.currency  # type: ignore[attr-defined]  # a MoneyField
        self.fields["amount"].help_text = _("At most %(sum)s.") % {"sum": money_text(most_minor, account.currency)}
        self.initial["amount"] = amount_text(most_minor, account.currency)
        text = _("%(count)s instalments: a fee of %(fee)s of the amount, a real annual rate of %(rate)s")
        fees = account.product.offering.plan_fees
        self.fields["parts"].choices = [  # type: ignore[attr-defined]
            (
                count,
                text % {"count": count, "fee": percent_text(rate), "rate": percent_text(plan_rate_annual(count, rate))},
            )
            for count, rate in fees
        ]

    def clean_amount(self) -> int:
        minor: int = self.cleaned_data["amount"]
        if minor == 0:
            raise ValidationError(_("Enter an amount above zero."), code="zero")
        if minor > self.most_minor:
            text = _("This is more than can become instalments. The most is %(sum)s.")
            raise ValidationError(text % {"sum": money_text(self.most_minor, self.account.currency)}, code="too_much")
        return minor


def _sums(now: BillNow) -> dict[str, int]:
    """What is offered to be paid, each sum once, the whole first; never more than everything."""
    found: dict[str, int] = {}
    for code, minor in (("whole", now.whole_minor), ("minimum", now.minimum_minor), ("payoff", now.payoff_minor)):
        if 0 < minor <= now.payoff_minor and minor not in found.values():
            found[code] = minor
    return found
