"""What happens between two closes of a made-up book: of those due on a day nearly all pay, in bulk.

The rows are those that `record_payment` writes; it is not timed.
"""

from datetime import date
from random import Random
from typing import Any

PAYING = 985  # of a thousand
AT_ONCE = 1_000


def pay_what_is_due(lender: Any, day: date) -> int:
    """Pay the instalments of that day whole; how many were paid. Whoever is late with another pays nothing."""
    from loans.models import Loan

    keys = Loan.objects.running().filter(lender=lender, oldest_unpaid_due_on=day).order_by("pk")
    dice = Random(f"{lender.code} {day}")  # noqa: S311  (a made-up book, not a secret)
    paying = [key for key in keys.values_list("pk", flat=True) if dice.randrange(1_000) < PAYING]
    for start in range(0, len(paying), AT_ONCE):
        _pay(lender, day, paying[start : start + AT_ONCE])
    return len(paying)


def _pay(lender: Any, day: date, keys: list[int]) -> None:
    from django.db import transaction

    from credit.models import Tradeline
    from loans.bulk import Sheet, ids_for
    from loans.models import Allocation, JournalEntry, JournalSeal, Loan, Payment, Posting
    from loans.selectors.in_force import in_force
    from loans.services.head import update_each
    from loans.services.making_rows import COLUMNS

    with transaction.atomic():
        loans = list(Loan.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=keys).order_by("pk"))
        held = in_force(loans, day)
        entries, payments = iter(ids_for(JournalEntry, len(loans))), iter(ids_for(Payment, len(loans)))
        sheets = {model: Sheet(model, *COLUMNS[model]) for model in _tables()}
        changed = []
        iso, noon = day.isoformat(), f"{day.isoformat()} 04:00:00"
        for loan in loans:
            own, entry, payment = held[loan.pk], next(entries), next(payments)
            row, *rest = own.unpaid_rows
            paid = own.paid_on(row)
            interest = row.interest_minor + row.relief_interest_minor - paid.interest_minor
            principal = row.principal_minor - paid.principal_minor
            key, amount = f"due:{loan.number}:{row.number}", interest + principal
            sheets[JournalEntry].add(
                entry, lender.pk, loan.pk, "payment", f"payment:{key}", iso, iso, loan.currency, noon, entry
            )
            parts = (("interest", "interest_income", interest), ("principal", "principal", principal))
            sheets[Posting].add(entry, lender.pk, "cash", amount)
            sheets[JournalSeal].add(entry)
            sheets[Payment].add(
                payment, loan.public_id.hex[:20] + f"{row.number:04x}{payment % 16**8:08x}", lender.pk, loan.pk, key,
                amount, iso, "auto_debit", noon, entry,
            )  # fmt: skip
            for component, account, minor in parts:
                if minor:
                    sheets[Posting].add(entry, lender.pk, account, -minor)
                    sheets[Allocation].add(payment, lender.pk, loan.pk, row.number, component, minor)
            columns = {
                "principal_left_minor": loan.principal_left_minor - principal,
                "oldest_unpaid_due_on": rest[0].due_on if rest else None,
                "state": "active" if rest else "settled",
                "settled_on": None if rest else day,
                "next_close_on": min(loan.next_close_on or day, day),
            }
            changed.append((loan, columns))
        for sheet in sheets.values():
            sheet.write()
        update_each(Loan, changed, "version")
        over = [loan.number for loan, columns in changed if columns["settled_on"]]
        Tradeline.objects.filter(lender=lender, reference__in=over).update(closed_on=day)


def _tables() -> tuple[Any, ...]:
    """Parents before children."""
    from loans.models import Allocation, JournalEntry, JournalSeal, Payment, Posting

    return JournalEntry, Posting, JournalSeal, Payment, Allocation
