"""Writing a made-up book: the rows that the services would have written, in bulk.

The households come from `loans/synthetic`; `making_rows` turns them into rows. A batch of them
is one transaction, with one entry in the audit chain that says how many loans it made.
Triggers and constraints stand; every row passes them. Batches know nothing of each other, so
several processes can write them.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db import connection, transaction

from accounts import audit
from accounts.models import Lender, LenderRelation
from loans.book_errors import BookNotEmpty, DaysClosed
from loans.bulk import analyse
from loans.errors import DateRefused
from loans.models import Loan, Product
from loans.services.making_rows import MODELS, Rows
from loans.synthetic.book import Batch, batches, households
from loans.synthetic.life import GRACE_DAYS
from loans.synthetic.mix import COUNTS, METHODS, RATES

CHUNK = 1_000  # loans
NAMES = {
    "level": ("等额本息贷款", "等額本息貸款", "Equal instalments"),
    "equal_principal": ("等额本金贷款", "等額本金貸款", "Equal principal"),
    "interest_first": ("先息后本贷款", "先息後本貸款", "Interest first"),
}


@dataclass(frozen=True, slots=True)
class Job:
    """One transaction: a batch of households, and all there is to know for writing it."""

    lender: int
    products: Mapping[str, int]
    seed: int
    on: date
    with_months: bool
    batch: Batch


@dataclass(frozen=True, slots=True)
class MadeBook:
    """What was written: loans by kind, rows by table, and how long it took."""

    loans: int
    kinds: dict[str, int]
    rows: dict[str, int]
    seconds: int = 0


# Does every job, in whatever order; `map` in this process, a pool's `imap_unordered` in several.
Runner = Callable[[Callable[[Job], MadeBook], Iterable[Job]], Iterable[MadeBook]]


def make_book(
    *,
    lender: Lender,
    loans: int,
    seed: int,
    on: date,
    with_months: bool = False,
    is_adding: bool = False,
    told: Callable[[int], Any] = lambda done: None,
    runner: Runner = map,
) -> MadeBook:
    """A book of so many loans as it stands at the end of `on`; the same seed and day give the same journal.

    Raises `BookNotEmpty` where the lender has loans and `is_adding` is not said, `DaysClosed`,
    `DateRefused` for a day to come. A run that was broken off leaves whole batches behind.
    """
    if on > lender.today():
        raise DateRefused("in_future")
    if not is_adding and Loan.objects.filter(lender=lender).exists():
        raise BookNotEmpty(lender.code)
    if lender.closed_through is not None:
        raise DaysClosed(lender.code)
    started = time.monotonic()
    first = _next_number(lender, seed)
    kinds: Counter[str] = Counter()
    rows: Counter[str] = Counter()
    job = Job(lender.pk, _products(lender), seed, on, with_months, Batch(first, 0))
    jobs = (replace(job, batch=one) for one in batches(seed=seed, loans=loans, first=first, size=CHUNK))
    for place, made in enumerate(runner(write_batch, jobs), start=1):
        kinds.update(made.kinds)
        rows.update(made.rows)
        if place.bit_count() == 1:
            # As the tables double; plans made for a small table read a large one from end to end.
            analyse(*MODELS)
        told(kinds.total())
    return MadeBook(kinds.total(), dict(kinds), dict(rows), round(time.monotonic() - started))


@transaction.atomic
def write_batch(job: Job) -> MadeBook:
    """Write one batch with its entry in the audit chain."""
    lender = Lender.objects.get(pk=job.lender)
    made = list(households(seed=job.seed, batch=job.batch, on=job.on))
    kinds = Counter(life.kind.value for household in made for life in household.lives)
    rows = Rows(lender=lender, products=job.products, seed=job.seed, on=job.on, with_months=job.with_months).write(made)
    if connection.vendor == "postgresql":
        # Foreign keys are looked at now, not while the audit chain is locked.
        connection.check_constraints()
    audit.record(
        lender=lender,
        verb="make_book",
        subject=made[0].reference(job.seed),
        after={"loans": kinds.total(), "through": made[-1].reference(job.seed), "on": job.on.isoformat()},
        acting_user=None,
    )
    return MadeBook(kinds.total(), dict(kinds), rows)


def _next_number(lender: Lender, seed: int) -> int:
    """The number after the last household of this seed."""
    own = LenderRelation.objects.filter(lender=lender, reference__startswith=f"B{seed}-")
    last = own.order_by("-reference").values_list("reference", flat=True).first()
    return int(last.rpartition("-")[2]) + 1 if last else 1


def _products(lender: Lender) -> dict[str, int]:
    """The primary key of the product of each method; made where there is none."""
    found = {}
    for method, _ in METHODS:
        hans, hant, en = NAMES[method.value]
        product, _made = Product.objects.get_or_create(
            lender=lender,
            code=f"book-{method.value.replace('_', '-')}",
            version=1,
            defaults={
                "name_zh_hans": hans,
                "name_zh_hant": hant,
                "name_en": en,
                "method": method.value,
                "instalment_counts": [count for count, _ in COUNTS],
                "rate_annual": RATES[2][0],
                "rate_annual_min": min(rate for rate, _ in RATES),
                "rate_annual_max": max(rate for rate, _ in RATES),
                "profile": {"base": "consumer-cn"},
                "grace_days": GRACE_DAYS,
            },
        )
        found[method.value] = product.pk
    return found
