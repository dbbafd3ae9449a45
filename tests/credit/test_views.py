"""The pages of the credit record: whose they are, and what they say in three languages."""

from collections.abc import Callable
from datetime import date
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from accounts.models import Borrower, Lender
from credit import services
from credit.models import MonthFact, Tradeline

RECORD = "/credit/"
DEFERRED = {"had_obligation": False, "scheduled_minor": 0, "paid_minor": 0, "relief_kind": "temporary"}


def address(tradeline: Tradeline) -> str:
    return reverse("credit:tradeline", args=[tradeline.lender.code, tradeline.reference])


def page(client: Client, user: object, path: str, language: str = "zh-hans") -> str:
    client.force_login(user)  # type: ignore[arg-type]
    client.cookies["language"] = language
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def months(furnish: Callable[..., MonthFact]) -> None:
    """On time, late by 31 days, then an agreed pause that froze them."""
    furnish(2026, 2)
    furnish(2026, 3, paid_minor=0, arrears_minor=107971, days_past_due=31)
    furnish(2026, 4, **DEFERRED, arrears_minor=107971, days_past_due=31)


@pytest.mark.parametrize(
    "language, words",
    [
        ("zh-hans", ["信用记录", "青禾消费金融", "2026年3月 逾期31天", "2026年4月 缓还中，逾期31天",
                     "截至", "也从不按逾期计算"]),
        ("zh-hant", ["信用記錄", "青禾消費金融", "2026年3月 逾期31天", "2026年4月 緩還中，逾期31天",
                     "截至", "也從不按逾期計算"]),
        ("en", ["Credit record", "Qinghe Consumer Finance", "March 2026: 31 days late",
                "April 2026: On arrangement, 31 days late", "up to", "never counted as late"]),
    ],
    ids=["zh-hans", "zh-hant", "en"],
)  # fmt: skip
def test_the_record_is_told_in_each_language(
    client: Client, borrower: Borrower, months: None, language: str, words: list[str]
) -> None:
    text = page(client, borrower.user, RECORD, language)
    assert [word for word in words if word not in text] == []


@pytest.mark.parametrize("language, lang", [("zh-hans", "zh-Hans"), ("zh-hant", "zh-Hant"), ("en", "en")])
def test_an_empty_record_is_kind(client: Client, stranger: Borrower, language: str, lang: str) -> None:
    said = {
        "zh-hans": "没有记录，不好也不坏",
        "zh-hant": "沒有記錄，不好也不壞",
        "en": "An empty record is neither good nor bad",
    }
    text = page(client, stranger.user, RECORD, language)
    assert said[language] in text
    assert f'<html lang="{lang}">' in text


def test_our_own_record_is_never_called_a_credit_report(client: Client, borrower: Borrower, months: None) -> None:
    text = page(client, borrower.user, RECORD)
    assert text.count("征信") == text.count("不是征信报告") == 1
    assert "<h1>信用记录</h1>" in text


def test_every_month_is_a_shape_with_words(client: Client, borrower: Borrower, months: None) -> None:
    text = page(client, borrower.user, RECORD, "en")
    for state in ("paid", "late", "relief_late"):
        assert f'id="g-{state}"' in text
        assert f'href="#g-{state}"' in text


def test_the_way_to_object_is_the_lenders_complaint_line(
    client: Client, borrower: Borrower, qinghe: Lender, months: None
) -> None:
    Lender.objects.filter(pk=qinghe.pk).update(complaint_line="95511-3")
    for path in (RECORD, "/credit/tradelines/qinghe/LN-2026-000001/"):
        text = page(client, borrower.user, path)
        assert '<a href="tel:95511-3">95511-3</a>' in text


def test_a_corrected_month_says_what_was_what_is_and_why(
    client: Client, borrower: Borrower, tradeline: Tradeline, furnish: Callable[..., MonthFact]
) -> None:
    furnish(2026, 3, paid_minor=0, arrears_minor=107971, days_past_due=31)
    furnish(2026, 3, reason="A payment of 15 March <was> found")
    text = page(client, borrower.user, address(tradeline), "en")
    assert "March 2026: what was recorded and what is" in text
    assert "31 days late" in text
    assert escape("A payment of 15 March <was> found") in text
    assert text.index("Replaced</th>") < text.index("Stands</th>")


def test_a_month_that_was_not_corrected_shows_no_correction(
    client: Client, borrower: Borrower, tradeline: Tradeline, furnish: Callable[..., MonthFact]
) -> None:
    furnish(2026, 3)
    text = page(client, borrower.user, address(tradeline), "en")
    assert "What was corrected" not in text
    assert "1,079.71" in text
    assert "Amounts in ¥." in text


def test_an_account_without_months_says_when_the_first_appears(
    client: Client, borrower: Borrower, tradeline: Tradeline
) -> None:
    assert "No month is recorded yet" in page(client, borrower.user, RECORD, "en")
    assert "No month is recorded yet" in page(client, borrower.user, address(tradeline), "en")


def test_an_account_of_somebody_else_is_not_there(
    client: Client, tradeline: Tradeline, stranger: Borrower, elsewhere: Borrower, staff: SimpleNamespace
) -> None:
    for user in (stranger.user, elsewhere.user, staff.reviewer, staff.servicing, staff.other_reviewer):
        client.force_login(user)
        assert client.get(address(tradeline)).status_code == 404
        assert tradeline.reference not in client.get(RECORD).content.decode()


def test_the_same_reference_at_another_lender_is_not_there(
    client: Client, borrower: Borrower, tradeline: Tradeline, jiangpan: Lender
) -> None:
    client.force_login(borrower.user)
    assert client.get(f"/credit/tradelines/{jiangpan.code}/{tradeline.reference}/").status_code == 404


@pytest.mark.parametrize("path", [RECORD, "/credit/tradelines/qinghe/LN-2026-000001/"])
def test_a_visitor_is_asked_to_sign_in(client: Client, tradeline: Tradeline, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 302
    assert "next=" in response["Location"]


@pytest.mark.parametrize("path", [RECORD, "/credit/tradelines/qinghe/LN-2026-000001/"])
def test_nothing_is_changed_from_here(client: Client, borrower: Borrower, tradeline: Tradeline, path: str) -> None:
    client.force_login(borrower.user)
    assert client.post(path).status_code == 405


def test_a_reference_may_hold_a_slash(client: Client, borrower: Borrower, qinghe: Lender) -> None:
    odd = services.open_tradeline(
        borrower=borrower, lender=qinghe, reference="2024/117", opened_on=date(2026, 1, 5), original_minor=1,
        currency="CNY", acting_user=None,
    )  # fmt: skip
    assert "2024/117" in page(client, borrower.user, address(odd))
