"""10,000 debits in a file to the bank, and its answer back, matched and booked: seconds and memory.

`make bench`, or `python -m benchmarks.bank_files [--debits N]`. On the database that
DATABASE_URL names (which must be empty), else on SQLite in a temporary folder. Three in a hundred debits come
back, one in a hundred transactions is from somebody unknown. The clock stands on the due date; seconds are
those on the wall, memory is the most that this process has held.
"""

import argparse
import os
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

DEBITS = 10_000
GOAL_SECONDS = 60
PAID_OUT, DUE_ON = date(2026, 4, 15), date(2026, 5, 15)
ACCOUNT = "DE89370400440532013000"


def set_up(folder: str) -> None:
    """An empty database, and Django on it."""
    os.environ.setdefault("DATABASE_URL", f"sqlite:///{folder}/book.sqlite3")
    os.environ.update(
        DJANGO_SETTINGS_MODULE="config.settings", LEEWAY_DEMO="on", LEEWAY_ALLOWED_HOSTS="localhost",
        LEEWAY_LOG_LEVEL="ERROR", LEEWAY_BANK_FILES=f"files={ACCOUNT},ICBKCNBJ,CN98ZZZ09999999999",
    )  # fmt: skip
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def noon(day: date) -> Any:
    """Stand at noon in Shanghai on that day."""
    from config import clock

    return clock.at(datetime(day.year, day.month, day.day, 4, tzinfo=UTC))


@contextmanager
def timed(what: str, found: dict[str, float]) -> Iterator[None]:
    start, worked = time.perf_counter(), time.process_time()
    yield
    found[what], worked = time.perf_counter() - start, time.process_time() - worked
    print(f"{what:<28}{found[what]:8.1f} s, of which {worked:.1f} s computing")


def make_book(count: int) -> Any:
    """A lender with that many loans of 12,000.00 in twelve instalments, the first due on 15 May; accounts, mandates."""
    from accounts.models import BankAccount, Borrower, Lender
    from accounts.sealed_box import sealed_box
    from credit.consent_texts import consent_text
    from credit.models import Consent
    from loans.models import Product
    from loans.services.importing import import_tape
    from loans.tape import read_tape

    lender = Lender.objects.create(code="files", name_zh_hans="青禾", name_zh_hant="青禾", name_en="Qinghe")
    Product.objects.create(
        lender=lender, code="cash", version=1, name_zh_hans="现金贷", name_zh_hant="現金貸", name_en="Cash loan",
        method="level", rate_annual=Decimal("0.144"), profile={"base": "30-360"},
    )  # fmt: skip
    head = "external_number,borrower_reference,borrower_name,product_code,principal,instalments,disbursed_on"
    rows = (f"F-{number:05d},C-{number:05d},王晓雨,cash,12000.00,12,{PAID_OUT}" for number in range(count))
    report = import_tape(
        lender=lender, tape=read_tape("\n".join((head, *rows)).encode()), source="benchmark", acting_user=None
    )
    if report.loans != count:
        raise SystemExit(f"{report.loans} loans instead of {count}: {report.faults[:3]}")
    from config import clock

    box, text = sealed_box(), consent_text("debit", "zh-hans", lender="青禾")
    accounts, consents = [], []
    for place, borrower in enumerate(Borrower.objects.order_by("pk")):
        account = BankAccount(
            borrower=borrower, bank_code="ICBC", bank_name="工商银行", holder="王晓雨", last4="0000",
            number_hash=str(place), verified_at=clock.now(), position=1,
        )  # fmt: skip
        account.number_sealed = box.seal(f"62220200{place:011d}", account.seal_of)
        accounts.append(account)
        consents.append(
            Consent(
                borrower=borrower,
                lender=lender,
                purpose="debit",
                text_version=text.version,
                language="zh-hans",
                text=text.statement,
                text_sha256=text.sha256,
                given_on=PAID_OUT,
                expires_on=date(2031, 4, 15),
                method="tick",
            )
        )
    BankAccount.objects.bulk_create(accounts, batch_size=500)
    Consent.objects.bulk_create(consents, batch_size=500)
    return lender


def instruct(lender: Any) -> None:
    from config import clock
    from loans.services import instruct_debits

    now = clock.local(lender.time_zone)
    print(
        "debits ordered, by what came of each loan:", dict(instruct_debits(lender=lender, on=now.date(), at=now.time()))
    )


def answer(folder: Path) -> None:
    """What the bank says of the file."""
    from loans.bank_files import sandbox

    with (folder / "pain.xml").open("rb") as source, (folder / "camt.xml").open("wb") as sink:
        told = sandbox.answer(source, sandbox.Plan(returned=3, unknown=1), seed=1)
        sandbox.write(sink, told, on=DUE_ON)


def there_and_back(lender: Any, folder: Path, found: dict[str, float]) -> Any:
    """Write the file, let the bank answer, take the answer; the bank's own seconds do not count."""
    from loans.services.bank_reading import take_file
    from loans.services.bank_writing import write_collections

    with timed("written to the file", found), (folder / "pain.xml").open("wb") as sink:
        write_collections(lender=lender, sink=sink, acting_user=None)
    answer(folder)
    with timed("answer matched and booked", found), (folder / "camt.xml").open("rb") as source:
        return take_file(lender=lender, source=source, name="camt.xml", acting_user=None)


def schema_says(folder: Path) -> None:
    """The published schema of pain.008.001.08 and an independent reader of camt.054.001.08 look at both files."""
    from tests.loans.bank_files import judges

    print("pain.008.001.08 by its schema:", judges.problems_of_pain008(folder / "pain.xml") or "valid")
    print("camt.054.001.08 by pyiso20022:", judges.transactions_of_camt054(folder / "camt.xml"), "transactions")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--debits", type=int, default=DEBITS)
    parser.add_argument("--no-schema", action="store_true", help="do not have the files judged (half a minute)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder, found = Path(name), {}
        set_up(name)
        from django.db import connection

        from loans.books import violations

        with noon(date(2026, 4, 20)):
            lender = make_book(options.debits)
        with noon(DUE_ON):
            instruct(lender)
            taken = there_and_back(lender, folder, found)
            wrong = list(violations([lender]))
        total = sum(found.values())
        print(
            f"{options.debits} debits on {connection.vendor}: {total:.1f} s, goal {GOAL_SECONDS} s for {DEBITS} at rest"
        )
        print("lines:", {" ".join(key): count for key, count in sorted(taken.counts.items())})
        print("books:", wrong[:3] or "in order")
        print("most memory held:", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, "MiB")
        if not options.no_schema:
            schema_says(folder)
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
