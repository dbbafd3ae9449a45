"""Giving, refusing and taking back: the borrower's own, word for word, at once."""

import hashlib
from collections.abc import Callable
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from accounts.errors import NotPermitted
from accounts.models import AuditEntry, Borrower, Lender
from config import clock
from credit import services
from credit.consent_texts import consent_text
from credit.errors import AlreadyWithdrawn, ConsentNeeded, NamedLenderMissing, TextDiffers
from credit.models import Consent, ConsentRefusal, ConsentWithdrawal, Tradeline
from credit.selectors import live_consent, may_ask
from credit.services import Answer, Origin
from tests.conftest import TODAY
from tests.credit.consents import give


def test_a_consent_keeps_the_words_that_were_shown(borrower: Borrower, qinghe: Lender) -> None:
    given = give(
        borrower, qinghe, "query", language="en", reference="A-2026-000001", origin=Origin("192.0.2.7", "x" * 300)
    )
    assert given.text.startswith("I agree that Qinghe Consumer Finance may look at my credit record.\n\nWhich data\n")
    assert (given.language, given.reference, given.ip_address) == ("en", "A-2026-000001", "192.0.2.7")
    assert (given.given_on, given.expires_on) == (TODAY, date(2027, 5, 8))
    assert len(given.user_agent) == 200


def test_the_hash_is_of_the_stored_words(borrower: Borrower, qinghe: Lender) -> None:
    given = give(borrower, qinghe, "debit")
    plain = '{{"language":"zh-hans","purpose":"debit","text":"{}","version":"{}"}}'.format(
        given.text.replace("\n", "\\n"),
        given.text_version,
    )
    assert given.text_sha256 == hashlib.sha256(plain.encode()).hexdigest()


@pytest.mark.parametrize("shown", ["", "0" * 64])
def test_words_that_were_not_shown_are_not_agreed_to(borrower: Borrower, qinghe: Lender, shown: str) -> None:
    with pytest.raises(TextDiffers):
        give(borrower, qinghe, "query", shown_sha256=shown)
    assert not Consent.objects.exists()


def test_the_words_of_another_language_or_lender_are_other_words(
    borrower: Borrower, qinghe: Lender, jiangpan: Lender
) -> None:
    for text in (
        consent_text("query", "zh-hant", lender=qinghe.name_zh_hant),
        consent_text("query", "zh-hans", lender=jiangpan.name_zh_hans),
        consent_text("debit", "zh-hans", lender=qinghe.name_zh_hans),
    ):
        with pytest.raises(TextDiffers):
            give(borrower, qinghe, "query", shown_sha256=text.sha256)


def test_giving_twice_is_giving_once(borrower: Borrower, qinghe: Lender) -> None:
    assert give(borrower, qinghe, "query") == give(borrower, qinghe, "query")
    assert give(borrower, qinghe, "query", language="en") != give(borrower, qinghe, "query")


def test_nobody_agrees_for_somebody_else(
    borrower: Borrower, stranger: Borrower, qinghe: Lender, staff: SimpleNamespace
) -> None:
    for user in (stranger.user, staff.reviewer, staff.servicing, None):
        with pytest.raises(NotPermitted):
            give(borrower, qinghe, "query", acting_user=user)
        with pytest.raises(NotPermitted):
            services.refuse_consent(borrower=borrower, lender=qinghe, purpose="query", acting_user=user)
    given = give(borrower, qinghe, "query")
    for user in (stranger.user, staff.reviewer):
        with pytest.raises(NotPermitted):
            services.withdraw_consent(consent=given, acting_user=user)


def test_a_sharing_names_another_lender_and_nothing_else_does(
    borrower: Borrower, qinghe: Lender, jiangpan: Lender
) -> None:
    for purpose, named in (("sharing", None), ("sharing", qinghe), ("query", jiangpan)):
        with pytest.raises(NamedLenderMissing):
            give(borrower, qinghe, purpose, named)
    shared = give(borrower, qinghe, "sharing", jiangpan)
    assert "江畔银行" in shared.text


