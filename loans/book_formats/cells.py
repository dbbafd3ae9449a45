"""One row of a table in CSV (RFC 4180): cells parted by commas, quoted where they must be, ended by CR LF."""

import csv
import io
from collections.abc import Iterable

STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def row(cells: Iterable[object]) -> str:
    """The text of a row, with its line end.

    >>> row(["a", "b,c", 3])
    'a,"b,c",3\\r\\n'
    """
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue()


def safe(words: str) -> str:
    """Words that no spreadsheet takes for a formula: an apostrophe goes in front of those that begin like one.

    >>> safe("=1+1"), safe("cash")
    ("'=1+1", 'cash')
    """
    return f"'{words}" if words.startswith(STARTS_A_FORMULA) else words
