"""A borrower's way from the offers to the limit, page by page, and what is said where it cannot go on."""

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts.models import Borrower, Lender, User
from accounts.services import enrol_borrower
from credit.consent_texts import consent_text
from credit.models import Consent
from credit.services import withdraw_consent
from loans.models import CreditLimit, LoanApplication, Product
from loans.services import deciding, limiting, offering
from tests import known
from tests.conftest import TODAY, person
from tests.loans.applicants import agree, make_known, offered, on_record, ready, send
from tests.loans.conftest import at_noon
from tests.loans.pages.conftest import LANGUAGES, hidden, speak, words

pytestmark = pytest.mark.django_db

OFFERS = reverse("loans:applications")
APPLY = reverse("loans:apply", args=["qinghe", "easy"])
CHECK = reverse("loans:apply_check", args=["qinghe", "easy"])
TYPED = {
    "step": "questions", "wished_minor": "１０，０００", "use": "home", "income_minor": "8,000",
    "other_monthly_minor": "0", "words": "想换一台冰箱。",
}  # fmt: skip


@pytest.fixture
def product(qinghe: Lender) -> Product:
    return offered(qinghe)


def box(purpose: str, lender: Lender, language: str = "en") -> dict[str, str]:
    """What ticking a consent sends: the box, and the hash of its text."""
    text = consent_text(purpose, language, lender=lender.name_in(language), other="")
    return {f"consent-{purpose}": "on", f"consent-{purpose}-sha256": text.sha256}


def typed(**changed: str) -> dict[str, str]:
    return TYPED | changed


def sent(at: Client, **changed: str) -> Any:
    """Type the answers, look at them, and send."""
    assert at.post(APPLY, typed(**changed)).url == CHECK
    key = hidden(at.get(CHECK), "key")
    return at.post(CHECK, {"key": key}, follow=True)


def test_offers_say_the_real_annual_rate_first_and_in_plain_words(at: Client, product: Product) -> None:
    """10.8 to 18 % by 30/360, where the monthly rate of return times twelve is the contract's rate."""
    page = words(at.get(OFFERS))
    assert "Easy loan Real annual rate 10.80% to 18.00%" in page
    assert "¥1,000.00 to ¥50,000.00" in page
    assert "At any time, without a fee" in page
    # 10,000.00 over 12 months at 1.5 % a month: 916.80 each, 1,001.60 in all
    assert "first instalment ¥916.80 , interest in all ¥1,001.6" in page


def test_the_whole_way_from_the_offer_to_the_limit(
    at: Client, borrower: Borrower, qinghe: Lender, product: Product
) -> None:
    make_known(borrower)
    on_record(borrower, qinghe, months=12)
    assert "step 1 of 3" in words(at.get(APPLY))
    agreed = at.post(APPLY, {"step": "consents", **box("query", qinghe), **box("reporting", qinghe)})
    assert agreed.url == APPLY
    assert {consent.purpose for consent in Consent.objects.all()} == {"query", "reporting"}
    assert "step 2 of 3" in words(at.get(APPLY))
    assert at.post(APPLY, typed()).url == CHECK
    checked = at.get(CHECK)
    assert "¥10,000.00 Change how much" in words(checked)
    assert not LoanApplication.objects.exists()
    done = at.post(CHECK, {"key": hidden(checked, "key")}, follow=True)
    page = words(done)
    assert "Approved" in page
    assert "¥ 10,000.00 At an annual rate of 10.80% ." in page
    assert "A year on time is on record, so you have the lowest rate." in page
    limit = words(at.get(reverse("loans:limit", args=[CreditLimit.objects.get().public_id])))
    assert "Limit ¥10,000.00 Drawn ¥0.00 Left to draw ¥10,000.00" in limit
    assert "You can ask for more once three instalments are paid on time." in limit


def test_a_person_who_is_not_known_is_told_what_is_missing(at: Client, product: Product) -> None:
    page = words(at.get(APPLY))
    assert "Your name and identity number" in page
    assert "A phone number, confirmed with a code" in page
    assert "A bank account in your name, confirmed" in page
    assert reverse("accounts:next_step") in at.get(APPLY).content.decode()
    at.post(APPLY, typed())
    assert not LoanApplication.objects.exists()


