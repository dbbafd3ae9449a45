"""A person lets kinds of action stand still on a monthly bill, with a reason, and ends that.

For what no rule knows: a death, a fraud, a dispute. Everything that acts on a bill asks first
(`loans/selectors/bill_holds.py`). What is good for the borrower waits for nothing: paying,
leaving a stage, correcting a month.
"""

from collections.abc import Iterable
from datetime import date

from django.db import transaction

from accounts import audit
from accounts.models import User
from accounts.roles import Verb
from accounts.services import next_reference, require
from loans.errors import DateRefused, WordsNeeded
from loans.models import Hold, RevolvingAccount
from loans.overdue_errors import HoldRefused
from loans.services.bill_head import check_open, lock_account
from loans.services.head import iso

LONGEST_WORDS = 300


@transaction.atomic
def place_holds(
    *, account: RevolvingAccount, kinds: Iterable[str], words: str, until_on: date | None = None, acting_user: User
) -> list[Hold]:
    """Let these kinds stand still from today on, up to and with `until_on`, or until somebody ends it.

    They get one reference of their own. Raises `HoldRefused` for no kind or one that a bill does
    not have, `WordsNeeded`, `DateRefused` for a last day in the past, `BillRefused` on a closed
    account, `NotPermitted`.
    """
    account = lock_account(account)
    require(lender=account.lender, verb=Verb.PLACE_HOLD, user=acting_user)
    check_open(account)
    wanted, words, today = list(dict.fromkeys(kinds)), words.strip(), account.lender.today()
    if not wanted or not set(wanted) <= {kind.value for kind in Hold.OF_BILLS}:
        raise HoldRefused(", ".join(wanted))
    if not 0 < len(words) <= LONGEST_WORDS:
        raise WordsNeeded
    if until_on is not None and until_on < today:
        raise DateRefused("in_past")
    source = next_reference(lender=account.lender, prefix="HD", year=today.year)
    made = Hold.objects.bulk_create(
        Hold(
            lender=account.lender, bill_account=account, kind=kind, source=source, words=words, from_on=today,
            until_on=until_on, opened_by=acting_user,
        )
        for kind in wanted
    )  # fmt: skip
    audit.record(
        lender=account.lender,
        verb="open_holds",
        subject=account.number,
        after={"kinds": wanted, "source": source, "from_on": iso(today), "until_on": iso(until_on), "words": words},
        acting_user=acting_user,
    )
    return made


@transaction.atomic
def end_placed_holds(*, account: RevolvingAccount, source: str, acting_user: User) -> int:
    """Let what stands still by this reference end with today; return how many that shortened.

    One that ends by then already is left as it is. Raises `NotPermitted`.
    """
    account = lock_account(account)
    require(lender=account.lender, verb=Verb.PLACE_HOLD, user=acting_user)
    today = account.lender.today()
    ended = [hold for hold in account.holds.filter(source=source) if hold.until_on is None or hold.until_on > today]
    if ended:
        Hold.objects.filter(pk__in=[hold.pk for hold in ended]).update(until_on=today)
        audit.record(
            lender=account.lender,
            verb="end_holds",
            subject=account.number,
            before={"holds": [{"kind": hold.kind, "until_on": iso(hold.until_on)} for hold in ended]},
            after={"source": source, "until_on": iso(today)},
            acting_user=acting_user,
        )
    return len(ended)
