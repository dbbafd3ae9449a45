"""Is what was written off in the books as it was decided, and did what came in since go where it belongs?"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from django.db.models import Q, Sum

from accounts.models import Lender
from loans.models import Account, Loan, Posting, WriteOff

Found = Iterator[tuple[str, str]]
# From which journal entry on a loan stood written off, and with which that ended (None: it stands).
Span = tuple[int, int | None]


def written_off_spans(lender: Lender) -> Mapping[int, Sequence[Span]]:
    """By the loan's primary key. One query."""
    found: dict[int, list[Span]] = defaultdict(list)
    rows = WriteOff.objects.approved().filter(lender=lender).order_by("journal_entry")
    for loan_pk, aim, entry in rows.values_list("loan", "aim", "journal_entry"):
        if aim == WriteOff.Aim.WRITE_OFF:
            found[loan_pk].append((entry, None))
        else:
            found[loan_pk][-1] = (found[loan_pk][-1][0], entry)
    return found


def is_recovery(spans: Sequence[Span], entry: int) -> bool:
    """Whether an entry of a loan was written while the loan stood written off."""
    return any(since < entry and (until is None or entry < until) for since, until in spans)


def write_offs_are_booked(lender: Lender) -> Found:
    """A loan stands written off as two people decided, and of its principal nothing is left in the books.

    What was written off less what came in since is what is owed; where nothing stands written
    off, the two accounts are even. Three queries.
    """
    spans = written_off_spans(lender)
    sums: dict[int, dict[str, int]] = defaultdict(dict)
    accounts = (Account.PRINCIPAL, Account.WRITE_OFFS, Account.RECOVERIES)
    lines = Posting.objects.filter(lender=lender, account__in=accounts, entry__loan__isnull=False)
    of_loans = lines.filter(entry__loan__in=list(spans)) | lines.exclude(account=Account.PRINCIPAL)
    for pk, account, amount in of_loans.values_list("entry__loan", "account").annotate(Sum("amount_minor")).order_by():
        sums[pk][account] = amount
    own = Loan.objects.filter(lender=lender)
    for loan in own.filter(Q(pk__in={*spans, *sums}) | Q(written_off_on__isnull=False)).order_by("pk"):
        for detail in _faults(loan, spans.get(loan.pk, ()), sums[loan.pk]):
            yield loan.number, detail


def _faults(loan: Loan, spans: Sequence[Span], sums: Mapping[str, int]) -> Iterator[str]:
    stands = bool(spans) and spans[-1][1] is None
    if stands != (loan.written_off_on is not None):
        yield f"written off on {loan.written_off_on}, decided: {stands}"
    claim = sums.get(Account.WRITE_OFFS, 0) + sums.get(Account.RECOVERIES, 0)
    owed = loan.principal_left_minor if stands else 0
    if claim != owed:
        yield f"written off less recovered is {claim}, owed {owed}"
    if stands and sums.get(Account.PRINCIPAL, 0):
        yield f"the principal account has {sums[Account.PRINCIPAL]}"
