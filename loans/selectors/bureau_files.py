"""What the staff's page shows of a file for a credit bureau."""

from collections.abc import Sequence
from dataclasses import dataclass

from credit.models import BureauFile, BureauFileHeld

MOST_HELD = 200
# What a request can make again before the server gives up on it; larger files come from the shell.
MOST_AT_ONCE = 20_000


@dataclass(frozen=True, slots=True)
class BureauFilePage:
    """One file, and the first 200 of the months that were held back from it."""

    file: BureauFile
    held: Sequence[BureauFileHeld]

    @property
    def has_more(self) -> bool:
        return bool(self.file.held_count > len(self.held))

    @property
    def is_large(self) -> bool:
        return bool(self.file.row_count > MOST_AT_ONCE)


def bureau_file_page(file: BureauFile) -> BureauFilePage:
    """One query."""
    return BureauFilePage(file, list(file.held.order_by("reference", "month")[:MOST_HELD]))
