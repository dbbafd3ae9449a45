"""A real book, taken over, aged by month, and one of its borrowers in trouble gets relief."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from accounts.models import Borrower, Lender, User
from config import clock
from credit.models import MonthFact
from deferrals import services
from loans.books import violations
from loans.models import Loan, ScheduleVersion
from loans.selectors.standing import standings
from loans.services import furnish_months
from loans.services.importing import import_tape
from loans.tape import read_tape
from tests.conftest import person
from tests.deferrals.conftest import ask, noon, signed
from tests.loans import german
from tests.loans.conftest import product_of
from tests.loans.reporting import reportable

ASKED = german.AS_OF


def signs_up(loan: Loan, name: str) -> User:
    """The borrower of an imported loan makes an account and is recognised."""
    user = person("kunde@example.org", name, language="en")
    Borrower.objects.filter(pk=loan.borrower_id).update(user=user, name=name)
    return user


@pytest.mark.once
def test_a_thousand_german_loans_age_and_one_borrower_among_them_gets_relief(
    qinghe: Lender, staff: SimpleNamespace
) -> None:
    path = german.source()
    if path is None:
        pytest.skip("south-german-credit.asc is neither in LEEWAY_TEST_DATA nor in ../shared/data")
    product_of(qinghe)
    services.publish_policy(lender=qinghe, code="DE-1973", terms={}, effective_from=date(1973, 1, 1), acting_user=None)
    with clock.at(noon(ASKED)):
        report = import_tape(lender=qinghe, tape=read_tape(german.tape(path)), source="german", acting_user=None)
        assert (report.is_written, report.loans, report.faults) == (True, 1000, ())
        loans = list(Loan.objects.select_related("borrower", "lender").order_by("number"))
        late = {pk: now.position.days_overdue for pk, now in standings(loans, ASKED).items()}
        # 300 of the 1,000 are bad payers, and those due at least twice by that day are two instalments behind.
        assert 100 < sum(days > 30 for days in late.values()) <= 300
        for loan in loans[::20]:
            furnish_months(loan=reportable(loan, until=ASKED), through=date(1975, 4, 1), acting_user=None)
        troubled = next(loan for loan in loans if 30 < late[loan.pk] < 60)
        user = signs_up(troubled, "Karl Kunde")
        loan = Loan.objects.select_related("borrower__user").get(pk=troubled.pk)
        request = ask(loan, count=3, ground="job_loss", language="en")
        assert request.facts["days_past_due"] == late[loan.pk]
        services.claim(request=request, acting_user=staff.reviewer)
        offer = services.approve(
            request=request,
            reason_codes=["A01"],
            words="Your employer wrote to us.",
            expected_version=request.version,
            acting_user=staff.reviewer,
        )
        services.accept(offer=offer, shown_hash=offer.projection_hash, signature=signed("Karl Kunde"), acting_user=user)
    with clock.at(noon(ASKED + timedelta(days=30))):
        furnish_months(loan=reportable(loan, until=ASKED), through=date(1975, 6, 1), acting_user=None)
        loan.refresh_from_db()
        assert standings([loan], qinghe.today())[loan.pk].position.days_overdue == 0
        assert list(violations([qinghe])) == []
    june = MonthFact.objects.get(tradeline__reference=loan.number, month=date(1975, 6, 1))
    assert (june.relief_kind, june.days_past_due) == ("temporary", late[loan.pk])
    adopted = ScheduleVersion.objects.get(loan=loan, number=2)
    assert sum(row.principal_minor for row in adopted.instalments.all()) == loan.principal_minor
