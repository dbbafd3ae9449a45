"""What a lender states about a product; the words of a field are the model's."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from loans.engine.profile import PROFILES
from loans.engine.waterfall import DEFAULT_ORDER, PRINCIPAL_FIRST_ORDER
from loans.forms.fields import MoneyField, PercentField, PlanFeesField, TimesField, WholeNumbersField
from loans.models import Product
from loans.models.product import METHOD_NAMES
from loans.product_rules import Problem
from loans.product_words import problem_text
from loans.services.offering import TERMS

ORDERS = {
    ",".join(DEFAULT_ORDER): _("fees, penalty interest, interest, principal"),
    ",".join(PRINCIPAL_FIRST_ORDER): _("principal, interest, penalty interest, fees"),
}
COMMA = _("Several, parted by commas.")
PER_CENT = _("In per cent.")
NOT_STATED = Decimal(0)


def _named(name: str) -> Any:
    field: Any = Product._meta.get_field(name)
    return field.verbose_name


class ProductForm(forms.Form):
    """All terms of one version. What the rules forbid is an error of its field, whatever else is right."""

    use_required_attribute = False

    code = forms.SlugField(max_length=32)
    name_zh_hans = forms.CharField(max_length=60)
    name_zh_hant = forms.CharField(max_length=60)
    name_en = forms.CharField(max_length=60)
    kind = forms.ChoiceField(choices=Product.Kind.choices)
    method = forms.ChoiceField(choices=list(METHOD_NAMES.items()))
    methods = forms.MultipleChoiceField(
        choices=list(METHOD_NAMES.items()), required=False, widget=forms.CheckboxSelectMultiple
    )
    instalment_counts = WholeNumbersField(required=False, help_text=COMMA)
    min_principal_minor = MoneyField()
    max_principal_minor = MoneyField()
    rate_annual = PercentField(help_text=PER_CENT)
    rate_annual_min = PercentField(required=False, help_text=PER_CENT)
    rate_annual_max = PercentField(required=False, help_text=PER_CENT)
    profile = forms.ChoiceField(choices=[(name, name) for name in PROFILES])
    early_fee_rate = PercentField(required=False, help_text=PER_CENT)
    due_day_choice = forms.ChoiceField(choices=Product.DueDay.choices)
    holiday_rule = forms.ChoiceField(choices=Product.HolidayRule.choices)
    grace_days = forms.IntegerField(min_value=0, max_value=7)
    grace_needs_clean_previous = forms.BooleanField(required=False)
    penalty_uplift = PercentField(required=False, help_text=_("Empty: no penalty interest is charged."))
    penalty_base = forms.ChoiceField(choices=Product.Base.choices)
    compound_on_interest = forms.BooleanField(required=False)
    annual_cap = PercentField(help_text=PER_CENT)
    allocation = forms.ChoiceField(choices=list(ORDERS.items()))
    principal_first_after_dpd = forms.IntegerField(required=False, min_value=0, max_value=3650)
    reminder_days = WholeNumbersField(
        required=False, help_text=_("Days from the due date, those before it with a minus.")
    )
    debit_times = TimesField(required=False, help_text=_("Times as 10:00, parted by commas."))
    debit_until_dpd = forms.IntegerField(min_value=0, max_value=3650)
    allow_partial_debit = forms.BooleanField(required=False)
    bill_day = forms.IntegerField(required=False, min_value=1, max_value=28)
    due_days = WholeNumbersField(required=False, help_text=_("The first is the usual one."))
    minimum_rate = PercentField(required=False, help_text=PER_CENT)
    daily_rate = PercentField(required=False, help_text=PER_CENT)
    plan_fees = PlanFeesField(
        required=False, help_text=_("Instalments and fee of the whole in per cent: 3: 2.3, 6: 4.5")
    )

    def __init__(self, data: Any = None, *, product: Product, is_new: bool) -> None:
        self.product = product
        super().__init__(data, initial=_written(product))
        for name, field in self.fields.items():
            field.label = capfirst(_named(name))
            if isinstance(field, MoneyField):
                field.currency = product.lender.currency
        if not is_new:
            del self.fields["code"]

    def clean_allocation(self) -> list[str]:
        return str(self.cleaned_data["allocation"]).split(",")

    def clean(self) -> dict[str, Any]:
        wanted = self.cleaned_data
        wanted["early_fee_rate"] = wanted.get("early_fee_rate") or NOT_STATED
        uplift = wanted.get("penalty_uplift")
        if uplift is not None and not 0 <= uplift <= Decimal("0.5"):
            self.add_error("penalty_uplift", _("The penalty is at most half as much again: 50%."))
        if not 0 <= wanted["early_fee_rate"] <= 1:
            self.add_error("early_fee_rate", _("A rate lies between 0 and 100%."))
        cap = wanted.get("annual_cap")
        if cap is not None and not 0 < cap <= 1:
            self.add_error("annual_cap", _("A rate lies between 0 and 100%."))
        if wanted.get("kind") == Product.Kind.REVOLVING and not 0 < (wanted.get("minimum_rate") or 0) <= 1:
            self.add_error("minimum_rate", _("A monthly bill states its minimum payment."))
        return wanted

    @property
    def terms(self) -> dict[str, Any]:
        """What of the form is the product's; asked after `is_valid()`."""
        profile = {"profile": PROFILES[self.cleaned_data["profile"]].as_dict()}
        return {name: value for name, value in (self.cleaned_data | profile).items() if name in TERMS}

    def refuse(self, problems: tuple[Problem, ...]) -> None:
        """Put what the rules found beside the fields it is about."""
        for problem in problems:
            self.add_error(problem.field, problem_text(problem, self.product.lender.currency))


def _written(product: Product) -> dict[str, Any]:
    """The product as the form shows it."""
    written = {name: getattr(product, name) for name in TERMS}
    named = product.profile.get("name") or product.profile.get("base") if isinstance(product.profile, dict) else ""
    return written | {
        "code": product.code,
        "profile": named if named in PROFILES else "consumer-cn",
        "allocation": ",".join(product.allocation),
    }
