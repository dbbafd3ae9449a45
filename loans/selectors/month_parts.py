"""What came in on loans, as months are judged by: by instalment and day, corrections included."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date

from django.db.models import QuerySet

from loans.models import Allocation
from loans.months import Part

PRINCIPAL = Allocation.Component.PRINCIPAL.value
OWN = (PRINCIPAL, Allocation.Component.INTEREST.value, Allocation.Component.FEE.value)


def parts_of(allocations: QuerySet[Allocation]) -> Mapping[int, list[Part]]:
    """By loan, in the order of instalment and day; penalty interest is not of the instalment. One query."""
    sums: dict[int, dict[tuple[int, date], tuple[int, int]]] = defaultdict(dict)
    lines = allocations.filter(component__in=OWN).values_list(
        "loan_id", "instalment_number", "payment__value_on", "component", "amount_minor"
    )
    for loan_pk, number, on, component, amount_minor in lines:
        own = sums[loan_pk]
        amount, principal = own.get((number, on), (0, 0))
        of_principal = amount_minor if component == PRINCIPAL else 0
        own[number, on] = amount + amount_minor, principal + of_principal
    # What was taken back again is nothing that came in.
    found = {
        pk: [Part(number, on, amount, principal) for (number, on), (amount, principal) in sorted(own.items()) if amount]
        for pk, own in sums.items()
    }
    return defaultdict(list, found)
