"""From signing up to being known, page by page, without a script."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from accounts import account_needs, selectors, services
from accounts.models import BankAccount, Borrower, Identity, IdentityCase, Lender, User
from tests.accounts.conftest import last_code, sign_in, who
from tests.accounts.test_pages import check
from tests.conftest import PASSWORD, person
from tests.known import (
    ADULT,
    CARD,
    OTHER_ADULT,
    OTHER_CARD,
    Agrees,
    Bank,
    ClosedBank,
    Disagrees,
    Silent,
    identified,
    number_of,
    register,
    with_account,
)

pytestmark = pytest.mark.django_db
IDENTITY, KNOWN, NEXT, NEW = (
    "/people/known/identity/",
    "/people/known/",
    "/people/known/next/",
    "/people/bank-accounts/new/",
)
GIVEN = {"name": "王晓雨", "number": ADULT}
ACCOUNT = {"bank_code": "ICBC", "bank_name": "", "number": CARD, "holder": "王晓雨"}


@pytest.fixture(autouse=True)
def outside(settings: Any) -> None:
    settings.IDENTITY_CHECK, settings.BANK_ACCOUNT_CHECK = register(Agrees), register(Bank)


@pytest.fixture
def visitor(client: Client, borrower: Borrower) -> Client:
    """王晓雨, signed in by password a moment ago."""
    sign_in(client, "xiaoyu@example.org")
    return client


@pytest.fixture
def known(visitor: Client, borrower: Borrower) -> Borrower:
    return identified(borrower.user, "王晓雨")


def said(answer: Any) -> str:
    return str(answer.content.decode())


# The whole way


def test_from_signing_up_to_being_known(client: Client) -> None:
    client.post("/accounts/signup/", {"contact": "new@example.org"})
    answer = client.post("/accounts/login/code/confirm/", {"code": last_code()})
    assert answer.url == NEXT
    assert client.get(NEXT).url == IDENTITY
    check(client.get(IDENTITY))
    assert client.post(IDENTITY, GIVEN).url == NEXT
    assert client.get(NEXT).url == "/accounts/phone/change/"
    page = check(client.get("/accounts/phone/change/"))
    assert "为什么" in page or "Why we ask" in page
    client.post("/accounts/phone/change/", {"phone": "13812345678"})
    assert client.post("/accounts/phone/verify/", {"code": last_code()}).url == KNOWN
    assert client.get(NEXT).url == NEW
    check(client.get(NEW))
    verify = client.post(NEW, ACCOUNT).url
    check(client.get(verify))
    assert client.post(verify, {"code": Bank.codes[-1]}).url == NEXT
    assert client.get(NEXT).url == KNOWN
    page = check(client.get(KNOWN))
    assert "110•••••••••••002X" in page
    assert ADULT not in page
    assert CARD not in page
    assert selectors.known_customer(Borrower.objects.get(user=who(client))).is_known


def test_the_pages_speak_three_languages(visitor: Client, known: Borrower) -> None:
    with_account(known)
    for language in ("en", "zh-hans", "zh-hant"):
        visitor.cookies["language"] = language
        for path in (KNOWN, NEW):
            check(visitor.get(path))


# Name and number


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"number": ADULT[:-1] + "1"}, "The last character does not fit"),
        ({"number": "1101051949"}, "18 characters."),
        ({"number": ADULT.replace("1949", "194O")}, "a letter that slipped in"),
        ({"number": number_of(place="100105")}, "stand for none"),
        ({"number": number_of(born="19901301")}, "no such day"),
        ({"number": number_of(born="20080509")}, "18th birthday"),
        ({"name": "王2"}, "without digits"),
        ({"name": ""}, "required"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_in_the_summary(
    visitor: Client, given: dict[str, str], words: str
) -> None:
    visitor.cookies["language"] = "en"
    answer = visitor.post(IDENTITY, {**GIVEN, **given})
    assert answer.status_code == 422
    page = said(answer)
    assert page.count(words) == 2, page
    assert 'aria-invalid="true"' in page
    assert not Identity.objects.exists()


def test_while_the_register_is_silent_one_goes_on_with_the_phone(visitor: Client, settings: Any) -> None:
    settings.IDENTITY_CHECK = register(Silent)
    visitor.post(IDENTITY, GIVEN)
    assert visitor.get(NEXT).url == "/accounts/phone/change/"
    User.objects.update(phone="+8613812345678", phone_verified=True)
    assert visitor.get(NEXT).url == KNOWN
    visitor.cookies["language"] = "en"
    page = check(visitor.get(KNOWN))
    assert "It has not answered yet" in page
    assert visitor.get(NEW).url == KNOWN


def reads(user: User) -> list[list[str]]:
    """What somebody reads after a refusal, there and on the overview, but for the tokens of the forms."""
    client = Client()
    client.force_login(user)
    pages = [said(client.post(IDENTITY, GIVEN, follow=True)), said(client.get(KNOWN))]
    return [[line for line in page.splitlines() if "csrfmiddlewaretoken" not in line] for page in pages]


def test_a_number_of_another_account_reads_word_for_word_like_one_that_is_not_confirmed(
    borrower: Borrower, settings: Any
) -> None:
    identified(borrower.user, "王晓雨")
    held = reads(person("held@example.org", "某某"))
    settings.IDENTITY_CHECK = register(Disagrees)
    assert reads(person("mistyped@example.org", "某某")) == held
    assert IdentityCase.objects.get().claimant.user.email == "held@example.org"


def test_asking_a_person_is_answered_with_the_day(visitor: Client, settings: Any) -> None:
    settings.IDENTITY_CHECK = register(Disagrees)
    visitor.cookies["language"] = "en"
    visitor.post(IDENTITY, GIVEN)
    page = check(visitor.get(IDENTITY))
    assert "a person can look at it" in page
    assert 'value="王晓雨"' in page, "the name need not be written again"
    assert visitor.post("/people/known/identity/ask/").url == KNOWN
    assert "A person has been looking at it since" in check(visitor.get(KNOWN))
    case = IdentityCase.objects.get()
    for outcome, words in (("not_shown", "could not confirm"), ("try_again", "enter name and number once more")):
        root = User.objects.create_superuser(email=f"{outcome}@example.org", password=PASSWORD)
        services.close_identity_case(case=case, outcome=outcome, reason="看过证件", acting_user=root)
        assert words in check(visitor.get(KNOWN))
        visitor.post("/people/known/identity/ask/")
        case = IdentityCase.objects.get(state="open")


def test_the_sixth_try_in_an_hour_has_to_wait(visitor: Client, settings: Any) -> None:
    settings.IDENTITY_CHECK = register(Disagrees)
    for _ in range(5):
        assert visitor.post(IDENTITY, GIVEN).status_code == 302
    answer = visitor.post(IDENTITY, GIVEN)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "3600")
    assert visitor.post(IDENTITY, {**GIVEN, "number": "1"}).status_code == 422, "a slip of the hand does not count"


def test_one_number_is_not_tried_from_many_accounts(settings: Any) -> None:
    settings.IDENTITY_CHECK = register(Disagrees)
    answers = []
    for number in range(11):
        client = Client(REMOTE_ADDR=f"192.0.2.{number + 1}")
        client.force_login(person(f"many{number}@example.org", ""))
        answers.append(client.post(IDENTITY, {**GIVEN, "name": "王晓雨"}).status_code)
    assert answers == [302] * 10 + [429]


def test_a_confirmed_person_is_not_asked_again(visitor: Client, known: Borrower) -> None:
    assert visitor.get(IDENTITY).url == KNOWN
    assert visitor.post(IDENTITY, {**GIVEN, "number": OTHER_ADULT}).url == KNOWN
    assert Identity.objects.get().number_masked == "110•••••••••••002X"


# Bank accounts


def test_adding_and_removing_ask_first_whether_it_is_still_you(client: Client, borrower: Borrower) -> None:
    known = identified(borrower.user, "王晓雨")
    account = with_account(known)
    client.force_login(borrower.user)
    for path in (NEW, f"/people/bank-accounts/{account.public_id}/remove/"):
        for answer in (client.get(path), client.post(path, ACCOUNT)):
            assert answer.status_code == 302
            assert answer.url.startswith("/people/confirm/?next=")
    account.refresh_from_db()
    assert account.is_active
    assert BankAccount.objects.count() == 1


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"number": CARD[:-1] + "1"}, "The last digit does not fit"),
        ({"number": OTHER_CARD}, "another number of digits"),
        ({"number": "six"}, "Only digits"),
        ({"holder": "陈一"}, "in your own name, as"),
        ({"bank_code": "OTHER"}, "the name of your bank"),
    ],
)
def test_what_is_wrong_with_an_account_is_said(
    visitor: Client, known: Borrower, given: dict[str, str], words: str
) -> None:
    visitor.cookies["language"] = "en"
    answer = visitor.post(NEW, {**ACCOUNT, **given})
    assert answer.status_code == 422
    assert said(answer).count(words) == 2
    assert not BankAccount.objects.exists()


def test_an_account_of_a_bank_that_is_not_listed_is_called_as_one_wrote_it(visitor: Client, known: Borrower) -> None:
    visitor.post(NEW, {**ACCOUNT, "bank_code": "OTHER", "bank_name": "江畔银行"})
    assert str(BankAccount.objects.get()) == "江畔银行 ••••0000"


def test_a_wrong_code_says_how_many_tries_are_left(visitor: Client, known: Borrower) -> None:
    visitor.cookies["language"] = "en"
    verify = visitor.post(NEW, ACCOUNT).url
    wrong = "000000" if Bank.codes[-1] != "000000" else "000001"
    answers = [visitor.post(verify, {"code": wrong}) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [422] * 4
    words = ("2 more times", "once more", "no longer counts", "No code is waiting")
    assert all(one in said(answer) for one, answer in zip(words, answers, strict=True))
    account = BankAccount.objects.get()
    assert visitor.post(f"/people/bank-accounts/{account.public_id}/send/").url == verify
    assert visitor.post(verify, {"code": Bank.codes[-1]}).status_code == 302


def test_a_transfer_that_cannot_be_sent_is_said(visitor: Client, known: Borrower, settings: Any) -> None:
    settings.BANK_ACCOUNT_CHECK = register(ClosedBank)
    visitor.cookies["language"] = "en"
    page = said(visitor.post(NEW, ACCOUNT, follow=True))
    assert "could not be sent just now" in page
    account = BankAccount.objects.get()
    for _ in range(3):
        page = said(visitor.post(f"/people/bank-accounts/{account.public_id}/send/", follow=True))
    assert "Three transfers a day" in page


def test_accounts_move_by_buttons(visitor: Client, known: Borrower) -> None:
    first, second = with_account(known), with_account(known, OTHER_CARD)
    page = check(visitor.get(KNOWN))
    assert (page.count('value="up"'), page.count('value="down"')) == (1, 1)
    visitor.post(f"/people/bank-accounts/{second.public_id}/move/", {"direction": "up"})
    assert selectors.debit_sources(known) == [second, first]
    visitor.post(f"/people/bank-accounts/{second.public_id}/move/", {"direction": "down"})
    assert selectors.debit_sources(known) == [first, second]
    visitor.post(f"/people/bank-accounts/{second.public_id}/move/", {"direction": "sideways"})
    assert selectors.debit_sources(known) == [first, second]


def test_an_account_is_removed_after_a_question(visitor: Client, known: Borrower) -> None:
    account = with_account(known)
    path = f"/people/bank-accounts/{account.public_id}/remove/"
    check(visitor.get(path))
    assert selectors.debit_sources(known) == [account]
    assert visitor.post(path).url == KNOWN
    assert selectors.debit_sources(known) == []
    assert visitor.get(path).status_code == 404


def test_an_account_that_is_needed_stays_and_says_why(
    visitor: Client, known: Borrower, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(account_needs, "_questions", {})
    account_needs.register("loans", lambda account: "安心贷的扣款授权")
    account = with_account(known)
    answer = visitor.post(f"/people/bank-accounts/{account.public_id}/remove/")
    assert answer.status_code == 409
    assert "安心贷的扣款授权" in said(answer)
    assert selectors.debit_sources(known) == [account]


def test_eleven_accounts_an_hour_are_too_many_to_try(visitor: Client, known: Borrower) -> None:
    for _ in range(10):
        visitor.post(NEW, {**ACCOUNT, "number": CARD[:-1] + "1"})
    assert visitor.post(NEW, ACCOUNT).status_code == 429


def test_somebody_else_s_account_is_not_there(visitor: Client, stranger: Borrower) -> None:
    account = with_account(identified(stranger.user, "陈一", OTHER_ADULT), proved=False)
    for name in ("verify", "remove"):
        assert visitor.get(f"/people/bank-accounts/{account.public_id}/{name}/").status_code == 404
    for name in ("verify", "remove", "send", "move"):
        path = f"/people/bank-accounts/{account.public_id}/{name}/"
        assert visitor.post(path, {"code": Bank.codes[-1] if Bank.codes else "1", "direction": "up"}).status_code == 404


# Who looked


def test_one_sees_who_of_the_staff_read_a_number_and_why(
    visitor: Client, known: Borrower, qinghe: Lender, staff: SimpleNamespace
) -> None:
    visitor.cookies["language"] = "en"
    assert "Nobody has read a whole number" in said(visitor.get(KNOWN))
    services.unmask(borrower=known, lender=qinghe, reason="客户来电核对证件", acting_user=staff.servicing)
    page = said(visitor.get(KNOWN))
    handle = staff.servicing.memberships.get().handle
    assert f"Qinghe Consumer Finance, {handle}: 客户来电核对证件" in page
    assert "servicing@example.org" not in page
