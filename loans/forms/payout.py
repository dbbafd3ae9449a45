"""Choosing where a payout goes after one that failed, and why staff give a contract up."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import BankAccount
from loans.services.cancelling import LONGEST_WORDS


class AccountForm(forms.Form):
    """One of one's own confirmed accounts."""

    account = forms.ModelChoiceField(
        label=_("Which account should receive the money?"),
        queryset=BankAccount.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={
            "required": _("Choose an account."),
            "invalid_choice": _("Choose one of your confirmed accounts."),
        },
    )

    def __init__(self, *args: Any, sources: tuple[BankAccount, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = BankAccount.objects.filter(pk__in=[source.pk for source in sources])
        self.fields["account"].queryset = own  # type: ignore[attr-defined]  # a ModelChoiceField
        if len(sources) == 1:
            self.initial["account"] = sources[0]


class CancelForm(forms.Form):
    """Why; the borrower reads it."""

    words = forms.CharField(
        label=_("Why it is cancelled"),
        max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The borrower reads this."),
        error_messages={"required": _("Say in a few words why it is cancelled."), "max_length": _("Make it shorter.")},
    )
