"""What a person sends to close a service, and what somebody types to check a paper."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.chain import digest


class CloseForm(forms.Form):
    """That the effects were read: a tick, and the hash of what stood above it."""

    read = forms.BooleanField(
        label=_("I have read what closing does, and I want to close."),
        error_messages={"required": _("Please tick this if you want to close.")},
    )
    shown_sha256 = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args: Any, text: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.text = text
        self.initial["shown_sha256"] = digest(text)


class CheckForm(forms.Form):
    """The two things printed at the foot of a certificate."""

    number = forms.CharField(
        label=_("Certificate number"),
        max_length=20,
        help_text=_("For example SC-2026-000123."),
        error_messages={"required": _("Enter the number of the certificate.")},
    )
    code = forms.CharField(
        label=_("Check code"),
        max_length=40,
        help_text=_("16 characters, at the foot of the certificate."),
        error_messages={"required": _("Enter the check code of the certificate.")},
    )
