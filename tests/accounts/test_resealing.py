"""A new key is put before the old one, everything is sealed anew, the old one goes."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from accounts import services
from accounts.models import BankAccount, Borrower, Identity, IdentityCase
from accounts.sealed_box import SealBroken, sealed_box
from tests.conftest import person
from tests.known import ADULT, CARD, identified, with_account

pytestmark = pytest.mark.django_db
NEW = "a newer line of the setting " + "n" * 20


def test_after_resealing_the_old_key_is_needed_no_more(borrower: Borrower, settings: Any) -> None:
    borrower = identified(borrower.user, "王晓雨")
    account = with_account(borrower)
    old = list(settings.DATA_KEYS)
    settings.DATA_KEYS = [NEW, *old]
    assert services.reseal() == 2
    assert services.reseal() == 0
    settings.DATA_KEYS = [NEW]
    identity = Identity.objects.get()
    assert sealed_box().open(identity.number_sealed, identity.seal_of) == ADULT
    assert services.opened_account_number(BankAccount.objects.get(pk=account.pk)) == CARD
    identified(person("new@example.org", ""), "王晓雨")
    assert IdentityCase.objects.get().ground == "held", "still found by its fingerprint"
    settings.DATA_KEYS = old
    with pytest.raises(SealBroken):
        sealed_box().open(identity.number_sealed, identity.seal_of)


def test_what_holds_no_number_is_left_alone(borrower: Borrower, settings: Any) -> None:
    borrower = identified(borrower.user, "王晓雨")
    services.remove_bank_account(account=with_account(borrower, proved=False), acting_user=borrower.user)
    settings.DATA_KEYS = [NEW, *settings.DATA_KEYS]
    assert services.reseal() == 1


def test_without_its_key_nothing_is_lost_and_it_is_said(borrower: Borrower, settings: Any) -> None:
    sealed = identified(borrower.user, "王晓雨").identity.number_sealed
    settings.DATA_KEYS = [NEW]
    with pytest.raises(SealBroken):
        services.reseal()
    assert Identity.objects.get().number_sealed == sealed


def test_the_command_says_how_many(borrower: Borrower, settings: Any) -> None:
    identified(borrower.user, "王晓雨")
    settings.DATA_KEYS = [NEW, *settings.DATA_KEYS]
    said = StringIO()
    call_command("reseal", stdout=said)
    assert said.getvalue().splitlines()[-1] == "1 sealed anew"
