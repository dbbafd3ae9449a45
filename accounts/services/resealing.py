"""Seals everything anew under the first key, so that an older one can be taken away."""

from collections.abc import Callable, Iterable
from typing import Any

from accounts.models import BankAccount, Identity
from accounts.sealed_box import sealed_box
from accounts.services import banking, identifying


def reseal(*, tell: Callable[[str], None] = lambda text: None) -> int:
    """Seal every number that an older key sealed; how many there were.

    Safe to repeat; it may run while the site is open, since what is changed meanwhile is
    sealed with the first key anyhow. `SealBroken` where a key is missing.
    """
    done = 0
    kinds: tuple[tuple[Iterable[Any], str], ...] = (
        (Identity.objects.exclude(number_sealed="").select_related("borrower"), identifying.NUMBER),
        (BankAccount.objects.exclude(number_sealed=""), banking.NUMBER),
    )
    box = sealed_box()
    for rows, kind in kinds:
        for row in rows:
            if box.is_current(row.number_sealed):
                continue
            number = box.open(row.number_sealed, row.seal_of)
            done += (
                type(row)
                .objects.filter(pk=row.pk, number_sealed=row.number_sealed)
                .update(number_sealed=box.seal(number, row.seal_of), number_hash=box.fingerprint(number, kind))
            )
            tell(f"{kind}: {done}")
    return done