def test_who_never_borrowed_anywhere_is_told_the_same(client: Client, product: Product, db: None) -> None:
    client.force_login(person("new@example.org", "钱七"))
    speak(client, "en")
    assert client.get(OFFERS).status_code == 200
    assert "Your name and identity number" in words(client.get(APPLY))


def test_no_consent_is_ticked_for_anyone_and_each_is_needed(
    at: Client, borrower: Borrower, qinghe: Lender, product: Product
) -> None:
    make_known(borrower)
    assert "checked" not in at.get(APPLY).content.decode()
    half = at.post(APPLY, {"step": "consents", **box("query", qinghe)})
    assert half.status_code == 422
    assert "Please tick this if you agree." in words(half)
    assert not Consent.objects.exists()


def test_a_shared_record_is_asked_for_by_name_and_optional(
    at: Client, borrower: Borrower, qinghe: Lender, jiangpan: Lender, product: Product
) -> None:
    enrol_borrower(lender=jiangpan, name="王晓雨", since=TODAY, user=borrower.user, acting_user=None)
    make_known(borrower)
    assert "Jiangpan Bank" in words(at.get(APPLY))
    agreed = at.post(APPLY, {"step": "consents", **box("query", qinghe), **box("reporting", qinghe),
                             "consent-sharing-jiangpan-sha256": hidden_hash(at, "sharing-jiangpan")})  # fmt: skip
    assert agreed.url == APPLY
    assert not Consent.objects.filter(purpose="sharing").exists()


def hidden_hash(at: Client, name: str) -> str:
    found = re.search(rf'name="consent-{name}-sha256" value="([^"]*)"', at.get(APPLY).content.decode())
    assert found is not None
    return found[1]


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"wished_minor": "999"}, "Enter an amount from ¥1,000.00 to ¥50,000.00."),
        ({"wished_minor": "50100"}, "Enter an amount from ¥1,000.00 to ¥50,000.00."),
        ({"wished_minor": "1050"}, "Enter whole hundreds, for example 12,300."),
        ({"wished_minor": ""}, "Enter how much you would like."),
        ({"wished_minor": "many"}, "Enter the amount in digits, for example 12,000."),
        ({"use": "property"}, "not one of the available choices"),
        ({"use": ""}, "Choose what it is for."),
        ({"income_minor": ""}, "Enter what you earn a month; 0 if nothing."),
        ({"income_minor": "-5"}, "Enter an amount above zero, without a minus sign."),
        ({"other_monthly_minor": ""}, "Enter what you pay elsewhere a month; 0 if nothing."),
    ],
)
def test_each_wrong_answer_says_what_to_do_and_nothing_typed_is_lost(
    at: Client, borrower: Borrower, qinghe: Lender, product: Product, changed: dict[str, str], text: str
) -> None:
    ready(borrower, qinghe)
    response = at.post(APPLY, typed(**changed))
    assert response.status_code == 422
    assert text in words(response)
    assert "想换一台冰箱。" in response.content.decode()


def test_sent_twice_from_one_page_it_is_one_application(
    at: Client, borrower: Borrower, qinghe: Lender, product: Product
) -> None:
    ready(borrower, qinghe)
    at.post(APPLY, typed())
    key = hidden(at.get(CHECK), "key")
    first, second = at.post(CHECK, {"key": key}), at.post(CHECK, {"key": key})
    assert first.url == second.url
    assert LoanApplication.objects.count() == 1


def test_an_open_application_is_shown_in_place_of_a_second_one(
    at: Client, borrower: Borrower, qinghe: Lender, product: Product
) -> None:
    ready(borrower, qinghe, months=0)
    page = words(sent(at))
    assert "We need a few words from you" in page
    assert "by Friday 22 May 2026" in page
    again = at.get(APPLY, follow=True)
    assert "You have applied for this already. This is how it stands." in words(again)


