"""The pages of a monthly bill: what is due and what it costs, paying, instalments, the shop, closing."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Borrower, Lender
from loans.models import BillPlan, RevolvingAccount
from loans.services.bill_staging import run_bill_stages
from tests.loans import monthly
from tests.loans.conftest import at_noon
from tests.loans.pages.conftest import words

DUE = date(2026, 6, 10)


@pytest.fixture
def account(borrower: Borrower, qinghe: Lender) -> RevolvingAccount:
    """1,000.00 bought on 20 May, billed on 1 June, due on the 10th."""
    account = monthly.opened(monthly.limit_on(borrower, monthly.billed(qinghe)))
    monthly.live(account, "2026-05-20 buy 100000")
    monthly.bill_up_to(account, date(2026, 6, 1))
    return account


def get(at: Client, account: RevolvingAccount, page: str, *args: Any, on: date = DUE) -> Any:
    with at_noon(on):
        return at.get(reverse(f"loans:bill_{page}", args=[account.public_id, *args]))


def post(at: Client, account: RevolvingAccount, page: str, on: date = DUE, **sent: Any) -> Any:
    with at_noon(on):
        return at.post(reverse(f"loans:bill_{page}", args=[account.public_id]), {"key": str(uuid4()), **sent})


def test_the_whole_the_minimum_and_the_cost_of_carrying_over_are_said(at: Client, account: RevolvingAccount) -> None:
    said = words(get(at, account, "account", on=date(2026, 6, 2)))
    assert "To pay by Wednesday 10 June 2026" in said
    assert "At least ¥100.00" in said
    # 900.00 at 18.25 % for 30 days
    for figure in ("¥900.00", "18.25%", "¥13.50", "¥19,000.00"):
        assert figure in said


def test_a_late_bill_says_since_when_and_what_helps(at: Client, account: RevolvingAccount) -> None:
    said = words(get(at, account, "account", on=date(2026, 6, 13)))
    assert "This bill is 3 days overdue" in said
    assert "Nothing can be bought while a payment to this lender is overdue." in said


def test_what_the_late_stage_means_is_said_and_of_the_early_one_nothing(at: Client, account: RevolvingAccount) -> None:
    for day, stage, is_said in ((date(2026, 6, 13), "early", False), (date(2026, 7, 11), "late", True)):
        with at_noon(day):
            run_bill_stages(lender=account.lender)
        account.refresh_from_db()
        said = words(get(at, account, "account", on=day))
        assert (account.stage, "Our staff may get in touch with you about this monthly bill." in said) == (
            stage, is_said,
        )  # fmt: skip


def test_a_bill_shows_its_parts_and_how_interest_came_about(at: Client, account: RevolvingAccount) -> None:
    monthly.live(account, "2026-06-10 pay 10000; 2026-06-15 buy 50000")
    monthly.bill_up_to(account, date(2026, 7, 1))
    said = words(get(at, account, "statement", 2, on=date(2026, 7, 2)))
    for part in (
        "Carried over to this bill ¥900.00",
        "900.00 × 18.25% ÷ 365 × 20 = 9.00",
        "Balance ¥1,409.00",
        "Share of new purchases ¥50.00 10% of what was bought, less refunds",
        "Minimum payment ¥59.00",
    ):
        assert part in said
    assert get(at, account, "statement", 3, on=date(2026, 7, 2)).status_code == 404


def test_the_home_and_the_list_show_the_bill_beside_loans(at: Client, account: RevolvingAccount) -> None:
    with at_noon(date(2026, 6, 5)):
        for page in ("/", "/loans/"):
            said = words(at.get(page))
            assert "Qinghe Consumer Finance: due Wednesday 10 June 2026" in said
            assert "¥100.00" in said
            assert "¥1,000.00" in said
        assert "A payment is due soon" in words(at.get("/"))
    with at_noon(date(2026, 6, 11)):
        assert "A payment is overdue" in words(at.get("/"))


@pytest.mark.usefixtures("demo")
def test_sent_twice_it_is_one_payment(at: Client, account: RevolvingAccount) -> None:
    key = str(uuid4())
    first, second = (post(at, account, "pay", key=key, what="minimum") for _ in range(2))
    assert first["Location"] == second["Location"]
    with at_noon(DUE):
        assert "¥100.00 is recorded" in words(at.get(first["Location"]))
    assert account.entries.filter(kind="payment").count() == 1


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"what": "other"}, "Enter how much you want to pay."),
        ({"what": "other", "amount": "0"}, "Enter an amount above zero."),
        ({"what": "other", "amount": "1000.01"}, "The most you can pay is ¥1,000.00."),
        ({"what": "all"}, "Choose one of the sums offered."),
        ({}, "Choose what to pay."),
    ],
)
def test_what_cannot_be_paid_says_how_it_can(
    at: Client, account: RevolvingAccount, sent: dict[str, str], says: str
) -> None:
    response = post(at, account, "pay", **sent)
    assert (response.status_code, account.entries.count()) == (422, 1)
    assert says in words(response)


@pytest.mark.usefixtures("demo")
def test_another_sum_is_paid_as_typed_and_a_chosen_one_whatever_was_typed(
    at: Client, account: RevolvingAccount
) -> None:
    post(at, account, "pay", what="other", amount="２５０．５０")
    post(at, account, "pay", what="whole", amount="nonsense")
    assert list(account.entries.order_by("sequence").values_list("amount_minor", flat=True)) == [
        100_000,
        25_050,
        74_950,
    ]


def test_outside_the_demonstration_nothing_is_recorded_or_sold(at: Client, account: RevolvingAccount) -> None:
    assert "This site does not take payments." in words(get(at, account, "pay"))
    assert post(at, account, "pay", what="whole").status_code == 403
    assert get(at, account, "shop").status_code == 404
    assert post(at, account, "shop", merchant="A", amount="1").status_code == 404


@pytest.mark.usefixtures("demo")
def test_the_shop_sells_up_to_the_limit_and_once(at: Client, account: RevolvingAccount) -> None:
    refused = post(at, account, "shop", merchant="A", amount="19000.01")
    assert "The most is ¥19,000.00." in words(refused)
    key = str(uuid4())
    for _ in range(2):
        post(at, account, "shop", key=key, merchant="A", amount="10")
    assert account.entries.filter(kind="purchase").count() == 2


def test_instalments_are_agreed_to_after_their_costs_stood_for_a_while(at: Client, account: RevolvingAccount) -> None:
    too_much = post(at, account, "plan_new", amount="1000.01", parts="3")
    assert "The most is ¥1,000.00." in words(too_much)
    shown = post(at, account, "plan_new", amount="600", parts="3")
    page = shown["Location"]
    with at_noon(DUE):
        said = words(at.get(page))
        # 2.3 % of 600.00, and 13.75 % a year
        assert "¥13.80" in said
        assert "13.75%" in said
        plan = BillPlan.objects.get()
        early = at.post(page, {"shown_hash": plan.rows_hash})
    assert early.status_code == 422
    assert "Please take the time to read it" in words(early)
    assert account.entries.count() == 1


def test_closing_names_what_is_open(at: Client, account: RevolvingAccount) -> None:
    assert "¥1,000.00 is billed and unpaid." in words(get(at, account, "close"))
    assert post(at, account, "close")["Location"] == reverse("loans:bill_close", args=[account.public_id])
    account.refresh_from_db()
    assert account.state == "active"


def test_a_contract_is_read_and_downloaded(at: Client, account: RevolvingAccount) -> None:
    contract = account.contract
    text = at.get(reverse("loans:bill_contract_text", args=[contract.public_id])).content.decode()
    assert text.startswith(f"{contract.number}\n{contract.sha256}")
    assert contract.check_code.replace(" ", "") in words(
        at.get(reverse("loans:bill_contract", args=[contract.public_id]))
    ).replace(" ", "")
