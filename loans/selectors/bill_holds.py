"""What stands still on monthly bills: for whatever acts on them, and for the people who look at one."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from accounts.models import Lender
from loans.models import Hold, RevolvingAccount
from loans.months import Span


def held_bills(lender: Lender, on: date) -> Mapping[int, set[str]]:
    """The kinds of action that stand still on a day, by account of the lender. One query."""
    found: dict[int, set[str]] = defaultdict(set)
    rows = Hold.objects.on(on).filter(lender=lender, bill_account__isnull=False)
    for pk, kind in rows.values_list("bill_account", "kind"):
        found[pk].add(kind)
    return found


def bills_with(held: Mapping[int, Iterable[str]], kind: str) -> set[int]:
    """The accounts among them on which this kind stands still."""
    return {pk for pk, kinds in held.items() if kind in kinds}


def bureau_holds(account: RevolvingAccount) -> list[Span]:
    """The holds of the credit record, past and present, as a month is judged by them. One query."""
    rows = account.holds.filter(kind=Hold.Kind.BUREAU).order_by("from_on", "pk")
    return [Span(*row) for row in rows.values_list("source", "from_on", "until_on")]


def holds_on(account: RevolvingAccount, on: date) -> tuple[Hold, ...]:
    """What stands still on a day, in the order in which kinds are named. One query."""
    kinds = list(Hold.Kind.values)
    found = Hold.objects.on(on).filter(bill_account=account).select_related("opened_by")
    return tuple(sorted(found, key=lambda hold: (kinds.index(hold.kind), hold.pk)))
