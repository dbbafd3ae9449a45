"""A limit as its owner reads it: how much, how much of it is drawn, why, and what lifts it."""

from dataclasses import dataclass
from datetime import date

from loans.limits import CLEAN_MONTHS_FOR_A_RAISE
from loans.models import CreditLimit, LimitChange, Loan, Product, RevolvingAccount
from loans.selectors.application_standing import raise_hindrance
from loans.selectors.limit_use import LimitLine, lines


@dataclass(frozen=True, slots=True)
class LimitPage:
    """`hindrance` is why more cannot be asked for now; "" where it can. `account` is the monthly bill of the limit."""

    line: LimitLine
    on: date
    changes: tuple[LimitChange, ...]
    loans: tuple[Loan, ...]
    hindrance: str
    instalments_for_a_raise: int
    account: RevolvingAccount | None = None

    @property
    def limit(self) -> CreditLimit:
        return self.line.limit


def limit_page(limit: CreditLimit, on: date) -> LimitPage:
    """Nine queries, and those of `standings`; two more for a limit of a monthly bill."""
    changes = limit.changes.select_related("taken_back_by", "application").order_by("-number")
    loans = Loan.objects.filter(reservation__limit=limit).select_related("product", "lender").order_by("-pk")
    is_billed = limit.product.kind == Product.Kind.REVOLVING
    is_active = limit.state == CreditLimit.State.ACTIVE
    return LimitPage(
        line=lines([limit], on)[0],
        on=on,
        changes=tuple(changes),
        loans=tuple(loans),
        hindrance=raise_hindrance(limit, on) if is_active else "closed",
        instalments_for_a_raise=CLEAN_MONTHS_FOR_A_RAISE,
        account=RevolvingAccount.objects.filter(limit=limit).first() if is_billed else None,
    )
