"""Which notices somebody wants outside the inbox, in which language, and when not."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.models import NoticePreferences
from accounts.models.notice import KIND_NAMES
from accounts.notices import quiet
from accounts.notices.kinds import CHOSEN_KINDS, OUTWARD

WAYS = [("email", _("By e-mail")), ("sms", _("By text message"))]


def _hours(first: int, last: int) -> list[tuple[str, str]]:
    return [(str(hour), f"{hour:02d}:00") for hour in range(first, last + 1)]


class NoticesForm(forms.Form):
    """The choices; hours that would make the night shorter are not among them."""

    language = forms.ChoiceField(label=_("Language of what we write"), widget=forms.RadioSelect)
    quiet_from = forms.ChoiceField(
        label=_("Nothing after"),
        choices=_hours(quiet.EARLIEST_START, quiet.LAST_START),
        help_text=_("Between 22:00 and 08:00 nothing is ever sent. You can make this time longer."),
    )
    quiet_until = forms.ChoiceField(label=_("And nothing before"), choices=_hours(quiet.FIRST_END, quiet.LATEST_END))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False
        self.fields["language"].choices = settings.LANGUAGES  # type: ignore[attr-defined]
        kinds = {
            kind.value: forms.MultipleChoiceField(
                label=KIND_NAMES[kind.value], choices=WAYS, required=False, widget=forms.CheckboxSelectMultiple
            )
            for kind in CHOSEN_KINDS
        }
        self.fields = {**kinds, **self.fields}

    @property
    def chosen(self) -> dict[str, Any]:
        """What was chosen, by the columns of `NoticePreferences`."""
        given = self.cleaned_data
        ways = {f"{kind}_by_{way}": way.value in given[kind.value] for kind in CHOSEN_KINDS for way in OUTWARD}
        return {**ways, "quiet_from": int(given["quiet_from"]), "quiet_until": int(given["quiet_until"])}


def as_chosen(preferences: NoticePreferences, language: str) -> dict[str, Any]:
    """The form's beginning, from what holds now."""
    kinds = {
        kind.value: [way.value for way in OUTWARD if preferences.wants(kind.value, way.value)] for kind in CHOSEN_KINDS
    }
    hours = {"quiet_from": str(preferences.quiet_from), "quiet_until": str(preferences.quiet_until)}
    return {**kinds, **hours, "language": language}
