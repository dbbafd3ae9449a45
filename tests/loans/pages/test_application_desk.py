"""Deciding on applications and changing limits, on the staff's site."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Borrower, Lender, User
from loans.models import CreditLimit, LoanApplication, Product
from loans.services import applying
from tests.loans.applicants import offered, on_record, ready, send
from tests.loans.pages.conftest import hidden, words

pytestmark = pytest.mark.django_db
Inside = Callable[[User], Client]


@pytest.fixture
def product(qinghe: Lender) -> Product:
    return offered(qinghe)


@pytest.fixture
def waiting(borrower: Borrower, qinghe: Lender, product: Product) -> LoanApplication:
    ready(borrower, qinghe, months=0)
    on_record(borrower, qinghe, months=12, days_past_due=40, arrears_minor=100_000)
    return send(borrower, product, words="生病住院。")


def at(name: str, one: Any) -> str:
    model = "creditlimit" if isinstance(one, CreditLimit) else "loanapplication"
    return reverse(f"admin:loans_{model}_{name}", args=[one.public_id])


def written(client: Client, one: LoanApplication, **changed: Any) -> dict[str, Any]:
    typed = {
        "outcome": "approved", "limit_minor": "5,000", "rate_annual": "18", "approve_reasons": ["words_convince"],
        "words": "您的说明很清楚。", "expected_version": hidden_version(client, one),
    }  # fmt: skip
    return typed | changed


def hidden_version(client: Client, one: LoanApplication) -> str:
    return hidden(client.get(at("case", one)), "expected_version")


def test_from_the_list_to_the_decision(inside: Inside, staff: SimpleNamespace, waiting: LoanApplication) -> None:
    client = inside(staff.reviewer)
    listed = words(client.get(reverse("admin:loans_loanapplication_waiting")))
    assert f"{waiting.number} 15 May 2026 Qinghe Consumer Finance Easy loan First limit free" in listed
    page = words(client.get(at("case", waiting)))
    assert "生病住院。" in page
    assert "An account is 30 to 59 days late" in page
    client.post(at("claim", waiting))
    done = client.post(at("decide", waiting), written(client, waiting), follow=True)
    assert f"{waiting.number} is decided, and the borrower can read it." in words(done)
    assert CreditLimit.objects.get().changes.get().new_minor == 500_000
    assert "您的说明很清楚。" in words(client.get(at("case", waiting)))


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"outcome": ""}, "Say whether you approve."),
        ({"approve_reasons": []}, "Tick at least one reason."),
        ({"refuse_reasons": ["late_now"]}, "These reasons are for the other decision."),
        ({"words": ""}, "Write a few words to the borrower."),
        ({"limit_minor": ""}, "An approval says how much, and at which rate."),
        ({"limit_minor": "20,000"}, "The limit lies between the product's least and the wish"),
        ({"rate_annual": "30"}, "The rate lies inside the product's band."),
    ],
)
def test_what_is_wrong_is_said_and_the_words_stay(
    inside: Inside, staff: SimpleNamespace, waiting: LoanApplication, changed: dict[str, Any], text: str
) -> None:
    client = inside(staff.reviewer)
    client.post(at("claim", waiting))
    response = client.post(at("decide", waiting), written(client, waiting, **changed))
    assert response.status_code == 422
    assert text in words(response)
    if changed.get("words") != "":
        assert "您的说明很清楚。" in response.content.decode()
    assert not CreditLimit.objects.exists()


def test_whoever_comes_second_is_told_and_keeps_their_words(
    inside: Inside, staff: SimpleNamespace, waiting: LoanApplication, borrower: Borrower
) -> None:
    client = inside(staff.reviewer)
    client.post(at("claim", waiting))
    typed = written(client, waiting)
    waiting.refresh_from_db()
    applying.withdraw_application(application=waiting, acting_user=borrower.user)
    response = client.post(at("decide", waiting), typed)
    assert response.status_code == 409
    assert "What you wrote, kept for you to copy 您的说明很清楚。" in words(response)


def test_a_case_that_somebody_holds_is_not_taken_twice(
    inside: Inside, staff: SimpleNamespace, waiting: LoanApplication
) -> None:
    inside(staff.reviewer).post(at("claim", waiting))
    client = inside(staff.second_reviewer)
    assert "Somebody else has this case" in words(client.post(at("claim", waiting), follow=True))
    assert "Take this case" not in words(client.get(at("case", waiting)))
    inside(staff.reviewer).post(at("release", waiting))
    waiting.refresh_from_db()
    assert waiting.state == "manual"


def test_an_auditor_looks_and_decides_nothing(inside: Inside, staff: SimpleNamespace, waiting: LoanApplication) -> None:
    client = inside(staff.auditor)
    assert client.get(at("case", waiting)).status_code == 200
    for name in ("claim", "decide", "release"):
        assert client.post(at(name, waiting)).status_code == 404


def test_staff_of_another_lender_find_nothing(inside: Inside, staff: SimpleNamespace, waiting: LoanApplication) -> None:
    client = inside(staff.other_reviewer)
    assert client.get(at("case", waiting)).status_code == 404
    assert waiting.number not in words(client.get(reverse("admin:loans_loanapplication_waiting")))
    assert waiting.number not in words(client.get(reverse("admin:loans_loanapplication_changelist")))


# Limits


@pytest.fixture
def limit(borrower: Borrower, qinghe: Lender, product: Product) -> CreditLimit:
    ready(borrower, qinghe)
    send(borrower, product)
    return CreditLimit.objects.get()


CUT = {"limit_minor": "5,000", "reason": "income", "words": "收入有变化。"}


def test_a_senior_reviewer_announces_a_cut_and_takes_it_back(
    inside: Inside, staff: SimpleNamespace, limit: CreditLimit
) -> None:
    client = inside(staff.senior)
    assert "Announce a lower limit" in words(client.get(at("page", limit)))
    assert "Announced. It is in force from 15 May 2026." in words(client.post(at("cut", limit), CUT, follow=True))
    done = client.post(at("restore", limit), {"words": "已恢复。"}, follow=True)
    assert "The cut is taken back." in words(done)
    assert [change.kind for change in limit.changes.all()] == ["opened", "cut", "restored"]


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"limit_minor": "10,000"}, "Enter less than the limit is now, and not less than what is drawn."),
        ({"limit_minor": ""}, "This field is required."),
        ({"words": ""}, "Write a few words to the borrower."),
    ],
)
def test_a_cut_that_cannot_be_is_said_beside_its_field(
    inside: Inside, staff: SimpleNamespace, limit: CreditLimit, changed: dict[str, str], text: str
) -> None:
    response = inside(staff.senior).post(at("cut", limit), CUT | changed)
    assert response.status_code == 422
    assert text in words(response)
    assert limit.changes.count() == 1


def test_a_reviewer_reads_a_limit_and_changes_nothing(
    inside: Inside, staff: SimpleNamespace, limit: CreditLimit
) -> None:
    client = inside(staff.reviewer)
    assert "Announce a lower limit" not in words(client.get(at("page", limit)))
    assert client.post(at("cut", limit), CUT).status_code == 404
    assert client.post(at("restore", limit), {"words": "x"}).status_code == 404
