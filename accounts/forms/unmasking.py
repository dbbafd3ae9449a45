"""Which number, and why it has to be read."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import BankAccount, Borrower

_IDENTITY = "identity"
WRONG = {
    "reason": ("reason", _("Please say in a few words why; without any number in them.")),
    "nothing": ("account", _("No such number is kept.")),
}


class UnmaskForm(forms.Form):
    """`cleaned_data` holds `account` (None for the identity number) and `reason`, as the service takes them."""

    account = forms.ChoiceField(label=_("Which number"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Reason"), max_length=300, help_text=_("The borrower reads it, and so do those who check.")
    )

    def __init__(self, *args: Any, borrower: Borrower, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False
        self._accounts = {str(one.public_id): one for one in BankAccount.objects.filter(borrower=borrower).in_use()}
        listed = [(key, str(account)) for key, account in self._accounts.items()]
        self.fields["account"].choices = [(_IDENTITY, _("Identity number")), *listed]  # type: ignore[attr-defined]

    def clean_account(self) -> BankAccount | None:
        return self._accounts.get(self.cleaned_data["account"])

    def refuse(self, codes: tuple[str, ...]) -> None:
        for code in codes:
            field, words = WRONG[code]
            self.add_error(field, words)
