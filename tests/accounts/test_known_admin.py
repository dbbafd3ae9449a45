"""What staff see of numbers: their ends, and a whole one with a reason; cases are for who manages people."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from accounts.models import Borrower, Identity, IdentityCase, Unmasking, User
from tests.conftest import PASSWORD, in_address, person
from tests.known import ADULT, CARD, OTHER_ADULT, OTHER_CARD, identified, with_account

pytestmark = pytest.mark.django_db


@pytest.fixture
def enter(settings: Any) -> Callable[[User], Client]:
    """A client in which that person has used a second factor."""
    settings.DEMO = True

    def entered(user: User) -> Client:
        client = Client()
        client.cookies["language"] = "en"
        client.force_login(user)
        session = client.session
        session["demo_entrance"] = True
        session.save()
        return client

    return entered


@pytest.fixture
def known(borrower: Borrower) -> Borrower:
    borrower = identified(borrower.user, "王晓雨")
    with_account(borrower)
    return borrower


def page_of(borrower: Borrower) -> str:
    return f"/staff/accounts/borrower/{in_address(borrower)}/change/"


def unmask_page(borrower: Borrower) -> str:
    return f"/staff/accounts/borrower/{in_address(borrower)}/unmask/"


def said(answer: Any) -> str:
    return str(answer.content.decode())


def test_staff_see_numbers_hidden_but_for_their_ends(
    known: Borrower, staff: SimpleNamespace, enter: Callable[[User], Client]
) -> None:
    for who, may in ((staff.reviewer, False), (staff.servicing, True)):
        page = said(enter(who).get(page_of(known)))
        assert "110•••••••••••002X" in page
        assert "江畔银行" in page
        assert ADULT not in page
        assert CARD not in page
        assert (unmask_page(known) in page) is may


def test_a_whole_number_is_shown_once_after_a_reason(
    known: Borrower, staff: SimpleNamespace, enter: Callable[[User], Client]
) -> None:
    client = enter(staff.servicing)
    assert ADULT not in said(client.get(unmask_page(known)))
    assert client.post(unmask_page(known), {"account": "identity", "reason": "看看"}).status_code == 422
    assert not Unmasking.objects.exists()
    answer = client.post(unmask_page(known), {"account": "identity", "reason": "客户来电核对证件"})
    assert ADULT in said(answer)
    assert answer.headers["Cache-Control"] == "no-store"
    assert Unmasking.objects.get().by == staff.servicing
    assert ADULT not in said(client.get(unmask_page(known)))


def test_an_account_s_number_too_but_only_this_person_s(
    known: Borrower, stranger: Borrower, staff: SimpleNamespace, enter: Callable[[User], Client]
) -> None:
    other = with_account(identified(stranger.user, "陈一", OTHER_ADULT), OTHER_CARD)
    client, reason = enter(staff.servicing), "核对到账账号"
    own = known.bank_accounts.get()
    assert CARD in said(client.post(unmask_page(known), {"account": own.public_id, "reason": reason}))
    answer = client.post(unmask_page(known), {"account": other.public_id, "reason": reason})
    assert answer.status_code == 422
    assert OTHER_CARD not in said(answer)
    assert Unmasking.objects.count() == 1


def test_where_no_number_is_kept_it_is_said(
    borrower: Borrower, staff: SimpleNamespace, enter: Callable[[User], Client]
) -> None:
    answer = enter(staff.servicing).post(unmask_page(borrower), {"account": "identity", "reason": "客户来电核对证件"})
    assert answer.status_code == 422
    assert "No such number is kept" in said(answer)


def test_other_people_find_no_such_page(
    known: Borrower, elsewhere: Borrower, staff: SimpleNamespace, enter: Callable[[User], Client]
) -> None:
    for who in (staff.reviewer, staff.auditor, staff.collections, staff.other_reviewer):
        assert enter(who).get(unmask_page(known)).status_code == 404
    assert enter(staff.servicing).get(unmask_page(elsewhere)).status_code == 404


def test_the_auditor_sees_who_looked_and_never_what_was_seen(
    known: Borrower, staff: SimpleNamespace, enter: Callable[[User], Client]
) -> None:
    enter(staff.servicing).post(unmask_page(known), {"account": "identity", "reason": "客户来电核对证件"})
    page = said(enter(staff.auditor).get("/staff/accounts/unmasking/"))
    assert "客户来电核对证件" in page
    assert ADULT not in page
    assert "客户来电核对证件" not in said(enter(staff.other_auditor).get("/staff/accounts/unmasking/"))


# Cases


@pytest.fixture
def root(enter: Callable[[User], Client]) -> Client:
    return enter(User.objects.create_superuser(email="root@example.org", password=PASSWORD))


@pytest.fixture
def case(known: Borrower) -> IdentityCase:
    identified(person("again@example.org", ""), "王晓雨")
    return IdentityCase.objects.get()


def test_a_case_is_closed_with_outcome_and_reason(root: Client, case: IdentityCase) -> None:
    path = f"/staff/accounts/identitycase/{in_address(case)}/change/"
    page = said(root.get(path))
    assert "110•••••••••••002X" in page
    assert ADULT not in page
    assert root.post(path, {"outcome": "holder_wrong", "reason": ""}).status_code == 200
    assert root.post(path, {"outcome": "holder_wrong", "reason": "证件已当面核对"}).status_code == 302
    case.refresh_from_db()
    assert (case.state, case.outcome, case.reason) == ("closed", "holder_wrong", "证件已当面核对")
    assert Identity.objects.get(pk=case.holder_id).state == "revoked"


def test_a_closed_case_is_only_looked_at(root: Client, case: IdentityCase) -> None:
    path = f"/staff/accounts/identitycase/{in_address(case)}/change/"
    root.post(path, {"outcome": "try_again", "reason": "看过证件"})
    page = said(root.get(path))
    assert "看过证件" in page
    assert 'name="outcome"' not in page
    root.post(path, {"outcome": "holder_wrong", "reason": "再来"})
    case.refresh_from_db()
    assert case.outcome == "try_again"


def test_nothing_is_taken_back_where_nobody_holds_it(root: Client, case: IdentityCase) -> None:
    IdentityCase.objects.filter(pk=case.pk).update(holder=None)
    path = f"/staff/accounts/identitycase/{in_address(case)}/change/"
    answer = root.post(path, {"outcome": "holder_wrong", "reason": "证件已当面核对"})
    assert "No other account holds the number" in said(answer)
    case.refresh_from_db()
    assert case.state == "open"


def test_a_lender_s_staff_see_no_cases(
    case: IdentityCase, staff: SimpleNamespace, enter: Callable[[User], Client]
) -> None:
    for who in (staff.servicing, staff.auditor):
        assert enter(who).get("/staff/accounts/identitycase/").status_code == 403
