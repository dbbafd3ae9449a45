"""What a borrower types to repay part of a loan early; every error says what to do."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.wording import money_text
from loans.engine.prepayment import Keep
from loans.forms.fields import MoneyField
from loans.forms.paying import INCOMPLETE, FromAccount
from loans.selectors.early import EarlyPage

PROBLEMS = {
    "due_first": gettext_lazy("Something is due first. Pay that, then you can repay part of the rest early."),
    "interest_free_part": gettext_lazy(
        "This would repay all that bears interest. What is left bears none, so paying it early saves nothing; "
        "you can settle the whole loan instead."
    ),
    "at_the_end": gettext_lazy(
        "This loan is repaid on its last day, and part of that is paid or agreed otherwise already. It can be settled "
        "as a whole, on any day."
    ),
    "closed": gettext_lazy("Nothing can be repaid on this loan now."),
    "before_disbursement": gettext_lazy("Nothing can be repaid on this loan now."),
}


class SumForm(forms.Form):
    """How much, before anything is decided: sent by GET."""

    amount = MoneyField(
        label=gettext_lazy("How much do you want to repay?"),
        error_messages={"required": gettext_lazy("Enter how much you want to repay.")},
    )

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"].currency = currency  # type: ignore[attr-defined]  # a MoneyField

    def tell(self, page: EarlyPage) -> None:
        """Say beside the field why the sum brings nothing."""
        if not self.is_bound or not page.problem or self.errors:
            return
        currency = page.loan.currency
        if page.problem == "pays_off" and page.quote is not None:
            text = _("%(sum)s is enough to settle this loan today. Enter less than that, or settle it.")
            self.add_error("amount", text % {"sum": money_text(page.quote.total_minor, currency)})
        elif page.problem == "nothing_for_principal" and page.quote is not None:
            text = _("%(sum)s of interest has come up to today. Enter more than that.")
            self.add_error("amount", text % {"sum": money_text(page.quote.payoff.interest_minor, currency)})
        else:
            self.add_error("amount", PROBLEMS[page.problem])


class ChoiceForm(FromAccount):
    """Which way, for exactly the sum that was shown."""

    page: EarlyPage
    keep = forms.ChoiceField(
        choices=[(keep.value, keep.value) for keep in Keep],
        error_messages={
            "required": gettext_lazy("Choose what should change."),
            "invalid_choice": gettext_lazy("Choose what should change."),
        },
    )
    total = forms.IntegerField(widget=forms.HiddenInput, error_messages={"required": INCOMPLETE, "invalid": INCOMPLETE})

    def __init__(self, *args: Any, page: EarlyPage, **kwargs: Any) -> None:
        super().__init__(*args, page=page, **kwargs)
        self.initial["total"] = page.options[0].amount_minor if page.options else None

    @property
    def is_outdated(self) -> bool:
        """Also where only the sum has changed, as it does at midnight."""
        return super().is_outdated or self.cleaned_data.get("total") != self.initial["total"]
