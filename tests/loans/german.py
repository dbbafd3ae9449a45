"""The thousand loans of a south German bank, 1973-75, as a loan tape.

Amount and duration are the published ones (U. Grömping, 2019; UCI 10.24432/C5X89F, CC BY
4.0). What the data set lacks is made up by a rule: loan i of 1,000 was paid out i thousandths
of the way through 1973-75; the yearly rate is 6 % and half a percent for each grade of
instalment burden; good payers paid every instalment due by the day of the tape, bad ones
stopped two instalments before.
"""

import csv
import io
import os
from datetime import date, timedelta
from pathlib import Path

from loans.engine.calendar import add_months
from loans.tape import COLUMNS

AS_OF = date(1975, 6, 10)
FIRST, DAYS = date(1973, 1, 1), 880


def source() -> Path | None:
    """The published file: where LEEWAY_TEST_DATA says, or in ../shared/data beside the project."""
    folder = os.environ.get("LEEWAY_TEST_DATA") or Path(__file__).parents[3] / "shared" / "data"
    path = Path(folder) / "south-german-credit.asc"
    return path if path.exists() else None


def tape(path: Path) -> bytes:
    """The file as a tape, header included."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(COLUMNS))
    writer.writeheader()
    with path.open(encoding="ascii", newline="") as published:
        for number, loan in enumerate(csv.DictReader(published, delimiter=" "), start=1):
            writer.writerow(_row(number, loan))
    return out.getvalue().encode()


def _row(number: int, loan: dict[str, str]) -> dict[str, object]:
    disbursed_on = FIRST + timedelta(days=number * DAYS // 1000)
    count = int(loan["duration"])
    due = sum(add_months(disbursed_on, month) <= AS_OF for month in range(1, count + 1))
    return {
        "external_number": f"SG-{number:04d}",
        "borrower_reference": f"K-{number:04d}",
        "borrower_name": f"Kunde {number}",
        "product_code": "cash",
        "principal": f"{loan['amount']}.00",
        "instalments": count,
        "disbursed_on": disbursed_on.isoformat(),
        "rate_annual": f"0.{60 + 5 * int(loan['installment_rate']):03d}",
        "method": "level",
        "first_due_on": "",
        "paid_instalments": due if loan["credit_risk"] == "1" else max(due - 2, 0),
        "principal_left": "",
    }
