"""A hidden number is read by whose work it is, of one's own lender's customers, with a reason that stays."""

from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction

from accounts import audit, services
from accounts.errors import NotPermitted, Refused
from accounts.models import AuditEntry, Borrower, Lender, Unmasking, User
from accounts.roles import PERMITTED, Verb
from accounts.services import enrol_borrower
from tests.conftest import NOON, TODAY
from tests.known import ADULT, CARD, OTHER_ADULT, OTHER_CARD, identified, with_account

pytestmark = pytest.mark.django_db
REASON = "客户来电核对证件"


@pytest.fixture
def known(borrower: Borrower) -> Borrower:
    return identified(borrower.user, "王晓雨")


def look(borrower: Borrower, lender: Lender, user: User, **changes: object) -> str:
    return services.unmask(**{"borrower": borrower, "lender": lender, "reason": REASON, "acting_user": user, **changes})


def test_the_whole_number_is_shown_and_the_look_is_recorded(
    known: Borrower, qinghe: Lender, staff: SimpleNamespace
) -> None:
    assert look(known, qinghe, staff.servicing) == ADULT
    looked = Unmasking.objects.get()
    assert (looked.what, looked.reason, looked.by, looked.at) == ("identity", REASON, staff.servicing, NOON)
    assert looked.handle == staff.servicing.memberships.get().handle
    entry = AuditEntry.objects.get(verb="unmask")
    assert (entry.lender, entry.subject) == (qinghe, known.relations.get().reference)
    assert entry.after == {"what": "identity", "reason": REASON}
    assert audit.first_break(qinghe) is None


def test_a_bank_account_s_number_too(known: Borrower, qinghe: Lender, staff: SimpleNamespace) -> None:
    account = with_account(known)
    assert look(known, qinghe, staff.senior, account=account) == CARD
    assert Unmasking.objects.get().bank_account == account


def test_only_two_roles_may() -> None:
    assert [role for role, verbs in PERMITTED.items() if Verb.UNMASK in verbs] == ["senior_reviewer", "servicing"]


@pytest.mark.parametrize("who", ["intake", "reviewer", "collections", "auditor", "other_reviewer"])
def test_whose_work_it_is_not_sees_nothing(known: Borrower, qinghe: Lender, staff: SimpleNamespace, who: str) -> None:
    with pytest.raises(NotPermitted):
        look(known, qinghe, getattr(staff, who))
    assert not Unmasking.objects.exists()


def test_another_lender_s_customer_is_nobody(
    elsewhere: Borrower, qinghe: Lender, jiangpan: Lender, staff: SimpleNamespace
) -> None:
    identified(elsewhere.user, "赵二")
    for lender in (qinghe, jiangpan):
        with pytest.raises(NotPermitted):
            look(elsewhere, lender, staff.servicing)


def test_another_person_s_account_does_not_come_along(
    known: Borrower, stranger: Borrower, qinghe: Lender, staff: SimpleNamespace
) -> None:
    other = with_account(identified(stranger.user, "陈一", OTHER_ADULT), OTHER_CARD)
    with pytest.raises(NotPermitted):
        look(known, qinghe, staff.servicing, account=other)


def test_nobody_looks_at_themself_through_this_door(qinghe: Lender, staff: SimpleNamespace) -> None:
    own = identified(staff.servicing, "罗福")
    enrol_borrower(lender=qinghe, name="罗福", since=TODAY, user=staff.servicing, acting_user=None)
    with pytest.raises(NotPermitted):
        look(own, qinghe, staff.servicing)


@pytest.mark.parametrize("reason", ["", "   ", "核对一下", "号码是 11010519491231002X 吗", "a\n\n\nb"])
def test_a_reason_says_something_and_holds_no_number(
    known: Borrower, qinghe: Lender, staff: SimpleNamespace, reason: str
) -> None:
    with pytest.raises(Refused) as caught:
        look(known, qinghe, staff.servicing, reason=reason)
    assert caught.value.codes == ("reason",)
    assert not Unmasking.objects.exists()


def test_where_no_number_is_kept_there_is_nothing_to_see(
    borrower: Borrower, qinghe: Lender, staff: SimpleNamespace
) -> None:
    with pytest.raises(Refused) as caught:
        look(borrower, qinghe, staff.servicing)
    assert caught.value.codes == ("nothing",)


def test_a_look_cannot_be_taken_back(known: Borrower, qinghe: Lender, staff: SimpleNamespace) -> None:
    look(known, qinghe, staff.servicing)
    for change in (lambda: Unmasking.objects.update(reason="x"), lambda: Unmasking.objects.all().delete()):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
