"""Is this person known well enough to be lent to, and what do we know about them?"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from accounts.models import BankAccount, Borrower, Identity, IdentityCase, Unmasking
from accounts.phone import masked

STEPS = ("identity", "phone", "bank_account")


@dataclass(frozen=True, slots=True)
class KnownCustomer:
    """Whether a borrower is known. `missing` names the steps that are left, in the order of `STEPS`."""

    is_identified: bool
    has_verified_phone: bool
    has_verified_account: bool

    @property
    def missing(self) -> tuple[str, ...]:
        done = (self.is_identified, self.has_verified_phone, self.has_verified_account)
        return tuple(step for step, is_done in zip(STEPS, done, strict=True) if not is_done)

    @property
    def is_known(self) -> bool:
        return not self.missing


@dataclass(frozen=True, slots=True)
class KnownPage:
    """What one's own page shows. `case` only if one asked for it; `looks` newest first."""

    known: KnownCustomer
    identity: Identity | None
    case: IdentityCase | None
    phone: str
    accounts: list[BankAccount]
    looks: list[Unmasking]


def known_customer(borrower: Borrower) -> KnownCustomer:
    """2 queries, and one for the user where it is not at hand."""
    user = borrower.user
    return KnownCustomer(
        is_identified=Identity.objects.filter(borrower=borrower, state=Identity.State.VERIFIED).exists(),
        has_verified_phone=bool(user and user.phone and user.phone_verified),
        has_verified_account=bool(debit_sources(borrower)),
    )


def debit_sources(borrower: Borrower) -> list[BankAccount]:
    """The confirmed accounts in use, in the order in which money is taken from them. 1 query."""
    return list(BankAccount.objects.filter(borrower=borrower, verified_at__isnull=False).in_use())


def debit_sources_among(borrowers: Collection[int]) -> Mapping[int, list[BankAccount]]:
    """`debit_sources` of each, by the borrower's primary key. 1 query, however many people."""
    found: dict[int, list[BankAccount]] = defaultdict(list)
    for account in BankAccount.objects.filter(borrower__in=borrowers, verified_at__isnull=False).in_use():
        found[account.borrower_id].append(account)
    return found


def next_step(user: Any) -> str:
    """The step of `STEPS` that somebody signed in is at; "" when they have nothing to do now. 3 queries at most.

    While the register is asked, the phone can be done, and the bank account has to wait.
    """
    borrower = Borrower.objects.select_related("identity").filter(user=user).first()
    identity: Identity | None = getattr(borrower, "identity", None)
    if identity is None or identity.state not in (Identity.State.WAITING, Identity.State.VERIFIED):
        return "identity"
    if not (user.phone and user.phone_verified):
        return "phone"
    is_done = identity.state == Identity.State.WAITING or debit_sources(identity.borrower)
    return "" if is_done else "bank_account"


def known_page(user: Any) -> KnownPage:
    """4 queries, whatever there is."""
    borrower = Borrower.objects.select_related("identity").filter(user=user).first()
    identity: Identity | None = getattr(borrower, "identity", None)
    accounts = list(BankAccount.objects.of(user))
    cases = IdentityCase.objects.filter(claimant=borrower, asked_at__isnull=False)
    looks = Unmasking.objects.filter(borrower=borrower).select_related("lender", "bank_account")
    known = KnownCustomer(
        is_identified=bool(identity and identity.state == Identity.State.VERIFIED),
        has_verified_phone=bool(user.phone and user.phone_verified),
        has_verified_account=any(account.verified_at for account in accounts),
    )
    return KnownPage(
        known=known,
        identity=identity,
        case=cases.first() if borrower else None,
        phone=masked(user.phone) if user.phone else "",
        accounts=accounts,
        looks=list(looks[:50]) if borrower else [],
    )
