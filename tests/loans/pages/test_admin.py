"""The books in the staff's site: one's own lender's, formatted, and never to be changed."""

from collections.abc import Callable
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from loans import services
from loans.models import Hold, JournalEntry, Loan, Payment, Product, ScheduleVersion
from tests.loans.pages.conftest import words

HELD = "Requests for payment"
BOOKS = ("product", "loan", "scheduleversion", "payment", "journalentry")


@pytest.fixture
def held(paused: Loan) -> Loan:
    services.open_holds(
        loan=paused, kinds=["contact"], source="R-2026-000123", from_on=date(2026, 5, 8), acting_user=None
    )
    return paused


def listed(name: str) -> str:
    return reverse(f"admin:loans_{name}_changelist")


def shown(name: str, pk: Any) -> str:
    return reverse(f"admin:loans_{name}_change", args=[pk])


def records(loan: Loan) -> dict[str, Any]:
    return {
        "product": Product.objects.get(),
        "loan": loan,
        "scheduleversion": ScheduleVersion.objects.get(loan=loan, number=2),
        "payment": Payment.objects.filter(loan=loan).earliest("pk"),
        "journalentry": JournalEntry.objects.filter(loan=loan).earliest("pk"),
        "hold": Hold.objects.get(),
    }


def test_servicing_reads_everything_of_its_lender(
    inside: Callable[[User], Client], staff: SimpleNamespace, held: Loan
) -> None:
    client = inside(staff.servicing)
    for name, record in records(held).items():
        assert client.get(listed(name)).status_code == 200
        assert client.get(shown(name, record.pk)).status_code == 200


def test_sums_are_written_as_money(inside: Callable[[User], Client], staff: SimpleNamespace, held: Loan) -> None:
    client = inside(staff.auditor)
    assert "¥12,000.00 ¥9,159.05" in words(client.get(listed("loan")))
    page = words(client.get(shown("loan", held.pk)))
    assert "4 15 August 2026 969.80 109.91 36.64 0.00 ¥1,116.35 8,189.25" in page
    assert "14.40%" in page
    version = records(held)["scheduleversion"]
    assert "¥1,116.35 ¥8,189.25" in words(client.get(shown("scheduleversion", version.pk)))
    payment = records(held)["payment"]
    assert "¥935.71" in words(client.get(shown("payment", payment.pk)))
    entry = JournalEntry.objects.get(loan=held, kind="disbursement")
    assert "+12,000.00" in words(client.get(shown("journalentry", entry.pk)))
    assert "−12,000.00" in words(client.get(shown("journalentry", entry.pk)))


@pytest.mark.parametrize("role", ["other_reviewer", "other_auditor"])
def test_another_lenders_staff_find_nothing(
    role: str, inside: Callable[[User], Client], staff: SimpleNamespace, held: Loan
) -> None:
    client = inside(getattr(staff, role))
    for name, record in records(held).items():
        assert client.get(shown(name, record.pk)).status_code == 404
        assert client.get(listed(name)).context["cl"].result_count == 0


def test_collections_see_holds_and_nothing_else(
    inside: Callable[[User], Client], staff: SimpleNamespace, held: Loan
) -> None:
    client = inside(staff.collections)
    assert held.number in words(client.get(listed("hold")))
    assert client.get(shown("hold", Hold.objects.get().pk)).status_code == 200
    for name in BOOKS:
        assert client.get(listed(name)).status_code == 403
        assert client.get(shown(name, records(held)[name].pk)).status_code in (403, 404)


def test_who_may_not_see_holds_does_not_see_them_beside_a_loan(
    inside: Callable[[User], Client], staff: SimpleNamespace, held: Loan
) -> None:
    client = inside(staff.intake)
    assert client.get(listed("hold")).status_code == 403
    assert f"{HELD} R-2026-000123" not in words(client.get(shown("loan", held.pk)))
    assert f"{HELD} R-2026-000123" in words(inside(staff.servicing).get(shown("loan", held.pk)))


def test_a_superuser_sees_no_books(inside: Callable[[User], Client], held: Loan) -> None:
    client = inside(User.objects.create_superuser(email="root@example.org", password="x"))
    for name, record in records(held).items():
        assert client.get(listed(name)).status_code == 403
        assert client.get(shown(name, record.pk)).status_code in (403, 404)


def test_nothing_is_changed_from_here(inside: Callable[[User], Client], staff: SimpleNamespace, held: Loan) -> None:
    client = inside(staff.servicing)
    for name, record in records(held).items():
        assert client.get(reverse(f"admin:loans_{name}_add")).status_code == 403
        assert client.post(shown(name, record.pk), {}).status_code == 403
        assert client.post(reverse(f"admin:loans_{name}_delete", args=[record.pk]), {"post": "yes"}).status_code == 403


def test_a_loan_is_found_by_number_and_by_name(
    inside: Callable[[User], Client], staff: SimpleNamespace, held: Loan, make_loan: Callable[..., Loan]
) -> None:
    other = make_loan(number="X-77")
    client = inside(staff.servicing)
    page = words(client.get(listed("loan"), {"q": "X-77"}))
    assert other.number in page
    assert held.number not in page
    assert held.number in words(client.get(listed("loan"), {"q": "王晓雨"}))
    assert held.number not in words(client.get(listed("loan"), {"state": "pending"}))


@pytest.mark.parametrize("name", ["loan", "payment", "journalentry", "hold", "scheduleversion"])
def test_a_list_asks_the_same_number_of_queries_however_long(
    name: str, inside: Callable[[User], Client], staff: SimpleNamespace, held: Loan, make_loan: Callable[..., Loan],
    django_assert_num_queries: Any,
) -> None:  # fmt: skip
    client = inside(staff.servicing)
    client.get(listed(name))
    with CaptureQueriesContext(connection) as few:
        client.get(listed(name))
    for number in range(3):
        loan = services.disburse_loan(loan=make_loan(), acting_user=None)
        services.record_payment(loan=loan, amount_minor=100, key=f"n{number}", channel="auto_debit", acting_user=None)
        services.open_holds(loan=loan, kinds=["legal"], source="R", from_on=date(2026, 5, 8), acting_user=None)
    with django_assert_num_queries(len(few)):
        client.get(listed(name))


def test_of_many_payments_the_newest_are_shown_and_the_list_has_all(
    inside: Callable[[User], Client], staff: SimpleNamespace, paid_three: Loan
) -> None:
    """Three came in before; of the 13 small ones of one day the 12 newest are shown."""
    client = inside(staff.servicing)
    assert "See all of them" not in client.get(shown("loan", paid_three.pk), headers={"accept-language": "en"}).text
    for number in range(13):
        services.record_payment(
            loan=paid_three, amount_minor=1_00 + number, key=f"n{number}", channel="staff", acting_user=None
        )
    page = client.get(shown("loan", paid_three.pk), headers={"accept-language": "en"})
    assert page.text.count('class="form-row has_original"') == 1 + 12 + 12  # a schedule, payments, entries
    assert "¥1.12" in page.text
    assert "¥1.00" not in page.text
    assert "-TOTAL_FORMS" not in page.text  # rows to read are no forms, and need none of their scripts
    assert "calendar" not in page.text
    everything = f"{listed('payment')}?q={paid_three.number}"
    assert page.text.count(f'href="{everything}"') == 1
    assert page.text.count(f'href="{listed("journalentry")}?q={paid_three.number}"') == 1
    assert client.get(everything).context["cl"].result_count == 16
