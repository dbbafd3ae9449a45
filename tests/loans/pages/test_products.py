"""Products on the staff's site: what an author types, sees and saves, and what is said where it cannot be."""

from collections.abc import Callable
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Lender, User
from accounts.roles import Role
from accounts.services import appoint
from loans.models import Product
from tests.conftest import person
from tests.loans.pages.conftest import words
from tests.loans.test_offering import TERMS

TYPED = {
    "code": "easy", "name_zh_hans": "随心借", "name_zh_hant": "隨心借", "name_en": "Easy loan", "kind": "instalment",
    "method": "level", "methods": ["level"], "instalment_counts": "３，6, 12", "min_principal_minor": "１，０００",
    "max_principal_minor": "50,000", "rate_annual": "14.4", "rate_annual_min": "7.3", "rate_annual_max": "18",
    "profile": "30-360", "early_fee_rate": "", "due_day_choice": "payout", "holiday_rule": "none", "grace_days": "3",
    "grace_needs_clean_previous": "on", "penalty_uplift": "50", "penalty_base": "principal", "annual_cap": "20",
    "allocation": "fee,penalty,interest,principal", "principal_first_after_dpd": "90", "reminder_days": "-7, 0, 1",
    "debit_times": "10:00", "debit_until_dpd": "30", "bill_day": "", "due_days": "", "minimum_rate": "",
    "daily_rate": "", "plan_fees": "",
}  # fmt: skip


@pytest.fixture
def author(qinghe: Lender) -> User:
    user = person("author@example.org", "Wen")
    appoint(user=user, lender=qinghe, role=Role.POLICY_AUTHOR, acting_user=None)
    return user


@pytest.fixture
def publisher(qinghe: Lender) -> User:
    user = person("publisher@example.org", "Fan")
    appoint(user=user, lender=qinghe, role=Role.POLICY_PUBLISHER, acting_user=None)
    return user


def address(name: str, *args: Any) -> str:
    return reverse(f"admin:loans_product_{name}", args=args)


def test_an_author_types_a_product_and_sees_what_it_really_costs(
    inside: Callable[[User], Client], author: User, qinghe: Lender
) -> None:
    client = inside(author)
    assert "New product of Qinghe Consumer Finance" in words(client.get(address("changelist")))
    response = client.post(address("new", "qinghe"), TYPED, follow=True)
    product = Product.objects.get()
    assert (product.state, product.instalment_counts, product.min_principal_minor) == ("draft", [3, 6, 12], 100_000)
    assert (product.rate_annual_max, product.reminder_days) == (Decimal("0.18"), [-7, 0, 1])
    shown = words(response)
    # 10,000.00 over 12 equal months at 1.2 % a month is 899.75 a month (R4)
    assert "Real annual rate, usual 14.40%" in shown
    assert "Real annual rate, highest 18.00%" in shown
    assert "1 8 June 2026 ¥779.75 ¥120.00 ¥899.75" in shown
    # 18 % x 1.5 is above the cap of 20 %, which the author is told
    assert "Above 13.33% a year the penalty would pass the cap of 20.00%" in shown


def test_what_the_cap_forbids_is_refused_beside_its_field_and_nothing_typed_is_lost(
    inside: Callable[[User], Client], author: User, qinghe: Lender
) -> None:
    response = inside(author).post(address("new", "qinghe"), TYPED | {"rate_annual_max": "20.01"})
    assert response.status_code == 422
    assert "Over a year this comes to 20.01%, above the cap of 20.00%." in words(response)
    assert 'value="20.01"' in response.content.decode()
    assert "Easy loan" in response.content.decode()
    assert not Product.objects.exists()


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"instalment_counts": "three"}, "Enter whole numbers, parted by commas."),
        ({"rate_annual": "much"}, "Enter a percentage in digits, for example 14.4."),
        ({"max_principal_minor": "1,5"}, "Enter the amount in digits, for example 12,000."),
        ({"max_principal_minor": "500"}, "The largest amount is below the smallest, ¥1,000.00."),
        ({"max_principal_minor": "300000"}, "An online consumer loan of this lender may be at most ¥200,000.00."),
        ({"penalty_uplift": "60"}, "The penalty is at most half as much again: 50%."),
        ({"debit_times": "25:00"}, "Enter times as 10:00, parted by commas."),
        ({"plan_fees": "3"}, "Enter each as number of instalments and fee, for example 3: 2.3, 6: 4.5."),
        ({"kind": "revolving"}, "A monthly bill states its minimum payment."),
        ({"compound_on_interest": "on"}, "The books charge no interest on interest; leave this off."),
    ],
)
def test_each_wrong_answer_says_how_to_put_it_right(
    inside: Callable[[User], Client], author: User, changed: dict[str, str], text: str
) -> None:
    response = inside(author).post(address("new", "qinghe"), TYPED | changed)
    assert response.status_code == 422
    assert text in words(response)


