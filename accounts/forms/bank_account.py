"""A bank account, and the code that proves it."""

from typing import Any

from django import forms
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.bank_card import BANKS, OTHER
from accounts.forms.signing_in import ask_for_code

# code -> field, words
WRONG = {
    "holder": ("holder", _("Please give an account in your own name, as you gave it to us.")),
    "length": (
        "number",
        _("Cards of this bank have another number of digits. Please compare both."),
    ),
    "characters": ("number", _("Only digits, please. Spaces do no harm.")),
    "check": ("number", _("The last digit does not fit the others. Most often one digit is wrong or two are swapped.")),
    "twice": ("number", _("You have already added this account.")),
}


class BankAccountForm(forms.Form):
    bank_code = forms.ChoiceField(label=_("Bank"))
    bank_name = forms.CharField(
        label=_("Name of the bank"), max_length=80, required=False, help_text=_("Only if it is not in the list.")
    )
    number = forms.CharField(
        label=_("Card number"), max_length=40, help_text=_("The long number on a debit card, 16 to 19 digits.")
    )
    holder = forms.CharField(label=_("Account holder"), max_length=80, help_text=_("An account in your own name."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False
        language = get_language() or ""
        listed = [(bank.code, bank.name_in(language)) for bank in BANKS]
        self.fields["bank_code"].choices = [("", "—"), *listed, (OTHER, _("Another bank"))]  # type: ignore[attr-defined]
        self.fields["number"].widget.attrs.update({"autocomplete": "off", "inputmode": "numeric"})

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if given.get("bank_code") == OTHER and not given.get("bank_name", "").strip():
            self.add_error("bank_name", _("Please write the name of your bank."))
        if given.get("bank_code") != OTHER:
            given["bank_name"] = ""
        return given

    def refuse(self, codes: tuple[str, ...]) -> None:
        """Say what a service found, beside the field it is about."""
        for code in codes:
            field, words = WRONG[code]
            self.add_error(field, words)


class CodeForm(forms.Form):
    """The code in the remark of the small transfer."""

    code = forms.CharField(max_length=20)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False
        ask_for_code(self, _("The 6 digits in the remark of the transfer."))

    def refuse(self, left: int) -> None:
        words = ngettext(
            "This code is not right. You can try once more.",
            "This code is not right. You can try %(left)s more times.",
            left,
        )
        none = _("This code is not right, and it no longer counts. Please have a new one sent.")
        self.add_error("code", words % {"left": left} if left else none)
