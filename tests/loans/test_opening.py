"""Opening and disbursing."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction

from accounts.errors import NotPermitted
from accounts.models import AuditEntry, Borrower, Lender
from credit.models import Tradeline
from loans import services
from loans.engine.schedule import schedule, schedule_hash
from loans.errors import DateRefused, NotACustomer, NotPending, NumberTaken, TermsRefused
from loans.models import JournalEntry, Loan, Product, ScheduleVersion
from tests.loans.conftest import product_of

Make = Callable[..., Loan]


def test_a_loan_waits_with_the_schedule_of_its_terms(pending: Loan) -> None:
    assert (pending.number, pending.state, pending.current_version) == ("LN-2026-000001", "pending", 1)
    version = ScheduleVersion.objects.get(loan=pending)
    assert (version.number, version.source, version.adopted_on) == (1, "contract", date(2026, 1, 15))
    rows = [instalment.row for instalment in version.instalments.all()]
    # published: deferrals, fixture of the worked example
    assert [row.due_minor for row in rows] == [107971] * 11 + [107964]
    assert (rows[0].due_on, rows[-1].due_on) == (date(2026, 2, 15), date(2027, 1, 15))
    assert sum(row.principal_minor for row in rows) == 1_200_000


def test_nothing_is_owed_before_disbursement(pending: Loan) -> None:
    assert (pending.principal_left_minor, pending.oldest_unpaid_due_on) == (0, None)
    assert not JournalEntry.objects.exists()
    assert not Tradeline.objects.exists()


def test_terms_come_from_the_product_unless_given(make_loan: Make) -> None:
    plain = make_loan()
    assert (plain.rate_annual, plain.method, plain.grace_days, plain.conventions.name) == (
        Decimal("0.144"),
        "level",
        3,
        "30-360",
    )
    own = make_loan(rate_annual=Decimal("0.12"), method="equal_principal", grace_days=0, profile="consumer-cn")
    assert (own.rate_annual, own.method, own.grace_days, own.conventions.name) == (
        Decimal("0.12"),
        "equal_principal",
        0,
        "consumer-cn",
    )


def test_the_stored_terms_give_the_stored_schedule_again(make_loan: Make) -> None:
    loan = make_loan(disbursed_on=date(2026, 1, 31), first_due_on=date(2026, 2, 28))
    assert (loan.anchor_day, loan.first_due_on) == (31, date(2026, 2, 28))
    loan.refresh_from_db()
    assert schedule_hash(schedule(loan.terms)) == ScheduleVersion.objects.get(loan=loan).hash


@pytest.mark.parametrize(
    "changed, field, reason",
    [
        ({"principal_minor": 0}, "principal_minor", "too_small"),
        ({"instalment_count": 601}, "instalments", "too_large"),
        ({"first_due_on": date(2026, 1, 15)}, "first_due_on", "not_after_disbursement"),
        ({"method": "balloon"}, "method", "unknown"),
        ({"rate_annual": Decimal("-0.1")}, "rate_annual", "too_small"),
        ({"rate_annual": Decimal("14.4")}, "rate_annual", "too_large"),
        ({"rate_annual": Decimal("0.14400000001")}, "rate_annual", "too_precise"),
        ({"profile": "imaginary"}, "profile", "name"),
    ],
)
def test_terms_without_a_schedule_are_refused_by_name(make_loan: Make, changed: dict, field: str, reason: str) -> None:
    with pytest.raises(TermsRefused) as refused:
        make_loan(**changed)
    assert (refused.value.field, refused.value.reason) == (field, reason)
    assert not Loan.objects.exists()


def test_numbers_count_up_and_are_not_taken_twice(make_loan: Make) -> None:
    assert [make_loan().number for _ in range(2)] == ["LN-2026-000001", "LN-2026-000002"]
    make_loan(number="JD-1")
    with pytest.raises(NumberTaken):
        make_loan(number="JD-1")
    assert Loan.objects.filter(number="JD-1").count() == 1


def test_only_a_customer_of_the_lender_gets_a_loan(make_loan: Make, elsewhere: Borrower) -> None:
    with pytest.raises(NotACustomer):
        make_loan(borrower=elsewhere)


def test_a_product_of_another_lender_is_refused_by_the_database(make_loan: Make, jiangpan: Lender) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make_loan(product=product_of(jiangpan))


def test_servicing_staff_open_and_disburse_and_are_on_record(make_loan: Make, staff: SimpleNamespace) -> None:
    loan = make_loan(acting_user=staff.servicing)
    services.disburse_loan(loan=loan, acting_user=staff.servicing)
    written = AuditEntry.objects.filter(subject=loan.number).order_by("number").values_list("verb", "actor__email")
    assert list(written) == [
        ("open_loan", "servicing@example.org"),
        ("disburse_loan", "servicing@example.org"),
    ]


@pytest.mark.parametrize("who", ["reviewer", "auditor", "other_reviewer"])
def test_nobody_else_opens_or_disburses(make_loan: Make, staff: SimpleNamespace, who: str) -> None:
    with pytest.raises(NotPermitted):
        make_loan(acting_user=getattr(staff, who))
    loan = make_loan()
    with pytest.raises(NotPermitted):
        services.disburse_loan(loan=loan, acting_user=getattr(staff, who))
    loan.refresh_from_db()
    assert loan.state == "pending"


def test_a_borrower_does_not_disburse_to_themself(pending: Loan, borrower: Borrower) -> None:
    with pytest.raises(NotPermitted):
        services.disburse_loan(loan=pending, acting_user=borrower.user)


def test_disbursement_moves_the_money_once(pending: Loan) -> None:
    loan = services.disburse_loan(loan=pending, acting_user=None)
    assert (loan.state, loan.principal_left_minor, loan.oldest_unpaid_due_on) == (
        "active",
        1_200_000,
        date(2026, 2, 15),
    )
    entry = JournalEntry.objects.get(loan=loan)
    assert (entry.kind, entry.value_on, entry.posted_on) == ("disbursement", date(2026, 1, 15), date(2026, 5, 8))
    assert dict(entry.postings.values_list("account", "amount_minor")) == {"principal": 1_200_000, "cash": -1_200_000}
    with pytest.raises(NotPending):
        services.disburse_loan(loan=pending, acting_user=None)
    assert JournalEntry.objects.count() == 1


def test_disbursement_opens_the_account_on_the_credit_file(loan: Loan, borrower: Borrower) -> None:
    tradeline = Tradeline.objects.get(file__borrower=borrower)
    assert (tradeline.lender, tradeline.reference, tradeline.opened_on, tradeline.original_minor) == (
        loan.lender,
        loan.number,
        date(2026, 1, 15),
        1_200_000,
    )


def test_a_loan_is_not_paid_out_before_its_day(make_loan: Make) -> None:
    loan = make_loan(disbursed_on=date(2026, 5, 9))
    with pytest.raises(DateRefused) as refused:
        services.disburse_loan(loan=loan, acting_user=None)
    assert refused.value.reason == "in_future"


def test_a_product_that_stands_does_not_change(product: Product) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Product.objects.filter(pk=product.pk).update(grace_days=0)
