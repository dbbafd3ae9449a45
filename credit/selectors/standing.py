"""Which consents hold today. Everybody who would use one asks here, at the moment of use."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from accounts.keys import among
from accounts.models import Borrower, Lender
from credit.consent_terms import QUIET_DAYS, Account, is_live, last_day
from credit.models import Consent, ConsentRefusal, Tradeline

Key = tuple[str, int | None]


@dataclass(frozen=True, slots=True)
class Ask:
    """A purpose to ask for; `named` is the other lender of a sharing."""

    purpose: str
    is_required: bool = False
    named: Lender | None = None

    @property
    def key(self) -> Key:
        return (str(self.purpose), self.named.pk if self.named else None)

    @property
    def name(self) -> str:
        """The name of its box."""
        return f"{self.purpose}-{self.named.code}" if self.named else str(self.purpose)


def accounts_at(borrower: Borrower, lender: Lender) -> list[Account]:
    """The borrower's accounts at the lender, the earliest first. One query."""
    rows = Tradeline.objects.filter(file__borrower=borrower, lender=lender).order_by("opened_on", "pk")
    return [Account(row.opened_on, row.closed_on, row.reference) for row in rows]


def live_consents(borrower: Borrower, lender: Lender, on: date) -> dict[Key, Consent]:
    """What the borrower allows the lender on `on`, the latest of each (purpose, named lender). Two queries."""
    accounts = accounts_at(borrower, lender)
    rows = Consent.objects.standing().filter(borrower=borrower, lender=lender).select_related("named")
    return {
        (row.purpose, row.named_id): row
        for row in rows.order_by("given_at", "pk")
        if is_live(row.purpose, row.given_on, accounts, on)
    }


def live_consent(
    borrower: Borrower, lender: Lender, purpose: str, on: date, named: Lender | None = None
) -> Consent | None:
    """The consent that allows `purpose` to this lender on `on`, or None. Two queries."""
    return live_consents(borrower, lender, on).get((str(purpose), named.pk if named else None))


def live_among(borrowers: Collection[int], lender: Lender, purpose: str, on: date) -> dict[int, Consent]:
    """The consent that allows `purpose` on `on`, by the borrower's primary key. Two queries, however many people."""
    accounts = _accounts_among(borrowers, lender)
    given = Consent.objects.standing().filter(borrower__in=among(borrowers), lender=lender, purpose=purpose, named=None)
    return {
        row.borrower_id: row
        for row in given.order_by("given_at", "pk")
        if is_live(row.purpose, row.given_on, accounts[row.borrower_id], on)
    }


def terms_among(borrowers: Collection[int], lender: Lender, purpose: str) -> dict[int, list[tuple[date, date | None]]]:
    """`terms_of` for each of them, by the borrower's primary key. Two queries, however many people."""
    accounts = _accounts_among(borrowers, lender)
    rows = Consent.objects.standing().filter(borrower__in=among(borrowers), lender=lender, purpose=purpose, named=None)
    terms: dict[int, list[tuple[date, date | None]]] = defaultdict(list)
    for borrower_pk, given_on in rows.order_by("given_on", "pk").values_list("borrower", "given_on"):
        terms[borrower_pk].append((given_on, last_day(purpose, given_on, accounts[borrower_pk])))
    return terms


def _accounts_among(borrowers: Collection[int], lender: Lender) -> dict[int, list[Account]]:
    """Accounts at the lender by borrower, the earliest first. One query."""
    rows = Tradeline.objects.filter(file__borrower__in=among(borrowers), lender=lender).order_by("opened_on", "pk")
    accounts: dict[int, list[Account]] = defaultdict(list)
    columns = rows.values_list("file__borrower", "opened_on", "closed_on", "reference")
    for borrower_pk, opened_on, closed_on, reference in columns:
        accounts[borrower_pk].append(Account(opened_on, closed_on, reference))
    return accounts


def terms_of(borrower: Borrower, lender: Lender, purpose: str) -> list[tuple[date, date | None]]:
    """When the consents to this purpose that nobody took back hold: first and last day, None while it goes on.

    Two queries.
    """
    accounts = accounts_at(borrower, lender)
    rows = Consent.objects.standing().filter(borrower=borrower, lender=lender, purpose=purpose)
    given = rows.order_by("given_on", "pk").values_list("given_on", flat=True)
    return [(given_on, last_day(purpose, given_on, accounts)) for given_on in given]


def quiet(borrower: Borrower, lender: Lender, on: date) -> set[Key]:
    """What the borrower said no to, or took back, less than 30 days before `on`. Two queries."""
    after = on - timedelta(days=QUIET_DAYS - 1)
    refused = ConsentRefusal.objects.since(after).filter(borrower=borrower, lender=lender)
    taken_back = Consent.objects.filter(
        borrower=borrower, lender=lender, withdrawal__reason="borrower", withdrawal__withdrawn_on__gte=after
    )
    return {*refused.values_list("purpose", "named"), *taken_back.values_list("purpose", "named")}


def may_ask(borrower: Borrower, lender: Lender, purpose: str, on: date, named: Lender | None = None) -> bool:
    """Whether the question may be put: the consent does not stand, and no answer was no in the last 30 days."""
    key = (str(purpose), named.pk if named else None)
    return key not in live_consents(borrower, lender, on) and key not in quiet(borrower, lender, on)


def lenders_shared(live: dict[Key, Consent]) -> Sequence[Consent]:
    """The sharing consents among `live`: each names a lender whose facts may be read."""
    return [consent for (purpose, _named), consent in sorted(live.items(), key=str) if purpose == "sharing"]
