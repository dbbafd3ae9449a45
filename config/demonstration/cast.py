"""The people of the demonstration."""

from typing import Any

DOMAIN = "@demo.invalid"


def people() -> list[Any]:
    return []
