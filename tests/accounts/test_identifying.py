"""Name and number, asked of a register: confirmed, not confirmed, or still to be asked."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts import audit, services
from accounts.errors import Conflict, NotPermitted, Refused
from accounts.identity_check import Outcome
from accounts.models import AuditEntry, Borrower, Identity, IdentityCase, IdentityCheck, Lender, User
from accounts.sealed_box import sealed_box
from accounts.services import identifying
from config import clock
from tests.conftest import NOON, person
from tests.known import ADULT, OTHER_ADULT, Agrees, Broken, Disagrees, Silent, identified, number_of, register

pytestmark = pytest.mark.django_db


@pytest.fixture
def newcomer(db: None) -> User:
    """Signed up, and nothing else."""
    return person("new@example.org", "")


@pytest.fixture(autouse=True)
def agreeing(settings: Any) -> None:
    settings.IDENTITY_CHECK = register(Agrees)


def give(user: User, number: str = ADULT, name: str = "王晓雨", **others: Any) -> Identity:
    said = {"acting_user": user, **others}
    return services.identify_person(user=user, name=name, number=number, **said).identity


def test_somebody_signed_up_becomes_somebody_known(newcomer: User) -> None:
    identity = give(newcomer, number=" １１０１０５ 19491231-002x ", name=" 王晓雨\u3000")
    assert (identity.state, identity.name, identity.number_masked) == ("verified", "王晓雨", "110•••••••••••002X")
    assert (identity.verified_at, identity.method) == (NOON, "a register that agrees")
    borrower = Borrower.objects.get(user=newcomer)
    assert (borrower.name, borrower.relations.count()) == ("王晓雨", 0)
    newcomer.refresh_from_db()
    assert newcomer.name == "王晓雨"
    assert IdentityCheck.objects.get().outcome == "verified"


def test_the_number_is_kept_sealed_and_opens_for_its_own_row_only(newcomer: User) -> None:
    identity = give(newcomer)
    assert ADULT not in "|".join(str(value) for value in Identity.objects.values_list().get())
    assert sealed_box().open(identity.number_sealed, f"identity {identity.borrower.public_id}") == ADULT


@pytest.mark.parametrize(
    ("name", "number", "codes"),
    [
        ("王晓雨", "110105194912310021", ("check",)),
        ("王", ADULT, ("name",)),
        ("王2", "1101", ("name", "length")),
        ("王晓雨", number_of(born="20080509"), ("too_young",)),  # eighteen tomorrow
    ],
)
def test_what_cannot_be_right_is_refused_before_anybody_is_asked(
    newcomer: User, settings: Any, name: str, number: str, codes: tuple[str, ...]
) -> None:
    with pytest.raises(Refused) as caught:
        give(newcomer, number, name)
    assert caught.value.codes == codes
    assert not IdentityCheck.objects.exists()
    assert not Borrower.objects.exists()


def test_age_is_counted_on_the_day_in_china(newcomer: User) -> None:
    with clock.at(NOON.replace(hour=16)):  # already 9 May there
        assert give(newcomer, number_of(born="20080509")).state == "verified"


def test_nobody_says_who_somebody_else_is(newcomer: User, stranger: Borrower) -> None:
    for other in (stranger.user, None):
        with pytest.raises(NotPermitted):
            give(newcomer, acting_user=other)
    assert not Identity.objects.exists()


def test_a_number_that_is_not_confirmed_is_forgotten(newcomer: User, settings: Any) -> None:
    settings.IDENTITY_CHECK = register(Disagrees)
    identity = give(newcomer)
    assert (identity.state, identity.verified_at) == ("mismatch", None)
    assert (identity.number_sealed, identity.number_hash, identity.number_masked) == ("", "", "")
    assert not IdentityCase.objects.exists()
    settings.IDENTITY_CHECK = register(Agrees)
    assert give(newcomer).state == "verified"
    assert list(IdentityCheck.objects.values_list("outcome", flat=True)) == ["verified", "mismatch"]


def test_a_confirmed_identity_is_not_given_again(newcomer: User) -> None:
    give(newcomer)
    with pytest.raises(Conflict):
        give(newcomer, OTHER_ADULT, "王大雨")
    assert Identity.objects.get().name == "王晓雨"


def test_the_database_itself_keeps_a_confirmed_identity(newcomer: User) -> None:
    rows = Identity.objects.filter(pk=give(newcomer).pk)
    for change in ({"name": "王大雨"}, {"number_masked": "440"}, {"state": "waiting", "verified_at": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.delete()
    assert rows.get().name == "王晓雨"


# Silence


@pytest.mark.parametrize("silent", [Silent, Broken])
def test_where_the_register_is_silent_one_waits(newcomer: User, settings: Any, silent: type) -> None:
    settings.IDENTITY_CHECK = register(silent)
    identity = give(newcomer)
    assert (identity.state, identity.verified_at) == ("waiting", None)
    assert identity.next_check_at == NOON + timedelta(minutes=5)


def test_an_error_of_the_register_leaves_no_number_in_the_log(
    newcomer: User, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.IDENTITY_CHECK = register(Broken)
    caplog.set_level("DEBUG")
    give(newcomer)
    assert "RuntimeError" in caplog.text
    assert ADULT not in caplog.text


def test_outside_the_demonstration_its_register_confirms_nobody(newcomer: User, settings: Any) -> None:
    settings.IDENTITY_CHECK = "accounts.identity_check.Demonstration"
    assert give(newcomer).state == "waiting"
    settings.DEMO = True
    with clock.at(NOON + timedelta(minutes=6)):
        assert services.recheck_identities().settled == 1
    assert Identity.objects.get().state == "verified"


@pytest.mark.parametrize(("sequence", "state"), [("001", "verified"), ("999", "mismatch"), ("998", "waiting")])
def test_the_demonstration_shows_each_outcome(newcomer: User, settings: Any, sequence: str, state: str) -> None:
    settings.DEMO, settings.IDENTITY_CHECK = True, "accounts.identity_check.Demonstration"
    assert give(newcomer, number_of(sequence=sequence)).state == state


def test_a_waiting_identity_is_asked_about_at_longer_and_longer_pauses(newcomer: User, settings: Any) -> None:
    settings.IDENTITY_CHECK = register(Silent)
    give(newcomer)
    at = NOON
    for minutes in (5, 10, 20, 40, 80, 160, 240, 240):
        with clock.at(at + timedelta(minutes=minutes, seconds=-1)):
            assert services.recheck_identities().waiting == 0
        at += timedelta(minutes=minutes)
        with clock.at(at):
            assert services.recheck_identities().waiting == 1
    settings.IDENTITY_CHECK = register(Agrees)
    with clock.at(at + timedelta(minutes=240)):
        assert services.recheck_identities().settled == 1
        assert services.recheck_identities().settled == 0
    identity = Identity.objects.get()
    assert (identity.state, identity.verified_at) == ("verified", at + timedelta(minutes=240))


def test_a_later_round_may_also_say_no(newcomer: User, settings: Any) -> None:
    settings.IDENTITY_CHECK = register(Silent)
    give(newcomer)
    settings.IDENTITY_CHECK = register(Disagrees)
    with clock.at(NOON + timedelta(minutes=5)):
        services.recheck_identities()
    identity = Identity.objects.get()
    assert (identity.state, identity.number_sealed) == ("mismatch", "")


def test_an_answer_about_an_older_number_is_not_taken_for_the_new_one(
    newcomer: User, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.IDENTITY_CHECK = register(Silent)
    give(newcomer)

    def meanwhile(self: Any, *, name: str, number: str) -> Outcome:
        if number == ADULT:
            monkeypatch.setattr(Silent, "check", lambda *_, **__: Outcome.UNAVAILABLE)
            give(newcomer, OTHER_ADULT)
        return Outcome.VERIFIED

    monkeypatch.setattr(Silent, "check", meanwhile)
    with clock.at(NOON + timedelta(minutes=5)):
        services.recheck_identities()
    identity = Identity.objects.get()
    assert (identity.state, identity.number_masked) == ("waiting", "440•••••••••••0014")


def test_a_waiting_number_occupies_nothing(newcomer: User, stranger: Borrower, settings: Any) -> None:
    settings.IDENTITY_CHECK = register(Silent)
    give(newcomer, name="陈一")
    settings.IDENTITY_CHECK = register(Agrees)
    assert give(stranger.user, name="陈一").state == "verified"
    with clock.at(NOON + timedelta(minutes=5)):
        services.recheck_identities()
    assert Identity.objects.get(borrower__user=newcomer).state == "mismatch"
    assert IdentityCase.objects.get().claimant.user == newcomer


# Somebody else's number


def test_a_number_of_another_account_looks_like_one_that_is_not_confirmed(newcomer: User, borrower: Borrower) -> None:
    holder = identified(borrower.user, "王晓雨").identity
    identity = give(newcomer)
    assert (identity.state, identity.number_sealed) == ("mismatch", "")
    case = IdentityCase.objects.get()
    assert (case.ground, case.claimant.user, case.holder, case.asked_at) == ("held", newcomer, holder, None)
    give(newcomer)
    assert IdentityCase.objects.count() == 1
    holder.refresh_from_db()
    assert holder.state == "verified"


def test_a_number_is_recognised_after_a_change_of_keys(newcomer: User, borrower: Borrower, settings: Any) -> None:
    identified(borrower.user, "王晓雨")
    settings.DATA_KEYS = ["a newer key " + "n" * 40, *settings.DATA_KEYS]
    assert give(newcomer).state == "mismatch"
    assert IdentityCase.objects.get().ground == "held"


def test_the_database_itself_lets_one_number_be_confirmed_once(newcomer: User, borrower: Borrower) -> None:
    held = identified(borrower.user, "王晓雨").identity
    other = give(newcomer, OTHER_ADULT)
    with pytest.raises(IntegrityError), transaction.atomic():
        Identity.objects.filter(pk=other.pk).update(number_hash=held.number_hash)


def test_two_at_the_same_instant_are_told_to_try_again(
    newcomer: User, borrower: Borrower, monkeypatch: pytest.MonkeyPatch
) -> None:
    identified(borrower.user, "王晓雨")
    monkeypatch.setattr(identifying, "_outcome", lambda *_: (IdentityCheck.Outcome.VERIFIED, None))
    with pytest.raises(Conflict):
        give(newcomer)
    assert not Identity.objects.filter(borrower__user=newcomer).exists()


def test_a_customer_s_number_under_another_name_is_for_a_person_to_look_at(borrower: Borrower) -> None:
    assert give(borrower.user, name="李四").state == "mismatch"
    assert IdentityCase.objects.get().ground == "other_name"
    borrower.refresh_from_db()
    assert borrower.name == "王晓雨"


def test_who_came_with_an_import_is_not_taken_over_by_knowing_their_number(newcomer: User, qinghe: Lender) -> None:
    imported = services.enrol_borrower(lender=qinghe, name="王晓雨", since=NOON.date(), acting_user=None)
    box = sealed_box()
    Identity.objects.create(
        borrower=imported,
        state="verified",
        name="王晓雨",
        number_sealed=box.seal(ADULT, f"identity {imported.public_id}"),
        number_hash=box.fingerprint(ADULT, identifying.NUMBER),
        verified_at=NOON,
    )
    assert give(newcomer).state == "mismatch"
    imported.refresh_from_db()
    assert imported.user is None
    assert IdentityCase.objects.get().holder == imported.identity


# What lenders see


def test_a_customer_s_lenders_find_it_in_their_chains_without_the_number(borrower: Borrower, jiangpan: Lender) -> None:
    services.enrol_borrower(lender=jiangpan, name="王晓雨", since=NOON.date(), user=borrower.user, acting_user=None)
    identified(borrower.user, "王晓雨")
    entries = AuditEntry.objects.filter(verb="identify")
    assert {entry.lender.code: entry.after for entry in entries} == {
        "qinghe": {"outcome": "verified"},
        "jiangpan": {"outcome": "verified"},
    }
    assert [audit.first_break(entry.lender) for entry in entries] == [None, None]


def test_a_customer_made_later_keeps_identity_and_gets_a_name_in_latin_letters(newcomer: User, qinghe: Lender) -> None:
    give(newcomer)
    borrower = services.enrol_borrower(
        lender=qinghe, name="王晓雨", name_latin="Wang Xiaoyu", since=NOON.date(), user=newcomer, acting_user=None
    )
    assert (borrower.identity.state, borrower.name_latin) == ("verified", "Wang Xiaoyu")
