"""Consents as a piece of any form: a separate text and an unticked box for each purpose.

    asks = [Ask("query"), Ask("reporting", is_required=True), Ask("sharing", named=jiangpan)]
    form = ConsentForm(request.POST or None, borrower=…, lender=…, asks=asks)
    …  {% for part in consents.parts %}{% include "components/consent.html" with part=part only %}{% endfor %}
    if form.is_valid():
        answer_consents(borrower=…, lender=…, answers=form.answers, language=form.language,
                        reference=…, origin=origin_of(request), acting_user=request.user)

What stands already is not asked again (`standing` names it); an optional question that got
a no in the last 30 days is left out, unless the person came to answer it (`asks_again`).
Beside each box a hidden field carries the hash of the text above it: if the text in force
is another one, nothing is taken and the person reads the new one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from allauth.core.internal.ratelimit import get_ip
from django import forms
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import Borrower, Lender
from credit.consent_texts import MASTER, ConsentText, consent_text
from credit.models import Consent
from credit.models.consent import Purpose
from credit.selectors.standing import Ask, live_consents, quiet
from credit.services.consenting import Answer, Origin

__all__ = ["Ask", "ConsentForm", "Part", "origin_of"]

UNTICKED = _("Please tick this if you agree. Without it we cannot go on.")
CHANGED = _("This text has changed since you opened the page. Please read it again, and tick it if you agree.")


@dataclass(frozen=True, slots=True)
class Part:
    """One question as the page shows it; see `templates/components/consent.html`."""

    title: str
    text: ConsentText
    is_required: bool
    id: str
    name: str
    hash_name: str
    is_ticked: bool = False
    errors: Sequence[str] = field(default_factory=tuple)


class ConsentForm(forms.Form):
    """The boxes for `asks`; use inside a page's own <form>, beside other forms (it has a prefix)."""

    def __init__(
        self,
        data: Any = None,
        *,
        borrower: Borrower,
        lender: Lender,
        asks: Sequence[Ask],
        on: date | None = None,
        asks_again: bool = False,
        prefix: str = "consent",
    ) -> None:
        super().__init__(data, prefix=prefix)
        day = on or lender.today()
        live = live_consents(borrower, lender, day)
        silent = set() if asks_again else quiet(borrower, lender, day)
        self.lender = lender
        self.language = get_language() or MASTER
        self.standing: list[Consent] = [live[ask.key] for ask in asks if ask.key in live]
        self.asks = [ask for ask in asks if ask.key not in live and (ask.is_required or ask.key not in silent)]
        for ask in self.asks:
            self._add(ask)

    @property
    def parts(self) -> list[Part]:
        return [self._part(ask) for ask in self.asks]

    @property
    def answers(self) -> list[Answer]:
        """What was said to each question; asked after `is_valid()`."""
        said = self.cleaned_data
        return [Answer(ask.purpose, said[ask.name], said[f"{ask.name}-sha256"], ask.named) for ask in self.asks]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for ask in self.asks:
            if cleaned.get(f"{ask.name}-sha256") != self._text(ask).sha256:
                self.add_error(ask.name, CHANGED)
        return cleaned

    def _text(self, ask: Ask) -> ConsentText:
        other = ask.named.name_in(self.language) if ask.named else ""
        return consent_text(ask.purpose, self.language, lender=self.lender.name_in(self.language), other=other)

    def _add(self, ask: Ask) -> None:
        self.fields[ask.name] = forms.BooleanField(
            label=Purpose(ask.purpose).label, required=ask.is_required, error_messages={"required": UNTICKED}
        )
        self.fields[f"{ask.name}-sha256"] = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def _part(self, ask: Ask) -> Part:
        box = self[ask.name]
        is_outdated = self.is_bound and any(str(error) == str(CHANGED) for error in box.errors)
        return Part(
            title=str(Purpose(ask.purpose).label),
            text=self._text(ask),
            is_required=ask.is_required,
            id=str(box.id_for_label),
            name=box.html_name,
            hash_name=self[f"{ask.name}-sha256"].html_name,
            # A tick under other words is no tick under these.
            is_ticked=bool(self.is_bound and box.value() and not is_outdated),
            errors=[str(error) for error in box.errors],
        )


def origin_of(request: HttpRequest, method: str = Consent.Method.TICK) -> Origin:
    """Where the answer came from, to be kept with it."""
    return Origin(get_ip(request) or None, request.headers.get("User-Agent", ""), method)
