"""What staff decide about money that nobody could place, and about reports that contradict."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loans.models import GatewayEvent, Loan, PaymentOrder, RevolvingAccount, SuspenseItem
from loans.models.suspense import SuspenseResolution
from loans.services.suspending import LONGEST_WORDS

OUTCOMES = (
    (SuspenseResolution.Outcome.MATCHED.value, gettext_lazy("It belongs to a loan or a monthly bill")),
    (SuspenseResolution.Outcome.RETURNED.value, gettext_lazy("It went back to whoever sent it")),
)
NO_WORDS = gettext_lazy("Say in a few words how you know.")


def words_field(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": NO_WORDS},
    )


class PlaceForm(forms.Form):
    """Where the money goes; the loan, or the monthly bill, is named by its number."""

    use_required_attribute = False

    outcome = forms.ChoiceField(
        label=gettext_lazy("Where the money goes"),
        choices=OUTCOMES,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose one of the two.")},
    )
    number = forms.CharField(
        label=gettext_lazy("Number of the loan or the monthly bill"), max_length=40, required=False
    )
    words = words_field(gettext_lazy("How you know"))

    def __init__(self, *args: Any, item: SuspenseItem, **kwargs: Any) -> None:
        self.item = item
        self.loan: Loan | None = None
        self.account: RevolvingAccount | None = None
        super().__init__(*args, **kwargs)
        if item.is_outgoing:
            choices = [(SuspenseResolution.Outcome.RETURNED.value, gettext_lazy("It came back to us"))]
            if _is_refund(item):
                said = gettext_lazy("It was the refund that is owed, and stays with the borrower")
                choices.append((SuspenseResolution.Outcome.REFUNDED.value, said))
            self.fields["outcome"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField
            del self.fields["number"]
        debt = item.loan or item.bill_account
        self.initial["number"] = debt.number if debt else ""

    @property
    def is_refund(self) -> bool:
        return bool(self.cleaned_data["outcome"] == SuspenseResolution.Outcome.REFUNDED)

    @property
    def is_match(self) -> bool:
        return bool(self.cleaned_data["outcome"] == SuspenseResolution.Outcome.MATCHED)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        if found.get("outcome") == SuspenseResolution.Outcome.MATCHED:
            self._find(found.get("number", "").strip())
        return found

    def _find(self, number: str) -> None:
        named = {"lender": self.item.lender, "number": number}
        self.loan = Loan.objects.filter(**named).select_related("borrower").first()
        if self.loan is None:
            self.account = RevolvingAccount.objects.filter(**named).select_related("borrower").first()
        if self.loan is None and self.account is None:
            text = _("There is no loan and no monthly bill of this number here.")
            self.add_error("number", ValidationError(text, code="unknown"))
        elif self.loan is not None and not self.loan.is_owed:
            text = _("This loan takes no payments: it is settled, or not paid out yet.")
            self.add_error("number", ValidationError(text, code="closed"))
        elif self.account is not None and self.account.state != RevolvingAccount.State.ACTIVE:
            text = _("This monthly bill is closed and takes no payments.")
            self.add_error("number", ValidationError(text, code="closed"))


def _is_refund(item: SuspenseItem) -> bool:
    order = item.event.order if item.event is not None else None
    return order is not None and order.direction == PaymentOrder.Direction.REFUND


class LookForm(forms.Form):
    """What a report turned out to be; only a report of success can bring money."""

    use_required_attribute = False

    words = words_field(gettext_lazy("What you found"))
    has_come = forms.BooleanField(
        label=gettext_lazy("The money did come. Put it in suspense, to be placed."), required=False
    )

    def __init__(self, *args: Any, event: GatewayEvent, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if event.order is not None and event.order.direction != PaymentOrder.Direction.DEBIT:
            self.fields["has_come"].label = gettext_lazy(
                "The money did go out. Take it as the payout that the loan waits for; if it waits for none, put it in "
                "suspense, to be claimed back."
            )
        if event.body["outcome"] != "succeeded" or event.body["currency"] != event.lender.currency:
            del self.fields["has_come"]
