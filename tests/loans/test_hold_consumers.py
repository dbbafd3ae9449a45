"""Whatever contacts, charges, reports, debits or cuts asks the holds first: one after the other."""

from collections.abc import Callable
from datetime import date, time
from decimal import Decimal
from types import SimpleNamespace

import pytest

from accounts.models import Borrower, Lender, Notice
from credit.models import MonthFact
from loans import services
from loans.errors import LimitRefused
from loans.models import CreditLimit, Forewarning, Loan, Product, StageStep
from loans.overdue_errors import StepRefused
from loans.selectors.standing import standing
from loans.services.forewarning import tell_of_late_months
from loans.services.limiting import cut_limit
from loans.services.reminding import remind
from loans.services.staging import run_stages, write_letter
from tests.conftest import TODAY
from tests.loans.applicants import ready, send
from tests.loans.conftest import PAID_OUT, at_noon, product_of
from tests.loans.reporting import reportable
from tests.loans.test_limiting import offered

pytestmark = pytest.mark.django_db


@pytest.fixture
def product(qinghe: Lender) -> Product:
    """Being late costs half as much again."""
    return product_of(qinghe, penalty_uplift=Decimal("0.5"))


def steps(loan: Loan) -> bool:
    run_stages(lender=loan.lender)
    return StageStep.objects.exists()


def letter(loan: Loan) -> bool:
    loan.refresh_from_db()
    try:
        write_letter(loan=loan, letter="demand", acting_user=None)
    except StepRefused:
        return False
    return Forewarning.objects.filter(kind="demand").exists()


def telling(loan: Loan) -> bool:
    return tell_of_late_months(lender=loan.lender, on=TODAY) == 1


def reporting(loan: Loan) -> bool:
    services.furnish_months(loan=reportable(loan), through=date(2026, 2, 1), acting_user=None)
    return MonthFact.objects.get(month=date(2026, 2, 1)).days_past_due > 0


def penalty(loan: Loan) -> bool:
    return standing(loan, TODAY).penalty.owed_minor > 0


def debit(loan: Loan) -> bool:
    # Without a hold the next thing that is missing is the mandate.
    with at_noon(date(2026, 2, 16)):
        counts = services.instruct_debits(lender=loan.lender, on=date(2026, 2, 16), at=time(12))
    assert counts["held"] + counts["no_mandate"] == 1
    return counts["held"] == 0


def reminding(loan: Loan) -> bool:
    with at_noon(date(2026, 2, 16)):
        remind(lender=loan.lender)
    return Notice.objects.exists()


CONSUMERS: dict[Callable[[Loan], bool], tuple[str, ...]] = {
    steps: ("contact",),
    letter: ("contact", "legal"),
    telling: ("bureau",),
    reporting: ("bureau",),
    penalty: ("penalty",),
    debit: ("auto_debit",),
    reminding: ("contact",),
}
KINDS = ("contact", "legal", "penalty", "bureau", "auto_debit", "limit")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("act", CONSUMERS, ids=lambda act: act.__name__)
def test_each_asks_its_own_hold_and_no_other(loan: Loan, act: Callable[[Loan], bool], kind: str) -> None:
    services.open_holds(loan=loan, kinds=[kind], source="R-1", from_on=PAID_OUT, acting_user=None)
    assert act(loan) is (kind not in CONSUMERS[act])


@pytest.mark.parametrize("kind", KINDS)
def test_a_limit_is_not_cut_under_its_hold(borrower: Borrower, qinghe: Lender, kind: str) -> None:
    product = offered(qinghe)
    ready(borrower, qinghe)
    send(borrower, product, wished_minor=2_000_000)
    loan = services.open_loan(
        lender=qinghe, borrower=borrower, product=product, principal_minor=500_000, instalment_count=12,
        disbursed_on=TODAY, acting_user=None,
    )  # fmt: skip
    services.open_holds(loan=loan, kinds=[kind], source="R-1", from_on=TODAY, acting_user=None)
    cut = {"limit": CreditLimit.objects.get(), "limit_minor": 1_000_000, "reason": "record", "words": "请看说明。"}
    if kind == "limit":
        with pytest.raises(LimitRefused) as refused:
            cut_limit(**cut, acting_user=None)
        assert refused.value.reason == "held"
    else:
        cut_limit(**cut, acting_user=None)


def test_a_person_reads_what_stands_still(loan: Loan, staff: SimpleNamespace) -> None:
    services.open_holds(loan=loan, kinds=["legal"], source="R-1", from_on=TODAY, acting_user=None)
    with pytest.raises(StepRefused) as refused:
        write_letter(loan=loan, letter="demand", acting_user=staff.collections)
    assert refused.value.missing == ("legal_held",)
