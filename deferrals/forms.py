"""What a borrower types, checked for its shape; what it means is the services' business."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from deferrals.agreement import STATEMENTS
from deferrals.models.request import AutoDebitChoice, Ground
from loans.engine.money import MoneyError, minor_from_text

MONEY_ERRORS: dict[str, Any] = {
    "empty": _("Enter an amount; 0 if you can pay nothing."),
    "not_a_number": _("Enter the amount in digits, for example 500.00."),
    "too_many_decimals": _("Amounts have at most two decimals."),
    "negative": _("The amount cannot be below 0."),
    "too_large": _("That amount is too large; check the digits."),
}


class MoneyField(forms.CharField):
    """An amount in yuan as people write it (1,079.71, ¥500, full-width digits); cleans to minor units."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(**options)

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if not text:
            return None
        try:
            return minor_from_text(text)
        except MoneyError as error:
            raise forms.ValidationError(MONEY_ERRORS[error.code], code=error.code) from error


class SuitabilityForm(forms.Form):
    """Two questions that tell whether a pause is the right kind of help."""

    lasts = forms.ChoiceField(
        label=_("How long will it be hard to pay?"),
        choices=[
            ("weeks", _("A few weeks")),
            ("months", _("One to three months")),
            ("longer", _("Longer than three months")),
            ("unknown", _("I do not know yet")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how long; “I do not know yet” is an answer too.")},
    )
    after = forms.ChoiceField(
        label=_("After that, can you pay the full instalment again?"),
        choices=[("yes", _("Yes")), ("no", _("No")), ("unknown", _("I do not know yet"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one; “I do not know yet” is an answer too.")},
    )

    def advice(self) -> str:
        """Which answer fits: `pause`, `start_small` (one instalment first), or `more` (a pause alone is not enough)."""
        lasts, after = self.cleaned_data["lasts"], self.cleaned_data["after"]
        if after == "no" or lasts == "longer":
            return "more"
        return "start_small" if "unknown" in (lasts, after) else "pause"


class AskForm(forms.Form):
    """What is asked for: how long, why, what can be paid, and auto-debit meanwhile."""

    KEEP, PART = "keep", "part"

    pause = forms.CharField(
        label=_("What would help?"), error_messages={"required": _("Choose one of the ways forward.")}
    )
    ground = forms.ChoiceField(
        label=_("What happened?"),
        choices=[("", _("Choose one")), *Ground.choices],
        help_text=_("You may prefer not to say; it is never reported."),
        error_messages={"required": _("Choose what happened, or “I prefer not to say”.")},
    )
    affordable_minor = MoneyField(
        label=_("How much could you pay each month now?"),
        help_text=_("In yuan. If you are not sure, an estimate is fine; 0 is fine too."),
        error_messages={"required": MONEY_ERRORS["empty"]},
    )
    auto_debit = forms.ChoiceField(
        label=_("Auto-debit while we decide"),
        choices=AutoDebitChoice.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose whether auto-debit goes on while we decide.")},
    )
    words = forms.CharField(
        label=_("Anything the reviewer should know"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": _("At most 500 characters; you have written %(show_value)d.")},
    )

    def __init__(self, *args: Any, most: int, too_short: Collection[int] = (), **options: Any) -> None:
        """`most` instalments can be asked for; those of `too_short` would end in the past."""
        super().__init__(*args, **options)
        self.most = most
        self.too_short = {str(count) for count in too_short}

    def clean_pause(self) -> str:
        value = str(self.cleaned_data["pause"])
        if value in (self.KEEP, self.PART):
            return value
        allowed = {str(count) for count in range(1, self.most + 1)}
        if value not in allowed:
            raise forms.ValidationError(
                _("A pause is 1 to %(most)d instalments. Choose one of the ways forward."), params={"most": self.most}
            )
        if value in self.too_short:
            raise forms.ValidationError(_("That pause would already be over. Choose a longer one."))
        return value


class AcceptForm(forms.Form):
    """The signature under an offer: each statement ticked, the name typed, the figures named."""

    typed_name = forms.CharField(
        label=_("Type your full name"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Type your full name, as on your agreement.")},
    )
    shown_hash = forms.CharField(widget=forms.HiddenInput, max_length=64)
    ticks = forms.MultipleChoiceField(
        label=_("Please read and tick each line"),
        choices=[(code, code) for code in STATEMENTS],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick each line if you agree with it.")},
    )

    def clean_ticks(self) -> list[str]:
        ticked = list(self.cleaned_data["ticks"])
        if set(ticked) != set(STATEMENTS):
            raise forms.ValidationError(_("Tick each line if you agree with it."))
        return ticked


class VerifyForm(forms.Form):
    """The two things printed at the foot of a letter."""

    number = forms.CharField(
        label=_("Request number"),
        max_length=20,
        help_text=_("For example R-2026-000123."),
        error_messages={"required": _("Enter the request number of the letter.")},
    )
    code = forms.CharField(
        label=_("Check code"),
        max_length=40,
        help_text=_("16 characters, at the foot of the letter."),
        error_messages={"required": _("Enter the check code of the letter.")},
    )