def test_the_database_keeps_a_consent_as_it_was_given(borrower: Borrower, qinghe: Lender, jiangpan: Lender) -> None:
    given = give(borrower, qinghe, "query")
    for change in ({"text": "anything"}, {"expires_on": date(2030, 1, 1)}, {"named": jiangpan}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Consent.objects.filter(pk=given.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        ConsentWithdrawal.objects.create(consent=given, lender=jiangpan, withdrawn_on=TODAY)


def test_withdrawing_holds_at_once(borrower: Borrower, qinghe: Lender) -> None:
    given = give(borrower, qinghe, "query")
    assert live_consent(borrower, qinghe, "query", TODAY) == given
    services.withdraw_consent(consent=given, acting_user=borrower.user)
    assert live_consent(borrower, qinghe, "query", TODAY) is None


def test_withdrawing_takes_back_every_text_of_the_same_thing(borrower: Borrower, qinghe: Lender) -> None:
    first, second = give(borrower, qinghe, "query"), give(borrower, qinghe, "query", language="en")
    other = give(borrower, qinghe, "debit")
    made = services.withdraw_consent(consent=first, acting_user=borrower.user)
    assert {row.consent for row in made} == {first, second}
    assert live_consent(borrower, qinghe, "debit", TODAY) == other


def test_withdrawing_twice_says_that_nothing_stands(borrower: Borrower, qinghe: Lender) -> None:
    given = give(borrower, qinghe, "query")
    services.withdraw_consent(consent=given, acting_user=borrower.user)
    with pytest.raises(AlreadyWithdrawn):
        services.withdraw_consent(consent=given, acting_user=borrower.user)
    assert ConsentWithdrawal.objects.count() == 1


def test_reporting_stays_while_an_account_is_open(borrower: Borrower, qinghe: Lender, tradeline: Tradeline) -> None:
    given = give(borrower, qinghe, "reporting")
    with pytest.raises(ConsentNeeded) as refused:
        services.withdraw_consent(consent=given, acting_user=borrower.user)
    assert refused.value.references == ("LN-2026-000001",)
    services.close_tradeline(lender=qinghe, reference="LN-2026-000001", on=TODAY, acting_user=None)
    assert len(services.withdraw_consent(consent=given, acting_user=borrower.user)) == 1


@pytest.mark.parametrize("purpose", ["query", "debit", "marketing", "sensitive_evidence"])
def test_an_open_account_keeps_no_other_consent(
    borrower: Borrower, qinghe: Lender, tradeline: Tradeline, purpose: str
) -> None:
    given = give(borrower, qinghe, purpose)
    assert len(services.withdraw_consent(consent=given, acting_user=borrower.user)) == 1


def test_an_account_elsewhere_keeps_no_consent_here(borrower: Borrower, jiangpan: Lender, tradeline: Tradeline) -> None:
    given = give(borrower, jiangpan, "reporting")
    assert len(services.withdraw_consent(consent=given, acting_user=borrower.user)) == 1


def test_leaving_takes_back_what_nothing_needs(
    borrower: Borrower, qinghe: Lender, jiangpan: Lender, tradeline: Tradeline
) -> None:
    given = {purpose: give(borrower, qinghe, purpose) for purpose in ("reporting", "debit", "marketing")}
    kept = give(borrower, jiangpan, "reporting")
    assert services.withdraw_unneeded(borrower=borrower, lender=qinghe, acting_user=borrower.user) == []
    services.close_tradeline(lender=qinghe, reference="LN-2026-000001", on=TODAY, acting_user=None)
    made = services.withdraw_unneeded(borrower=borrower, lender=qinghe, acting_user=borrower.user)
    assert {row.consent for row in made} == set(given.values())
    assert live_consent(borrower, jiangpan, "reporting", TODAY) == kept


def test_after_a_no_nobody_asks_for_thirty_days(borrower: Borrower, qinghe: Lender, jiangpan: Lender) -> None:
    services.refuse_consent(borrower=borrower, lender=qinghe, purpose="marketing", acting_user=borrower.user)
    assert not may_ask(borrower, qinghe, "marketing", date(2026, 6, 6))
    assert may_ask(borrower, qinghe, "marketing", date(2026, 6, 7))
    assert may_ask(borrower, qinghe, "query", TODAY)
    assert may_ask(borrower, jiangpan, "marketing", TODAY)


def test_taking_back_is_a_no_as_well(borrower: Borrower, qinghe: Lender) -> None:
    given = give(borrower, qinghe, "marketing")
    services.withdraw_consent(consent=given, acting_user=borrower.user)
    assert not may_ask(borrower, qinghe, "marketing", date(2026, 6, 6))
    assert may_ask(borrower, qinghe, "marketing", date(2026, 6, 7))


def test_what_stands_is_not_asked_again(borrower: Borrower, qinghe: Lender) -> None:
    give(borrower, qinghe, "query")
    assert not may_ask(borrower, qinghe, "query", TODAY)
    assert may_ask(borrower, qinghe, "query", date(2027, 5, 9))


def test_a_form_is_answered_as_a_whole(borrower: Borrower, qinghe: Lender) -> None:
    shown = {p: consent_text(p, "en", lender=qinghe.name_en).sha256 for p in ("query", "marketing")}
    answers = [Answer("query", True, shown["query"]), Answer("marketing", False, shown["marketing"])]
    said: dict[str, Any] = {"borrower": borrower, "lender": qinghe, "language": "en", "acting_user": borrower.user}
    given = services.answer_consents(answers=answers, **said)
    assert [one.purpose for one in given] == ["query"]
    assert ConsentRefusal.objects.get().purpose == "marketing"
    with pytest.raises(TextDiffers):
        services.answer_consents(answers=[Answer("debit", False, ""), Answer("reporting", True, "")], **said)
    assert ConsentRefusal.objects.count() == 1


def test_every_answer_stands_in_the_audit_chain(borrower: Borrower, qinghe: Lender) -> None:
    given = give(borrower, qinghe, "query")
    services.withdraw_consent(consent=given, acting_user=borrower.user)
    services.refuse_consent(borrower=borrower, lender=qinghe, purpose="debit", acting_user=borrower.user)
    verbs = AuditEntry.objects.filter(lender=qinghe, verb__endswith="consent").order_by("number")
    assert [row.verb for row in verbs] == ["give_consent", "withdraw_consent", "refuse_consent"]
    assert verbs[0].after["sha256"] == given.text_sha256


def test_a_consent_ends_with_the_account_that_was_opened_under_it(
    borrower: Borrower, qinghe: Lender, furnish: Callable[..., Any]
) -> None:
    with clock.at(datetime(2026, 1, 14, 4, tzinfo=UTC)):
        query, reporting = give(borrower, qinghe, "query"), give(borrower, qinghe, "reporting")
    services.close_tradeline(lender=qinghe, reference="LN-2026-000001", on=date(2026, 5, 7), acting_user=None)
    assert live_consent(borrower, qinghe, "query", date(2026, 5, 7)) == query
    assert live_consent(borrower, qinghe, "query", TODAY) is None
    assert live_consent(borrower, qinghe, "reporting", TODAY) == reporting
    assert live_consent(borrower, qinghe, "reporting", date(2027, 1, 15)) is None
