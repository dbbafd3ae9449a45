"""Holds: one per source and kind, ended but never lengthened."""

from datetime import date
from types import SimpleNamespace

import pytest

from accounts.errors import NotPermitted
from accounts.models import AuditEntry, Borrower
from loans import services
from loans.models import Hold, Loan

FROM = date(2026, 5, 8)


def hold(loan: Loan, *kinds: str, source: str = "R-1", from_on: date = FROM, acting_user: object = None) -> list[Hold]:
    return services.open_holds(loan=loan, kinds=kinds, source=source, from_on=from_on, acting_user=acting_user)


def end(loan: Loan, until_on: date, source: str = "R-1", **changed: object) -> int:
    return services.end_holds(**({"loan": loan, "source": source, "until_on": until_on, "acting_user": None} | changed))


def test_a_hold_covers_its_first_day_and_stays_open(loan: Loan) -> None:
    made = hold(loan, "contact", "bureau")
    assert [(each.kind, each.from_on, each.until_on) for each in made] == [
        ("contact", FROM, None),
        ("bureau", FROM, None),
    ]
    assert Hold.objects.active(loan=loan, kind="contact", on=FROM)
    assert not Hold.objects.active(loan=loan, kind="contact", on=date(2026, 5, 7))
    assert not Hold.objects.active(loan=loan, kind="legal", on=FROM)


def test_a_source_holds_each_kind_once(loan: Loan) -> None:
    first = hold(loan, "contact")
    again = hold(loan, "contact", "legal", from_on=date(2026, 5, 9))
    assert again[0] == first[0]
    assert again[0].from_on == FROM
    assert Hold.objects.count() == 2
    hold(loan, "contact", source="R-2")
    assert Hold.objects.count() == 3


def test_only_what_changed_is_put_on_record(loan: Loan) -> None:
    hold(loan, "contact")
    hold(loan, "contact")
    end(loan, date(2026, 5, 20))
    end(loan, date(2026, 5, 20))
    written = AuditEntry.objects.filter(verb__endswith="_holds").order_by("number")
    assert [entry.verb for entry in written] == ["open_holds", "end_holds"]


def test_a_hold_is_shortened_but_never_lengthened(loan: Loan) -> None:
    hold(loan, "contact")
    assert end(loan, date(2026, 5, 20)) == 1
    assert end(loan, date(2026, 5, 25)) == 0
    assert Hold.objects.get().until_on == date(2026, 5, 20)
    assert end(loan, date(2026, 5, 15)) == 1
    assert Hold.objects.get().until_on == date(2026, 5, 15)


def test_the_day_on_which_it_began_stays_held(loan: Loan) -> None:
    hold(loan, "contact")
    assert end(loan, date(2026, 5, 1)) == 1
    assert Hold.objects.get().until_on == FROM


def test_only_the_named_source_and_kinds_end(loan: Loan) -> None:
    hold(loan, "contact", "legal")
    hold(loan, "contact", source="R-2")
    assert end(loan, date(2026, 5, 20), kinds=["legal"]) == 1
    assert list(Hold.objects.filter(until_on__isnull=True).order_by("source").values_list("source", "kind")) == [
        ("R-1", "contact"),
        ("R-2", "contact"),
    ]


def test_an_ended_source_does_not_begin_again(loan: Loan) -> None:
    hold(loan, "contact")
    end(loan, date(2026, 5, 10))
    assert hold(loan, "contact", from_on=date(2026, 6, 1))[0].until_on == date(2026, 5, 10)


def test_an_unknown_kind_is_refused(loan: Loan) -> None:
    with pytest.raises(ValueError, match="nap"):
        hold(loan, "nap")


def test_strangers_and_other_lenders_hold_nothing(
    loan: Loan, borrower: Borrower, stranger: Borrower, staff: SimpleNamespace
) -> None:
    for user in (stranger.user, staff.other_reviewer):
        with pytest.raises(NotPermitted):
            hold(loan, "contact", acting_user=user)
    for user in (borrower.user, staff.reviewer, staff.appeal_reviewer):
        assert hold(loan, "contact", source=user.email[:20], acting_user=user)
    with pytest.raises(NotPermitted):
        end(loan, FROM, acting_user=stranger.user)
