"""What only a person can decide about somebody's identity."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts import services
from accounts.errors import Conflict, NotPermitted, Refused
from accounts.models import AuditEntry, Borrower, Identity, IdentityCase, User
from tests.conftest import NOON, PASSWORD, person
from tests.known import ADULT, Agrees, Disagrees, identified, register

pytestmark = pytest.mark.django_db


@pytest.fixture
def root(db: None) -> User:
    return User.objects.create_superuser(email="root@example.org", password=PASSWORD)


@pytest.fixture
def claimant(db: None, settings: Any) -> Borrower:
    """Somebody whose number was not confirmed."""
    settings.IDENTITY_CHECK = register(Disagrees)
    user = person("new@example.org", "")
    return services.identify_person(user=user, name="王晓雨", number=ADULT, acting_user=user)


@pytest.fixture
def held(borrower: Borrower) -> IdentityCase:
    """A second account that entered the number of the first."""
    identified(borrower.user, "王晓雨")
    identified(person("again@example.org", ""), "王晓雨")
    return IdentityCase.objects.get()


def close(case: IdentityCase, root: User, outcome: str, reason: str = "证件已当面核对") -> IdentityCase:
    return services.close_identity_case(case=case, outcome=outcome, reason=reason, acting_user=root)


def test_a_person_is_asked_once(claimant: Borrower) -> None:
    case = services.ask_about_identity(borrower=claimant, acting_user=claimant.user)
    again = services.ask_about_identity(borrower=claimant, acting_user=claimant.user)
    assert (case.pk, case.ground, case.asked_at) == (again.pk, "asked", NOON)


def test_asking_about_a_held_number_marks_the_case_that_is_there(held: IdentityCase) -> None:
    case = services.ask_about_identity(borrower=held.claimant, acting_user=held.claimant.user)
    assert (case.pk, case.ground, case.asked_at) == (held.pk, "held", NOON)


def test_where_nothing_was_refused_there_is_nothing_to_look_at(borrower: Borrower) -> None:
    with pytest.raises(Conflict):
        services.ask_about_identity(borrower=borrower, acting_user=borrower.user)
    identified(borrower.user, "王晓雨")
    with pytest.raises(Conflict):
        services.ask_about_identity(borrower=borrower, acting_user=borrower.user)


def test_nobody_asks_for_somebody_else(claimant: Borrower, stranger: Borrower) -> None:
    with pytest.raises(NotPermitted):
        services.ask_about_identity(borrower=claimant, acting_user=stranger.user)


def test_only_who_manages_people_closes_a_case(held: IdentityCase, staff: SimpleNamespace) -> None:
    for user in (staff.servicing, staff.senior, held.claimant.user):
        with pytest.raises(NotPermitted):
            close(held, user, "same_person")


def test_a_number_taken_back_is_free_for_its_owner(held: IdentityCase, root: User, settings: Any) -> None:
    close(held, root, "holder_wrong")
    holder = Identity.objects.get(pk=held.holder_id)
    assert (holder.state, holder.verified_at, holder.number_sealed, holder.number_hash) == ("revoked", None, "", "")
    assert [entry.verb for entry in AuditEntry.objects.filter(verb="revoke_identity")] == ["revoke_identity"]
    assert identified(held.claimant.user, "王晓雨").identity.state == "verified"
    settings.IDENTITY_CHECK = register(Agrees)
    again = services.identify_person(
        user=holder.borrower.user, name="王晓雨", number=ADULT, acting_user=holder.borrower.user
    )
    assert again.identity.state == "mismatch"


def test_one_person_with_two_accounts_keeps_the_first(held: IdentityCase, root: User) -> None:
    case = close(held, root, "same_person")
    assert (case.state, case.outcome, case.closed_by, case.closed_at) == ("closed", "same_person", root, NOON)
    assert Identity.objects.get(pk=held.holder_id).state == "verified"


@pytest.mark.parametrize(
    ("outcome", "reason", "codes"),
    [("", "x", ("outcome",)), ("nonsense", "", ("outcome", "reason")), ("try_again", "  ", ("reason",))],
)
def test_an_end_needs_an_outcome_and_a_reason(
    held: IdentityCase, root: User, outcome: str, reason: str, codes: tuple[str, ...]
) -> None:
    with pytest.raises(Refused) as caught:
        close(held, root, outcome, reason)
    assert caught.value.codes == codes


def test_nothing_is_taken_back_where_nobody_holds_it(claimant: Borrower, root: User) -> None:
    case = services.ask_about_identity(borrower=claimant, acting_user=claimant.user)
    with pytest.raises(Refused) as caught:
        close(case, root, "holder_wrong")
    assert caught.value.codes == ("holder",)


def test_the_second_to_close_a_case_gets_a_conflict(held: IdentityCase, root: User) -> None:
    close(held, root, "try_again")
    with pytest.raises(Conflict):
        close(held, root, "holder_wrong")
    assert Identity.objects.get(pk=held.holder_id).state == "verified"


def test_a_closed_case_stays_as_it_is(held: IdentityCase, root: User) -> None:
    close(held, root, "try_again")
    rows = IdentityCase.objects.filter(pk=held.pk)
    for change in (lambda: rows.update(reason="x"), lambda: rows.update(state="open"), lambda: rows.delete()):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_after_a_closed_case_there_may_be_another(held: IdentityCase, root: User) -> None:
    close(held, root, "try_again")
    identified(held.claimant.user, "王晓雨")
    assert IdentityCase.objects.filter(claimant=held.claimant).count() == 2
