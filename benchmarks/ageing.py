"""What it costs to open a loan on its first day and in its 24th month, by turns in one run.

`python -m benchmarks.ageing [--loans 6000]`. On a book made in a temporary folder: loans over 24 months that were paid
out a few days ago, and loans over 24 months whose last instalment is still to come. Opened is how a loan stands (its
schedule, what was paid, what is owed), the borrower's page about it, and the staff's. Processor time of this process,
so of the database too, which is SQLite.
"""

import argparse
import os
import tempfile
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import cycle
from typing import Any

from benchmarks.close import morning_of
from benchmarks.pages import visitor
from benchmarks.timing import hundredths, in_turn

AS_OF = date(2026, 9, 9)
MONTHS, AT_MOST = 24, 120
EACH = 5  # loans of each age, one after the other
ROUNDS = 9


def set_up(folder: str, loans: int) -> None:
    os.environ.update(
        DJANGO_SETTINGS_MODULE="config.settings", DATABASE_URL=f"sqlite:///{folder}/book.sqlite3", LEEWAY_DEMO="on",
        LEEWAY_ALLOWED_HOSTS="localhost", LEEWAY_LOG_LEVEL="ERROR",
    )  # fmt: skip
    import django
    from django.core.management import call_command

    django.setup()
    for command, options in (
        ("migrate", {"verbosity": 0}),
        ("createcachetable", {}),
        ("make_book", {"loans": loans, "as_of": AS_OF, "with_months": True}),
    ):
        call_command(command, **options)


def of_age(first: date, last: date) -> list[Any]:
    """Loans over 24 months that were paid out between two days and are paid as agreed."""
    from loans.models import Loan

    found = Loan.objects.running().filter(
        instalment_count=MONTHS, disbursed_on__gte=first, disbursed_on__lte=last, current_version=1, stage="none"
    )
    return list(
        found.exclude(oldest_unpaid_due_on__lt=AS_OF).select_related("lender", "borrower").order_by("pk")[:EACH]
    )


def of_their_borrowers(loans: list[Any]) -> Iterator[Callable[[], Any]]:
    """The page of each loan, asked for by its borrower."""
    from django.urls import reverse

    from accounts.models import User

    for loan in loans:
        user = User.objects.create_user(email=f"{loan.public_id.hex}@demo.invalid", password=None, name="x")
        loan.borrower.user = user
        loan.borrower.save(update_fields=["user"])
        yield page(visitor(user.email), reverse("loans:detail", args=[loan.public_id]))


def page(client: Any, url: str) -> Callable[[], Any]:
    def load() -> None:
        answer = client.get(url)
        if answer.status_code != 200:
            raise SystemExit(f"{url} answered {answer.status_code}.")

    return load


def by_turns(works: list[Callable[[], Any]]) -> Callable[[], None]:
    """Every one of them once, so that no single loan decides."""
    turn = cycle(works)

    def all_of_them() -> None:
        for _ in works:
            next(turn)()

    return all_of_them


def compared() -> dict[str, Callable[[], None]]:
    from django.urls import reverse

    from accounts.models import Lender, Membership, User
    from accounts.roles import Role
    from loans.models import Loan
    from loans.selectors.standing import standing

    clerk = User.objects.create_user(email="clerk@demo.invalid", password=None, name="x", is_staff=True)
    Membership.objects.create(user=clerk, lender=Lender.objects.get(), role=Role.SERVICING, handle="A-01")
    staff = visitor(clerk.email)
    ages = {
        "on its first days": of_age(AS_OF - timedelta(days=7), AS_OF),
        "in its 24th month": of_age(AS_OF - timedelta(days=729), AS_OF - timedelta(days=701)),
    }
    works = {}
    for age, loans in ages.items():
        if len(loans) < EACH // 2:
            raise SystemExit(f"The book has too few loans {age}: {len(loans)}. Make a larger one.")
        print(f"{len(loans)} loans {age}")
        reads = [lambda pk=loan.pk: standing(Loan.objects.get(pk=pk), AS_OF) for loan in loans]
        works["how it stands", age] = by_turns(reads)
        works["borrower's page", age] = by_turns(list(of_their_borrowers(loans)))
        works["staff's page", age] = by_turns(
            [page(staff, reverse("admin:loans_loan_change", args=[loan.pk])) for loan in loans]
        )
    return works


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--loans", type=int, default=6_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, morning_of_the_book():
        set_up(folder, options.loans)
        works = compared()
        taken = in_turn(works, rounds=ROUNDS)
    print(f"\n{'opened':<20}{'first days, ms':>16}{'24th month, ms':>16}{'times':>8}")
    for what in dict.fromkeys(name for name, _ in works):
        young, old = taken[what, "on its first days"], taken[what, "in its 24th month"]
        times = hundredths(old, young)
        said = f"{times // 100}.{times % 100:02}"
        verdict = "met" if times <= AT_MOST else "NOT met"
        print(f"{what:<20}{_ms(young):>16}{_ms(old):>16}{said:>8}  at most 1.2: {verdict}")


def morning_of_the_book() -> Any:
    return morning_of(AS_OF + timedelta(days=1))


def _ms(taken: Any) -> str:
    each = taken.ns // EACH
    return f"{each // 1_000_000}.{each // 10_000 % 100:02}"


if __name__ == "__main__":
    main()
