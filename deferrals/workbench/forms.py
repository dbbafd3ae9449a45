"""What a reviewer types: what to show of the queue, and a decision."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.errors import Conflict
from accounts.models import User
from deferrals import services
from deferrals.letters import reason_text
from deferrals.models import Decision, ReliefRequest
from deferrals.models.request import Ground
from deferrals.reasons import Reason
from deferrals.selectors.case import CasePage, figures_seen, is_fresh
from deferrals.selectors.queue import SORTS, Tab, Wanted
from deferrals.workbench.wording import language_name

MOST_REASONS = 4
OUTCOMES = (
    (Decision.Outcome.APPROVED.value, _("Approve as asked")),
    (Decision.Outcome.DENIED.value, _("Do not approve")),
)


class QueueForm(forms.Form):
    """The queue's filters. What is unknown falls back to what is usual; nobody types these wrongly on purpose."""

    use_required_attribute = False

    q = forms.CharField(
        required=False, max_length=80, label=_("Number or name"), widget=forms.TextInput(attrs={"type": "search"})
    )
    ground = forms.ChoiceField(required=False, label=_("Ground"), choices=[("", _("Any")), *Ground.choices])
    tab = forms.ChoiceField(required=False, choices=[(tab.value, tab.value) for tab in Tab])
    sort = forms.ChoiceField(required=False, choices=[(sort, sort) for sort in SORTS])
    page = forms.IntegerField(required=False, min_value=1, max_value=100_000)

    @property
    def wanted(self) -> Wanted:
        self.is_valid()
        found = {name: value for name, value in self.cleaned_data.items() if value}
        return Wanted(
            tab=Tab(found.get("tab", Tab.ACT)),
            sort=found.get("sort", "promise"),
            ground=found.get("ground", ""),
            find=found.get("q", ""),
            page=found.get("page", 1),
        )


class DecisionForm(forms.Form):
    """A decision on a case as it was looked at; the reasons are those that its facts support."""

    use_required_attribute = False

    outcome = forms.ChoiceField(
        label=_("Decision"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Say whether you approve.")},
    )
    approve_reasons = forms.MultipleChoiceField(
        required=False, label=_("Why you approve"), widget=forms.CheckboxSelectMultiple
    )
    deny_reasons = forms.MultipleChoiceField(
        required=False, label=_("Why you do not approve"), widget=forms.CheckboxSelectMultiple
    )
    words = forms.CharField(
        label=_("Your words to the borrower"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write a few words to the borrower.")},
    )
    expected_version = forms.IntegerField(widget=forms.HiddenInput)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, page: CasePage, data: Any = None) -> None:
        super().__init__(
            data, initial={"expected_version": page.request.version, "seen": figures_seen(page)}, auto_id="decide_%s"
        )
        self.page = page
        reading = page.reading
        hint = gettext("They stand in the letter as you write them. It is in: %(language)s.")
        self.fields["words"].help_text = hint % {"language": language_name(page.request.language)}
        self._offer("deny_reasons", _choices(reading.for_denial))
        if reading.may_approve:
            self._offer("approve_reasons", _choices(reading.for_approval))
        else:
            del self.fields["approve_reasons"]
        self._offer("outcome", [each for each in OUTCOMES if reading.may_approve or each[0] == Decision.Outcome.DENIED])

    def _offer(self, name: str, choices: Sequence[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(choices)

    @property
    def group(self) -> str:
        """The field that holds the reasons for the chosen outcome."""
        approved = self.cleaned_data.get("outcome") == Decision.Outcome.APPROVED
        return "approve_reasons" if approved else "deny_reasons"

    @property
    def chosen(self) -> tuple[Reason, ...]:
        """The reasons ticked for the chosen outcome, in their own order."""
        reading = self.page.reading
        supported = reading.for_approval if self.group == "approve_reasons" else reading.for_denial
        return tuple(reason for reason in supported if reason.code in self.cleaned_data.get(self.group, ()))

    def clean(self) -> dict[str, Any]:
        if "outcome" not in self.cleaned_data:
            return self.cleaned_data
        ticked = {name: self.cleaned_data.get(name, []) for name in ("approve_reasons", "deny_reasons")}
        if not self.has_error(self.group) and not ticked[self.group]:
            self.add_error(self.group, _("Tick at least one reason."))
        if len(ticked[self.group]) > MOST_REASONS:
            self.add_error(self.group, _("Tick at most four reasons."))
        other = "deny_reasons" if self.group == "approve_reasons" else "approve_reasons"
        if ticked[other]:
            self.add_error(other, _("These reasons are for the other decision. Untick them, or decide the other way."))
        return self.cleaned_data

    def check_fresh(self) -> None:
        """Raise `Conflict` where the case is no longer what the reviewer looked at."""
        if not is_fresh(self.page, version=self.cleaned_data["expected_version"], seen=self.cleaned_data["seen"]):
            raise Conflict(f"{self.page.request.number} has changed since it was looked at")

    def send(self, acting_user: User) -> ReliefRequest:
        """Decide, as the reviewer wrote."""
        decide = services.approve if self.group == "approve_reasons" else services.deny
        decide(
            request=self.page.request,
            reason_codes=[reason.code for reason in self.chosen],
            words=self.cleaned_data["words"],
            expected_version=self.cleaned_data["expected_version"],
            acting_user=acting_user,
        )
        return self.page.request


def _choices(reasons: Sequence[Reason]) -> list[tuple[str, str]]:
    return [(reason.code, reason_text(reason.as_dict())) for reason in reasons]