def test_signed_out_while_typing_everything_is_there_after_signing_in(
    at: Client, borrower: Borrower, qinghe: Lender, product: Product
) -> None:
    ready(borrower, qinghe)
    who = hidden(at.get(APPLY), "who")
    at.logout()
    speak(at, "en")
    away = at.post(APPLY, typed(who=who))
    assert away.url.startswith(reverse("account_login"))
    at.force_login(borrower.user)
    back = at.get(APPLY).content.decode()
    assert "想换一台冰箱。" in back
    assert 'value="１０，０００"' in back


def test_what_one_person_typed_is_never_shown_to_another(
    at: Client, borrower: Borrower, stranger: Borrower, qinghe: Lender, product: Product
) -> None:
    ready(borrower, qinghe)
    who = hidden(at.get(APPLY), "who")
    at.logout()
    at.post(APPLY, typed(who=who))
    User.objects.filter(pk=borrower.user_id).update(phone="+8613800138001")
    agree(stranger, qinghe)
    make_known_as(stranger)
    at.force_login(stranger.user)
    assert "想换一台冰箱。" not in at.get(APPLY).content.decode()


def make_known_as(borrower: Borrower) -> None:
    User.objects.filter(pk=borrower.user_id).update(phone="+8613800138002", phone_verified=True)
    known.identified(borrower.user, borrower.name, known.OTHER_ADULT)
    borrower.refresh_from_db()
    known.with_account(borrower, known.OTHER_CARD)


def test_a_product_retired_meanwhile_is_said_so_and_nothing_is_sent(
    at: Client, borrower: Borrower, qinghe: Lender, product: Product
) -> None:
    ready(borrower, qinghe)
    at.post(APPLY, typed())
    key = hidden(at.get(CHECK), "key")
    offering.retire_product(product=product, acting_user=None)
    for response in (at.post(CHECK, {"key": key}, follow=True), at.get(APPLY, follow=True)):
        assert "This product is not offered any more. Nothing was sent; this is what is on offer." in words(response)
    assert not LoanApplication.objects.exists()


def test_terms_that_changed_meanwhile_are_looked_at_again(
    at: Client, borrower: Borrower, qinghe: Lender, product: Product
) -> None:
    ready(borrower, qinghe)
    at.post(APPLY, typed())
    key = hidden(at.get(CHECK), "key")
    offered(qinghe, version=2, annual_cap=Decimal("0.20"))
    response = at.post(CHECK, {"key": key}, follow=True)
    assert "The terms of this product have changed." in words(response)
    assert "想换一台冰箱。" in response.content.decode()
    assert not LoanApplication.objects.exists()


def test_a_consent_taken_back_before_sending_is_asked_for_again_and_the_answers_stay(
    at: Client, borrower: Borrower, qinghe: Lender, product: Product
) -> None:
    ready(borrower, qinghe, months=0)
    at.post(APPLY, typed())
    key = hidden(at.get(CHECK), "key")
    withdraw_consent(consent=Consent.objects.get(purpose="query"), acting_user=borrower.user)
    assert at.post(CHECK, {"key": key}).url == APPLY
    assert "step 1 of 3" in words(at.get(APPLY))
    assert not LoanApplication.objects.exists()
    agree(borrower, qinghe)
    assert "想换一台冰箱。" in at.get(APPLY).content.decode()


def test_a_few_words_hand_it_to_a_person_and_the_page_says_by_when(
    at: Client, borrower: Borrower, qinghe: Lender, product: Product
) -> None:
    ready(borrower, qinghe, months=0)
    sent(at)
    own = LoanApplication.objects.get()
    address = reverse("loans:application_statement", args=[own.public_id])
    assert "Write a few words, so that a person can decide." in words(at.post(address, {"statement": ""}))
    page = words(at.post(address, {"statement": "在学校工作。"}, follow=True))
    assert "It is Qinghe Consumer Finance’s move. You need not do anything." in page
    assert "A person answers by Friday 15 May 2026 ." in page
    with at_noon(TODAY + timedelta(days=8)):
        late = words(at.get(reverse("loans:application", args=[own.public_id])))
    assert "we are late" in late


def test_a_lapsed_application_says_so_and_one_applies_anew(
    at: Client, borrower: Borrower, qinghe: Lender, product: Product
) -> None:
    ready(borrower, qinghe, months=0)
    sent(at)
    own = LoanApplication.objects.get()
    with at_noon(date(2026, 5, 23)):
        assert "This application has lapsed" in words(at.get(reverse("loans:application", args=[own.public_id])))
        assert "step 2 of 3" in words(at.get(APPLY))


