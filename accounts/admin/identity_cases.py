"""Cases about somebody's identity, for whoever manages people.

A case may be between customers of two lenders, so no lender's staff may see it.
"""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts import services
from accounts.models import IdentityCase
from accounts.scope import SuperuserAdmin

_SHOWN = ["state", "ground", "claimant", "holder", "checks", "opened_at", "asked_at", "closed_by", "closed_at"]


class IdentityCaseForm(forms.ModelForm):
    """How the case ends, and why."""

    class Meta:
        model = IdentityCase
        fields = ["outcome", "reason"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.required = True

    def clean_outcome(self) -> str:
        outcome = str(self.cleaned_data["outcome"])
        if outcome == IdentityCase.Outcome.HOLDER_WRONG and self.instance.holder is None:
            raise forms.ValidationError(_("No other account holds the number."))
        return outcome


@admin.register(IdentityCase)
class IdentityCaseAdmin(SuperuserAdmin):
    """Nothing here tells the claimant more than the outcome."""

    form = IdentityCaseForm
    list_display = ["claimant", "ground", "state", "outcome", "opened_at", "asked_at"]
    list_filter = ["state", "ground"]
    list_select_related = ["claimant"]
    search_fields = ["claimant__name"]
    fields = [*_SHOWN, "outcome", "reason"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        is_open = obj is not None and obj.state == IdentityCase.State.OPEN
        return _SHOWN if is_open else [*_SHOWN, "outcome", "reason"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("what was answered"))
    def checks(self, row: IdentityCase) -> str:
        return "; ".join(str(check) for check in row.claimant.identity_checks.all()[:5])

    def save_model(self, request: HttpRequest, obj: IdentityCase, form: Any, change: bool) -> None:
        user: Any = request.user
        if not form.changed_data:
            return
        case = IdentityCase.objects.select_related("holder__borrower", "claimant").get(pk=obj.pk)
        services.close_identity_case(case=case, outcome=obj.outcome, reason=obj.reason, acting_user=user)
