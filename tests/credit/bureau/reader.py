"""A reader of Metro 2 written from the published tables, which knows nothing of what writes it.

It refuses what the tables do not allow: a length, a character where a number stands, a code that
is none, totals that do not add up, and fields that contradict each other.
"""

from collections import Counter
from datetime import date, datetime

# first position and length (credit.md 1.1; moov-io/metro2 pkg/lib/specifications.go)
BASE = {
    "rdw": (1, 4), "processing": (5, 1), "stamp": (6, 14), "correction": (20, 1), "furnisher": (21, 20),
    "cycle": (41, 2), "account": (43, 30), "portfolio": (73, 1), "kind": (74, 2), "opened": (76, 8),
    "limit": (84, 9), "highest": (93, 9), "terms": (102, 3), "frequency": (105, 1), "scheduled": (106, 9),
    "paid": (115, 9), "status": (124, 2), "rating": (126, 1), "history": (127, 24), "comment": (151, 2),
    "compliance": (153, 2), "balance": (155, 9), "past_due": (164, 9), "charged_off": (173, 9), "as_of": (182, 8),
    "delinquent": (190, 8), "closed": (198, 8), "last_paid": (206, 8), "interest": (214, 1), "reserved": (215, 17),
    "surname": (232, 25), "first_name": (257, 20), "middle_name": (277, 20), "generation": (297, 1), "ssn": (298, 9),
    "born": (307, 8), "phone": (315, 10), "ecoa": (325, 1), "indicator": (326, 2), "country": (328, 2),
    "address": (330, 97),
}  # fmt: skip
K4 = {"k4": (427, 2), "k4_indicator": (429, 2), "k4_start": (431, 8), "k4_balloon": (439, 8), "k4_sum": (447, 9)}
TOTALS = {
    "11": 84, "13": 93, "61": 102, "71": 147, "78": 156, "80": 165, "82": 174, "83": 183, "84": 192, "97": 255,
    "K4": 309, "ssn": 327, "born": 363, "born_base": 372, "phone": 399,
}  # fmt: skip
NUMBERS = ("limit", "highest", "scheduled", "paid", "balance", "past_due", "charged_off", "ssn", "phone")
DATES = ("opened", "as_of", "delinquent", "closed", "last_paid", "born")
STATUSES = {"11", "13", "71", "78", "80", "82", "83", "84", "97"}
HISTORY = set("0123456BDEL")


def read(data: bytes) -> list[dict[str, str]]:
    """The base segments of a file, each field as text; `AssertionError` where something is not allowed."""
    text = data.decode("ascii")
    assert text.endswith("\n")
    header, *lines, trailer = text[:-1].split("\n")
    assert len(header) == len(trailer) == 426
    assert (header[:10], trailer[:11]) == ("0426HEADER", "0426TRAILER")
    assert header[79:119].strip()
    assert day(header[47:55]) <= day(header[55:63])
    rows = [_base(line) for line in lines]
    counted = Counter(row["status"] for row in rows)
    counted["K4"] = sum("k4" in row for row in rows)
    counted["born"] = counted["born_base"] = sum(row["born"] != "0" * 8 for row in rows)
    assert int(trailer[11:20]) == len(rows)
    assert {name: int(trailer[at - 1 : at + 8]) for name, at in TOTALS.items()} == {
        name: counted[name] for name in TOTALS
    }
    assert sum(int(trailer[at : at + 9]) for at in range(74, 263, 9)) == len(rows)
    return rows


def day(text: str) -> date:
    return datetime.strptime(text, "%m%d%Y").date()  # noqa: DTZ007


def _base(line: str) -> dict[str, str]:
    assert len(line) in (426, 456)
    assert int(line[:4]) == len(line)
    fields = BASE | (K4 if len(line) == 456 else {})
    row = {name: line[at - 1 : at - 1 + length] for name, (at, length) in fields.items()}
    for name in NUMBERS:
        assert row[name].isdigit(), name
    for name in DATES:
        assert row[name] == "0" * 8 or day(row[name]), name
    assert datetime.strptime(row["stamp"], "%m%d%Y%H%M%S")  # noqa: DTZ007
    assert (row["processing"], row["ecoa"]) == ("1", "1")
    assert row["correction"] in "01"
    assert (row["portfolio"], row["kind"]) in {("I", "01"), ("R", "18")}
    assert (row["terms"] == "REV") is (row["portfolio"] == "R")
    assert row["status"] in STATUSES
    assert (row["rating"] != " ") is (row["status"] == "13")
    assert set(row["history"]) <= HISTORY
    assert "B" not in row["history"].rstrip("B")
    assert row["comment"] in ("  ", "CP", "CO")
    assert not (row["status"] in ("11", "13") and int(row["past_due"]))
    assert not (row["status"] == "13" and int(row["balance"]))
    assert (row["closed"] != "0" * 8) is (row["status"] == "13")
    is_late = row["status"] not in ("11", "13") or row["rating"] in "123456"
    is_told = row["delinquent"] != "0" * 8
    # who has died may never have been late
    assert is_told is is_late or row["status"] == "97"
    assert not is_told or day(row["delinquent"]) <= day(row["as_of"])
    assert (row["frequency"] == "D") is ("k4" in row)
    if "k4" in row:
        assert (row["k4"], row["k4_indicator"], int(row["scheduled"])) == ("K4", "02", 0)
        assert day(row["k4_start"]) > day(row["as_of"])
    return row
