"""Name and identity number, asked in words that say how to put right what is wrong."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import identity_number, person_name
from accounts.services import Claim

WRONG = {
    "name": _("Please write the name as it stands on your document, without digits or signs."),
    "length": _("An identity number has 18 characters. The 15 digits of an old card no longer count."),
    "characters": _("Only digits, and perhaps an X at the very end. Please look for a letter that slipped in."),
    "place": _("The first two digits stand for a place, and these stand for none. Please compare the beginning."),
    "birth_date": _("Digits 7 to 14 are a day of birth, and there is no such day. Please compare the middle."),
    "check": _("The last character does not fit the others. Most often one digit is wrong or two are swapped."),
    "too_young": _("You can become a customer here from your 18th birthday on."),
}


class IdentityForm(forms.Form):
    name = forms.CharField(label=_("Your name"), max_length=person_name.LONGEST, help_text=_("As on your document."))
    number = forms.CharField(label=_("Identity number"), max_length=40)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False
        self.fields["name"].widget.attrs.update({"autocomplete": "name"})
        self.fields["number"].help_text = _("The 18 characters on your card or permit. An X at the end may be small.")
        self.fields["number"].widget.attrs.update(
            {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        )

    def clean_name(self) -> str:
        return person_name.normalised(self.cleaned_data["name"])

    def clean_number(self) -> str:
        return identity_number.normalised(self.cleaned_data["number"])

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if {"name", "number"} <= set(given):
            for code in Claim(given["name"], given["number"]).codes():
                self.add_error("name" if code == "name" else "number", WRONG[code])
        return given
