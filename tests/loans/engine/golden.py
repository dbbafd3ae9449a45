"""Reads the tables of `tests/golden`: figures published or derived by hand, each with its source."""

import csv
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "golden"


def table(name: str) -> list[dict[str, str]]:
    """Return the rows of `tests/golden/<name>.csv`."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert rows, f"{name}.csv holds no figures"
    assert all(row["source"] for row in rows), f"{name}.csv has a figure without a source"
    return rows