def test_a_refusal_gives_a_persons_reasons_and_words_and_a_second_look(
    at: Client, borrower: Borrower, qinghe: Lender, product: Product, staff: Any
) -> None:
    ready(borrower, qinghe, months=0)
    on_record(borrower, qinghe, months=12, days_past_due=40, arrears_minor=100_000)
    own = send(borrower, product)
    deciding.claim_application(application=own, acting_user=staff.reviewer)
    deciding.decide_application(
        application=own, outcome="refused", reasons=["late_now"], words="请先还清逾期。", limit_minor=None,
        rate_annual=None, expected_version=own.version, acting_user=staff.reviewer,
    )  # fmt: skip
    address = reverse("loans:application", args=[own.public_id])
    page = at.get(address)
    assert "Your application was not approved" in words(page)
    assert "An account is late at the moment. Pay what is late; three months on time after that, ask again." in words(
        page
    )
    assert "请先还清逾期。" in words(page)
    again = reverse("loans:application_again", args=[own.public_id])
    assert at.post(again, {}).status_code == 422
    looked = at.post(again, {"key": str(uuid4())}, follow=True)
    assert "A person looks at it again, another one than before." in words(looked)
    assert "Ask a person to look again" not in words(at.get(address))
    assert LoanApplication.objects.count() == 2


def test_an_application_is_withdrawn_by_a_button(
    at: Client, borrower: Borrower, qinghe: Lender, product: Product
) -> None:
    ready(borrower, qinghe, months=0)
    own = send(borrower, product)
    address = reverse("loans:application_withdraw", args=[own.public_id])
    assert at.get(address).status_code == 405
    assert "Withdrawn. You can apply again whenever you like." in words(at.post(address, follow=True))
    assert "moved on meanwhile" in words(at.post(address, follow=True))


def test_a_cut_that_is_announced_is_said_with_its_day(
    at: Client, borrower: Borrower, qinghe: Lender, product: Product
) -> None:
    ready(borrower, qinghe)
    send(borrower, product)
    limit = CreditLimit.objects.get()
    limiting.cut_limit(limit=limit, limit_minor=500_000, reason="income", words="收入有变化。", acting_user=None)
    page = words(at.get(reverse("loans:limit", args=[limit.public_id])))
    assert "From Friday 15 May 2026 the limit is ¥5,000.00" in page
    assert "What we know of your income has changed. 收入有变化。" in page


def test_another_persons_application_and_limit_are_not_found(
    at: Client, stranger: Borrower, borrower: Borrower, qinghe: Lender, product: Product
) -> None:
    ready(borrower, qinghe)
    own = send(borrower, product)
    at.force_login(stranger.user)
    for name, what in (("application", own), ("limit", CreditLimit.objects.get())):
        assert at.get(reverse(f"loans:{name}", args=[what.public_id])).status_code == 404


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_opens_in_every_language(
    at: Client, borrower: Borrower, qinghe: Lender, product: Product, language: str
) -> None:
    make_known(borrower)
    speak(at, language)
    with translation.override(language):
        assert at.get(APPLY).status_code == 200
        agree(borrower, qinghe)
        on_record(borrower, qinghe, months=12)
        assert at.get(APPLY).status_code == 200
        page = sent(at)
        assert page.status_code == 200
        assert at.get(OFFERS).status_code == 200
        assert at.get(reverse("loans:limit", args=[CreditLimit.objects.get().public_id])).status_code == 200


def test_the_offers_ask_the_same_number_of_queries_however_many(
    at: Client, borrower: Borrower, qinghe: Lender, product: Product, django_assert_max_num_queries: Any
) -> None:
    ready(borrower, qinghe)
    send(borrower, product)
    with django_assert_max_num_queries(14):
        at.get(OFFERS)
    for number in range(5):
        send(borrower, offered(qinghe, code=f"more-{number}"), other_monthly_minor=400_000)
    with django_assert_max_num_queries(14):
        at.get(OFFERS)
