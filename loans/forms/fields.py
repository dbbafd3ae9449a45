"""Fields for what people type: sums, rates and lists, with full-width digits and signs read as plain ones."""

import re
import unicodedata
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.wording import DIGITS, amount_text
from loans.engine.money import MoneyError, minor_from_text

AMOUNT_ERRORS = {
    "not_a_number": _("Enter the amount in digits, for example 12,000."),
    "too_many_decimals": _("Enter at most two digits after the point."),
    "negative": _("Enter an amount above zero, without a minus sign."),
    "too_large": _("Enter a smaller amount; this is more than any loan here."),
}
PARTED = re.compile(r"[,;、\s]+")
MOST_TYPED = 200


def plain(text: str) -> str:
    """What was typed, with full-width digits and signs made plain.

    >>> plain("１２，０００．５０"), plain("１８：３０")
    ('12,000.50', '18:30')
    """
    return unicodedata.normalize("NFKC", text).strip()


class MoneyField(forms.CharField):
    """A sum in whole minor units of a currency; nothing typed is None where the field is optional."""

    def __init__(self, *, currency: str = "CNY", **kwargs: Any) -> None:
        self.currency = currency
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        errors = {"max_length": AMOUNT_ERRORS["not_a_number"]}
        kwargs["error_messages"] = errors | kwargs.get("error_messages", {})
        super().__init__(max_length=40, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return amount_text(value, self.currency) if type(value) is int else value

    def clean(self, value: Any) -> int | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return minor_from_text(text, DIGITS.get(self.currency, 2))
        except MoneyError as error:
            known = error.code if error.code in AMOUNT_ERRORS else "not_a_number"
            raise ValidationError(AMOUNT_ERRORS[known], code=error.code) from error


class PercentField(forms.CharField):
    """A rate typed in per cent, as a fraction."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=20, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, Decimal):
            return value
        return format((value * 100).normalize(), "f")

    def clean(self, value: Any) -> Decimal | None:
        text = plain(super().clean(value) or "").removesuffix("%").strip()
        return percentage(text) if text else None


class WholeNumbersField(forms.CharField):
    """A list of whole numbers, parted by commas or spaces."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=MOST_TYPED, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(str(number) for number in value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[int]:
        text = plain(super().clean(value) or "").replace("\N{MINUS SIGN}", "-")
        return [whole(part) for part in PARTED.split(text) if part]


class TimesField(WholeNumbersField):
    """A list of times of day, as 10:00."""

    def clean(self, value: Any) -> Any:
        text = plain(forms.CharField.clean(self, value) or "")
        return [part for part in PARTED.split(text) if part]


class PlanFeesField(WholeNumbersField):
    """Fees of plans, `3: 2.3` for three instalments at 2.3 % of the whole."""

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, list):
            return value
        return ", ".join(f"{each['instalments']}: {Decimal(each['rate']) * 100:f}" for each in value)

    def clean(self, value: Any) -> Any:
        text = re.sub(r"\s*:\s*", ":", plain(forms.CharField.clean(self, value) or ""))
        found = []
        for part in PARTED.split(text):
            count, colon, rate = part.partition(":")
            if not part:
                continue
            if not colon:
                raise ValidationError(_("Enter each as number of instalments and fee, for example 3: 2.3, 6: 4.5."))
            found.append({"instalments": whole(count), "rate": format(percentage(rate.removesuffix("%")), "f")})
        return found


def whole(text: str) -> int:
    """A whole number of at most six digits."""
    if not re.fullmatch(r"-?[0-9]{1,6}", text):
        raise ValidationError(_("Enter whole numbers, parted by commas."), code="not_whole")
    return int(text)


def percentage(text: str) -> Decimal:
    """The fraction of a number of per cent with at most eight decimals."""
    try:
        rate = Decimal(text) / 100
    except InvalidOperation:
        rate = Decimal("NaN")
    if not rate.is_finite() or abs(rate) > 10 or rate != round(rate, 10):
        raise ValidationError(_("Enter a percentage in digits, for example 14.4."), code="not_a_rate")
    return rate
