"""What a borrower types when applying; every error says what to do, and full-width digits count."""

from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.wording import money_text
from loans.assessment import STEP_MINOR
from loans.forms.fields import MoneyField
from loans.forms.paying import INCOMPLETE
from loans.models.application import Use


class ApplicationForm(forms.Form):
    """How much, for what, out of which income. What one page asks; nothing of it is sent yet."""

    use_required_attribute = False

    wished_minor = MoneyField(
        label=gettext_lazy("How much you would like to be able to draw"),
        error_messages={"required": gettext_lazy("Enter how much you would like.")},
    )
    use = forms.ChoiceField(
        label=gettext_lazy("What it is for"),
        choices=Use.choices,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("Consumer credit may not buy property, shares, bonds or futures."),
        error_messages={"required": gettext_lazy("Choose what it is for.")},
    )
    income_minor = MoneyField(
        label=gettext_lazy("What you earn a month, after tax"),
        help_text=gettext_lazy("If you have no income at the moment, enter 0."),
        error_messages={"required": gettext_lazy("Enter what you earn a month; 0 if nothing.")},
    )
    other_monthly_minor = MoneyField(
        label=gettext_lazy("What you pay elsewhere a month"),
        help_text=gettext_lazy("Rent, loans and cards with others. Not the loans you have with this lender."),
        error_messages={"required": gettext_lazy("Enter what you pay elsewhere a month; 0 if nothing.")},
    )
    words = forms.CharField(
        label=gettext_lazy("Anything we should know"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, least_minor: int, most_minor: int, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.least_minor, self.most_minor, self.currency = least_minor, most_minor, currency
        for field in self.fields.values():
            if isinstance(field, MoneyField):
                field.currency = currency
        self.fields["wished_minor"].help_text = self._range(_("In whole hundreds, from %(least)s to %(most)s."))

    def clean_wished_minor(self) -> int:
        wished: int = self.cleaned_data["wished_minor"]
        if not self.least_minor <= wished <= self.most_minor:
            raise ValidationError(self._range(_("Enter an amount from %(least)s to %(most)s.")), code="out_of_range")
        if wished % STEP_MINOR:
            raise ValidationError(_("Enter whole hundreds, for example 12,300."), code="not_in_steps")
        return wished

    def _range(self, text: str) -> str:
        least, most = (money_text(sum_, self.currency) for sum_ in (self.least_minor, self.most_minor))
        return text % {"least": least, "most": most}


class StatementForm(forms.Form):
    """A few words in place of papers."""

    use_required_attribute = False

    statement = forms.CharField(
        label=gettext_lazy("Where your income comes from, and since when"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("For example: employed at a school in Suzhou since 2021. No papers are needed now."),
        error_messages={"required": gettext_lazy("Write a few words, so that a person can decide.")},
    )


class AgainForm(forms.Form):
    """Asking for a second look; the key makes asking twice one."""

    key = forms.UUIDField(widget=forms.HiddenInput, error_messages={"required": INCOMPLETE, "invalid": INCOMPLETE})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["key"] = uuid4()
