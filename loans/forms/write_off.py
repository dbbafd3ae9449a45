"""What staff type about a write-off: the ground and the reason, and the words of a decision."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from loans.models import WriteOff
from loans.writing_off import LONGEST_WORDS, Ground

TOO_LONG = _("At most 300 characters.")
NO_REASON = _("Give a reason in your own words.")


class UndoForm(forms.Form):
    """Why it is proposed; the borrower reads it once it is approved."""

    use_required_attribute = False
    words = forms.CharField(
        label=_("Your reason"),
        help_text=_("The second person reads it, and once it is approved the borrower does."),
        max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": NO_REASON, "max_length": TOO_LONG},
    )


class ProposeForm(UndoForm):
    """The ground beside it."""

    ground = forms.ChoiceField(
        label=pgettext_lazy("write-off", "Ground"),
        choices=[(code, name) for code, name in WriteOff.Grounds.choices if code in list(Ground)],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a ground."), "invalid_choice": _("Choose a ground.")},
    )
    field_order = ["ground", "words"]


class DecisionForm(forms.Form):
    """Approving needs no words; declining does."""

    use_required_attribute = False
    words = forms.CharField(
        label=_("Words of your decision"),
        help_text=_("Needed to decline; whoever proposed it reads them."),
        required=False,
        max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": TOO_LONG},
    )

    def __init__(self, *args: Any, is_declining: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words"].required = is_declining
        self.fields["words"].error_messages["required"] = NO_REASON
