"""What staff type when they decide on an application, or change a limit."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from loans.assessment_words import FACTS
from loans.forms.fields import MoneyField, PercentField
from loans.limit_words import CUT_REASONS
from loans.models import ApplicationDecision, LoanApplication
from loans.services.deciding import FOR_APPROVAL, FOR_REFUSAL

Outcome = ApplicationDecision.Outcome


class DecisionForm(forms.Form):
    """Approve with a limit and a rate, or not; always with reasons and a few words."""

    use_required_attribute = False

    outcome = forms.ChoiceField(
        label=_("Decision"),
        choices=[(Outcome.APPROVED.value, _("Approve")), (Outcome.REFUSED.value, _("Do not approve"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Say whether you approve.")},
    )
    limit_minor = MoneyField(label=_("Limit"), required=False, help_text=_("In whole hundreds, never above the wish."))
    rate_annual = PercentField(label=_("Annual rate"), required=False, help_text=_("In per cent."))
    approve_reasons = forms.MultipleChoiceField(
        label=_("Why you approve"),
        required=False,
        choices=[(code, FACTS[code]) for code in FOR_APPROVAL],
        widget=forms.CheckboxSelectMultiple,
    )
    refuse_reasons = forms.MultipleChoiceField(
        label=_("Why you do not approve"),
        required=False,
        choices=[(code, FACTS[code]) for code in FOR_REFUSAL],
        widget=forms.CheckboxSelectMultiple,
    )
    words = forms.CharField(
        label=_("Your words to the borrower"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write a few words to the borrower.")},
    )
    expected_version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, application: LoanApplication) -> None:
        last = application.assessments.first()
        proposed = {"limit_minor": last.limit_minor or None, "rate_annual": last.rate_annual} if last else {}
        super().__init__(data, initial={"expected_version": application.version, **proposed}, auto_id="decide_%s")
        limit_field = self.fields["limit_minor"]
        assert isinstance(limit_field, MoneyField)
        limit_field.currency = application.lender.currency

    @property
    def is_approval(self) -> bool:
        return bool(self.cleaned_data.get("outcome") == Outcome.APPROVED)

    @property
    def reasons(self) -> list[str]:
        return list(self.cleaned_data["approve_reasons" if self.is_approval else "refuse_reasons"])

    def clean(self) -> dict[str, Any]:
        if "outcome" not in self.cleaned_data:
            return self.cleaned_data
        own, other = (
            ("approve_reasons", "refuse_reasons") if self.is_approval else ("refuse_reasons", "approve_reasons")
        )
        if not self.cleaned_data.get(own):
            self.add_error(own, _("Tick at least one reason."))
        if self.cleaned_data.get(other):
            self.add_error(other, _("These reasons are for the other decision. Untick them, or decide the other way."))
        if self.is_approval:
            for name in ("limit_minor", "rate_annual"):
                if self.cleaned_data.get(name) is None and not self.has_error(name):
                    self.add_error(name, _("An approval says how much, and at which rate."))
        return self.cleaned_data

    def refuse(self, field: str) -> None:
        """Put what the service refused beside its field."""
        name, text = {
            "limit": ("limit_minor", _("The limit lies between the product's least and the wish, in whole hundreds.")),
            "rate": ("rate_annual", _("The rate lies inside the product's band.")),
            "words": ("words", _("Write a few words to the borrower.")),
        }.get(field, (None, _("Tick at least one reason.")))
        self.add_error(name, text)


class CutForm(forms.Form):
    """A lower limit: announced today, in force after the notice."""

    use_required_attribute = False

    limit_minor = MoneyField(label=_("New limit"), help_text=_("Never below what is drawn."))
    reason = forms.ChoiceField(label=_("Why"), choices=list(CUT_REASONS.items()))
    words = forms.CharField(
        label=_("Your words to the borrower"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write a few words to the borrower.")},
    )


class RestoreForm(forms.Form):
    """Taking a cut back."""

    use_required_attribute = False

    words = forms.CharField(
        label=_("Your words to the borrower"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write a few words to the borrower.")},
    )
