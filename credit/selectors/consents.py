"""The page of one's consents: what is allowed to whom, since when, last used when, and the way back."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Max
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import Borrower, Lender
from credit.consent_terms import Account, is_idle, is_live, last_day, needed_by
from credit.consent_texts import MASTER, consent_text
from credit.models import Consent, Inquiry, MonthFact, Tradeline
from credit.models.consent import Purpose
from credit.selectors.standing import Ask

# When each was last used is told where this record knows it; a debit shows in the payments.
_KNOWN_USES = frozenset({Purpose.QUERY, Purpose.SHARING, Purpose.REPORTING})


@dataclass(frozen=True, slots=True)
class ConsentLine:
    """One consent; `until` is its last day (None: as long as an account is open)."""

    consent: Consent
    title: str
    kinds: str
    until: date | None
    used_at: datetime | None
    is_use_known: bool
    needed_by: tuple[str, ...]
    is_live: bool
    is_idle: bool

    @property
    def may_withdraw(self) -> bool:
        return self.is_live and not self.needed_by


@dataclass(frozen=True, slots=True)
class Offered:
    """A purpose that is not allowed, and could be."""

    title: str
    href: str


@dataclass(frozen=True, slots=True)
class LenderConsents:
    """What one lender is allowed, what it was once, and what it is not."""

    lender: Lender
    live: tuple[ConsentLine, ...]
    ended: tuple[ConsentLine, ...]
    offered: tuple[Offered, ...]

    @property
    def is_idle(self) -> bool:
        """Nothing at this lender needs some of these any more."""
        return any(line.is_idle for line in self.live)


def consents_page(user: Any) -> tuple[LenderConsents, ...]:
    """By lender, in the order of their codes. Five queries, however many consents."""
    lenders = list(lenders_of(user))
    rows = Consent.objects.of(user).select_related("lender", "named", "withdrawal")
    consents: dict[int, list[Consent]] = defaultdict(list)
    for row in rows:
        consents[row.lender_id].append(row)
    accounts = _accounts(user)
    uses = _uses(user)
    return tuple(
        _of_lender(lender, lenders, consents[lender.pk], accounts.get(lender.pk, []), uses) for lender in lenders
    )


def consent_page(consent: Consent) -> ConsentLine:
    """One consent of the person. Three queries."""
    borrower = consent.borrower
    accounts = _accounts(borrower.user).get(consent.lender_id, [])
    return _line(consent, accounts, _uses(borrower.user))


def lenders_of(user: Any) -> Iterable[Lender]:
    """Where the person is a customer, or allowed something. One query."""
    of_customer = Lender.objects.filter(relations__borrower__user=user)
    return (of_customer | Lender.objects.filter(consents__borrower__user=user)).distinct().order_by("code")


def asks_at(lender: Lender, lenders: Iterable[Lender]) -> list[Ask]:
    """Every question that could be put for `lender`; a sharing for each other lender of the person."""
    alone = [Ask(purpose.value) for purpose in Purpose if purpose is not Purpose.SHARING]
    return [*alone, *(Ask(Purpose.SHARING.value, named=other) for other in lenders if other != lender)]


def borrower_of(user: Any) -> Borrower | None:
    return Borrower.objects.filter(user=user).first()


def title_of(purpose: str, named: Lender | None) -> str:
    """What is allowed, in a few words."""
    if named is not None:
        return _("Looking at your account with %(lender)s") % {"lender": named.name}
    return str(Purpose(purpose).label)


def _of_lender(
    lender: Lender,
    lenders: Sequence[Lender],
    consents: Sequence[Consent],
    accounts: Sequence[Account],
    uses: Mapping[tuple[int, str], datetime],
) -> LenderConsents:
    lines = [_line(consent, accounts, uses) for consent in consents]
    live: dict[tuple[str, int | None], ConsentLine] = {}
    for line in lines:  # the latest first, which is the one that counts
        if line.is_live:
            live.setdefault((line.consent.purpose, line.consent.named_id), line)
    address = reverse("credit:give_consents", args=[lender.code])
    offered = [ask for ask in asks_at(lender, lenders) if ask.key not in live]
    return LenderConsents(
        lender=lender,
        live=tuple(live.values()),
        ended=tuple(line for line in lines if not line.is_live),
        offered=tuple(Offered(title_of(ask.purpose, ask.named), f"{address}?ask={ask.name}") for ask in offered),
    )


def _line(consent: Consent, accounts: Sequence[Account], uses: Mapping[tuple[int, str], datetime]) -> ConsentLine:
    stands = not hasattr(consent, "withdrawal")
    language = get_language() or MASTER
    other = consent.named.name_in(language) if consent.named else ""
    words = consent_text(
        consent.purpose,
        language,
        lender=consent.lender.name_in(language),
        other=other,
        version=consent.text_version,
    )
    live = stands and is_live(consent.purpose, consent.given_on, accounts, consent.lender.today())
    use = f"{consent.purpose}-{consent.named.code}" if consent.named else consent.purpose
    return ConsentLine(
        consent=consent,
        title=title_of(consent.purpose, consent.named),
        kinds=words.kinds,
        until=last_day(consent.purpose, consent.given_on, accounts),
        used_at=uses.get((consent.lender_id, use)),
        is_use_known=consent.purpose in _KNOWN_USES,
        needed_by=needed_by(consent.purpose, accounts) if live else (),
        is_live=live,
        is_idle=live and is_idle(consent.purpose, accounts),
    )


def _accounts(user: Any) -> dict[int, list[Account]]:
    found: dict[int, list[Account]] = defaultdict(list)
    for row in Tradeline.objects.filter(file__borrower__user=user).order_by("opened_on", "pk"):
        found[row.lender_id].append(Account(row.opened_on, row.closed_on, row.reference))
    return found


def _uses(user: Any) -> dict[tuple[int, str], datetime]:
    """When each purpose was last used, by lender: looks at the record, and months that were reported. Two queries."""
    uses: dict[tuple[int, str], datetime] = {}
    looks = Inquiry.objects.of(user).filter(outcome__in=["served", "no_file"], lender__isnull=False)
    for lender, at, sources in looks.order_by("asked_at", "pk").values_list("lender", "asked_at", "sources"):
        uses[lender, Purpose.QUERY.value] = at
        uses.update({(lender, f"sharing-{code}"): at for code in sources})
    reported = MonthFact.objects.filter(tradeline__file__borrower__user=user).order_by()
    for lender, at in reported.values_list("lender").annotate(last=Max("furnished_at")):
        uses[lender, Purpose.REPORTING.value] = at
    return uses