def test_a_bill_with_its_plans_is_typed_and_shows_their_real_rates(
    inside: Callable[[User], Client], author: User
) -> None:
    bill = {
        "kind": "revolving", "bill_day": "1", "due_days": "8, 9, 10", "minimum_rate": "10", "daily_rate": "0.05",
        "plan_fees": "3: 2.3, 12: 8.8", "instalment_counts": "", "rate_annual": "18.25", "rate_annual_max": "",
    }  # fmt: skip
    response = inside(author).post(address("new", "qinghe"), TYPED | bill, follow=True)
    product = Product.objects.get()
    assert product.plan_fees == [{"instalments": 3, "rate": "0.023"}, {"instalments": 12, "rate": "0.088"}]
    assert (product.bill_day, product.due_days, product.daily_rate) == (1, [8, 9, 10], Decimal("0.0005"))
    assert "3 instalments, fee 2.30% 13.75%" in words(response)
    assert "12 instalments, fee 8.80% 15.86%" in words(response)


def test_no_penalty_is_an_empty_field(inside: Callable[[User], Client], author: User) -> None:
    response = inside(author).post(address("new", "qinghe"), TYPED | {"penalty_uplift": ""}, follow=True)
    assert Product.objects.get().penalty_uplift is None
    assert "the penalty would pass the cap" not in words(response)


def test_from_draft_to_published_to_the_next_version_to_retired(
    inside: Callable[[User], Client], author: User, publisher: User, qinghe: Lender
) -> None:
    client = inside(author)
    client.post(address("new", "qinghe"), TYPED)
    product = Product.objects.get()
    edited = client.post(address("edit", product.pk), TYPED | {"grace_days": "1"}, follow=True)
    assert "Saved. This is what it costs." in words(edited)
    assert client.post(address("publish", product.pk)).status_code == 404
    shown = inside(publisher).post(address("publish", product.pk), follow=True)
    assert "Published. From now on nothing of it changes." in words(shown)
    client = inside(author)
    assert client.get(address("edit", product.pk)).url == address("page", product.pk)
    client.post(address("next", product.pk), follow=True)
    again = client.post(address("next", product.pk), follow=True)
    assert "Somebody else changed this product meanwhile." in words(again)
    product.refresh_from_db()
    assert (product.grace_days, product.state) == (1, "published")
    inside(publisher).post(address("retire", product.pk))
    product.refresh_from_db()
    assert product.state == "retired"


def test_a_code_that_is_taken_is_said_so(inside: Callable[[User], Client], author: User, qinghe: Lender) -> None:
    client = inside(author)
    client.post(address("new", "qinghe"), TYPED)
    response = client.post(address("new", "qinghe"), TYPED)
    assert "This code is taken" in words(response)
    assert Product.objects.count() == 1


def test_staff_of_another_lender_find_nothing(
    inside: Callable[[User], Client], staff: SimpleNamespace, jiangpan: Lender, qinghe: Lender
) -> None:
    product = Product.objects.create(lender=qinghe, code="easy", **TERMS)
    assert inside(staff.other_reviewer).get(address("page", product.pk)).status_code == 404
    assert inside(staff.reviewer).get(address("page", product.pk)).status_code == 200
    assert inside(staff.reviewer).get(address("edit", product.pk)).status_code == 404
