"""Holds on a monthly bill: placed by a person with a reason, asked by everything that acts on it, ended by hand."""

from collections.abc import Callable, Sequence
from datetime import date, time
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts import audit
from accounts.errors import NotPermitted
from accounts.models import AuditEntry, Borrower, Lender, Notice
from loans.bill_facts import terms_of
from loans.bill_months import bill_month_facts
from loans.books import violations
from loans.errors import BillRefused, DateRefused, LimitRefused, WordsNeeded
from loans.models import Hold, Loan, RevolvingAccount, StageStep
from loans.overdue_errors import HoldRefused
from loans.selectors.bill_holds import bureau_holds
from loans.selectors.bill_reminders import unneeded_bills
from loans.services.bill_closing import close_account
from loans.services.bill_forewarning import tell_of_late_bills
from loans.services.bill_head import entries_of
from loans.services.bill_holding import end_placed_holds, place_holds
from loans.services.bill_instructing import instruct_bill_debits
from loans.services.bill_reminding import remind_bills
from loans.services.bill_staging import run_bill_stages
from loans.services.limiting import cut_limit
from tests.loans import monthly
from tests.loans.conftest import at_noon

pytestmark = pytest.mark.django_db
BILL_ON, HELD_ON, DUE_ON = date(2026, 6, 1), date(2026, 6, 2), date(2026, 6, 10)
EARLY_ON = date(2026, 6, 14)  # three days of grace are over
KINDS = ("contact", "bureau", "auto_debit", "limit")


@pytest.fixture
def account(borrower: Borrower, qinghe: Lender) -> RevolvingAccount:
    """1,000.00 bought in May, billed on 1 June: 100.00 at least by 10 June, three days of grace."""
    made = monthly.opened(monthly.limit_on(borrower, monthly.billed(qinghe, "grace_days=3", debit_times=["10:00"])))
    monthly.live(made, "2026-05-20 buy 100000")
    monthly.bill_up_to(made, BILL_ON)
    return made


@pytest.fixture
def place(account: RevolvingAccount, staff: SimpleNamespace) -> Callable[..., list[Hold]]:
    def hold(*kinds: str, on: date = HELD_ON, **more: Any) -> list[Hold]:
        given = {"words": "家属来电，借款人已去世。", "acting_user": staff.servicing} | more
        with at_noon(on):
            return place_holds(account=account, kinds=kinds, **given)

    return hold


# Whatever acts on a bill asks first: whether it acted.


def steps(account: RevolvingAccount) -> bool:
    with at_noon(EARLY_ON):
        run_bill_stages(lender=account.lender)
    return StageStep.objects.exists()


def telling(account: RevolvingAccount) -> bool:
    with at_noon(EARLY_ON):
        return tell_of_late_bills(lender=account.lender, on=EARLY_ON) == 1


def reporting(account: RevolvingAccount) -> bool:
    return june(account).days_past_due > 0


def reminding(account: RevolvingAccount) -> bool:
    with at_noon(DUE_ON):
        remind_bills(lender=account.lender)
    return Notice.objects.filter(event="bill_today").exists()


def telling_of_the_bill(account: RevolvingAccount) -> bool:
    with at_noon(HELD_ON):
        remind_bills(lender=account.lender)
    return Notice.objects.filter(event="bill_made").exists()


def debit(account: RevolvingAccount) -> bool:
    # Without a hold the next thing that is missing is the mandate.
    with at_noon(DUE_ON):
        counts = instruct_bill_debits(lender=account.lender, on=DUE_ON, at=time(10))
    assert counts["held"] + counts["no_mandate"] == 1
    return counts["held"] == 0


def cutting(account: RevolvingAccount) -> bool:
    cut = {"limit_minor": 1_000_000, "reason": "record", "words": "请看说明。", "acting_user": None}
    try:
        with at_noon(HELD_ON):
            cut_limit(limit=account.limit, **cut)
    except LimitRefused:
        return False
    return True


CONSUMERS: dict[Callable[[RevolvingAccount], bool], str] = {
    steps: "contact",
    reminding: "contact",
    telling_of_the_bill: "contact",
    telling: "bureau",
    reporting: "bureau",
    debit: "auto_debit",
    cutting: "limit",
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("act", CONSUMERS, ids=lambda act: act.__name__)
def test_each_asks_its_own_hold_and_no_other(
    account: RevolvingAccount, place: Callable[..., Any], act: Callable[[RevolvingAccount], bool], kind: str
) -> None:
    place(kind)
    assert act(account) is (kind != CONSUMERS[act])


def test_what_waits_to_be_sent_is_looked_at_again(account: RevolvingAccount, place: Callable[..., Any]) -> None:
    for day in (HELD_ON, DUE_ON):
        with at_noon(day):
            remind_bills(lender=account.lender)
    asking = list(Notice.objects.filter(event__in=["bill_made", "bill_today"]))
    assert len(asking) == 2
    with at_noon(DUE_ON):
        assert unneeded_bills(account.lender, asking) == set()
    place("contact", on=DUE_ON)
    with at_noon(DUE_ON):
        assert unneeded_bills(account.lender, asking) == {notice.pk for notice in asking}


def test_paying_leads_out_of_a_stage_under_any_hold(account: RevolvingAccount, place: Callable[..., Any]) -> None:
    assert steps(account)
    place(*KINDS, on=EARLY_ON)
    with at_noon(EARLY_ON):
        monthly.pay(account, 10_000, "the minimum")
    account.refresh_from_db()
    assert account.stage == "none"


# Months


def june(account: RevolvingAccount, month: int = 6) -> Any:
    """What is said of a month; June 2026 unless told otherwise."""
    first = date(2026, month, 1)
    return bill_month_facts(terms_of(account), entries_of(account), first, None, bureau_holds(account))


def test_under_a_hold_the_days_stay_those_of_its_beginning_and_count_on_after_it(
    account: RevolvingAccount, place: Callable[..., Any]
) -> None:
    """Due 10 June, held from 20 June to 5 August: 10 days in June and July; at the end of August 82."""
    place("bureau", on=date(2026, 6, 20), until_on=date(2026, 8, 5))
    assert [june(account, month).days_past_due for month in (6, 7, 8)] == [10, 10, 82]
    assert june(account).arrears_minor == 10_000


def test_held_days_use_up_no_grace(account: RevolvingAccount, place: Callable[..., Any]) -> None:
    """Three days of grace, held from the 12th to the 16th: two are left, the 17th and the 18th."""
    place("bureau", on=date(2026, 6, 12), until_on=date(2026, 6, 16))
    monthly.live(account, "2026-06-18 pay 10000")
    assert (june(account).paid_in_grace, june(account).paid_late) == (True, False)


def test_the_day_after_the_rest_of_grace_is_late(account: RevolvingAccount, place: Callable[..., Any]) -> None:
    place("bureau", on=date(2026, 6, 12), until_on=date(2026, 6, 16))
    monthly.live(account, "2026-06-19 pay 10000")
    assert (june(account).paid_in_grace, june(account).paid_late) == (False, True)


# Placing and ending


def test_what_is_placed_gets_one_reference_and_is_on_record(
    account: RevolvingAccount, place: Callable[..., list[Hold]], staff: SimpleNamespace, qinghe: Lender
) -> None:
    made = place("contact", "auto_debit", "contact", until_on=date(2026, 6, 20))
    assert [(one.kind, one.source, one.from_on, one.until_on) for one in made] == [
        ("contact", "HD-2026-000001", HELD_ON, date(2026, 6, 20)),
        ("auto_debit", "HD-2026-000001", HELD_ON, date(2026, 6, 20)),
    ]
    assert (made[0].debt, made[0].opened_by, made[0].loan) == (account, staff.servicing, None)
    entry = AuditEntry.objects.get(verb="open_holds", subject=account.number)
    assert (entry.actor, entry.after["kinds"]) == (staff.servicing, ["contact", "auto_debit"])
    assert place("contact")[0].source == "HD-2026-000002"
    assert audit.first_break(qinghe) is None
    with at_noon(HELD_ON):
        assert list(violations([qinghe])) == []


def test_it_ends_with_the_day_on_which_somebody_ends_it_and_is_never_lengthened(
    account: RevolvingAccount, place: Callable[..., list[Hold]], staff: SimpleNamespace
) -> None:
    source = place("contact")[0].source
    place("contact", "bureau", on=DUE_ON, until_on=DUE_ON)
    with at_noon(EARLY_ON):
        assert end_placed_holds(account=account, source="HD-2026-000002", acting_user=staff.servicing) == 0
        assert end_placed_holds(account=account, source=source, acting_user=staff.servicing) == 1
        assert end_placed_holds(account=account, source=source, acting_user=staff.servicing) == 0
        assert run_bill_stages(lender=account.lender) == {}, "the day itself stays held"
    assert [hold.until_on for hold in account.holds.order_by("pk")] == [EARLY_ON, DUE_ON, DUE_ON]
    with at_noon(date(2026, 6, 15)):
        assert run_bill_stages(lender=account.lender) == {"early": 1}
    assert AuditEntry.objects.filter(verb="end_holds", subject=account.number).count() == 1


@pytest.mark.parametrize("kinds", [(), ("penalty",), ("legal",), ("contact", "legal"), ("nonsense",)])
def test_only_what_acts_on_bills_can_stand_still(place: Callable[..., Any], kinds: Sequence[str]) -> None:
    with pytest.raises(HoldRefused):
        place(*kinds)
    assert not Hold.objects.exists()


def test_it_needs_a_reason_and_an_end_that_is_to_come(account: RevolvingAccount, place: Callable[..., Any]) -> None:
    for words in ("", "  ", "字" * 301):
        with pytest.raises(WordsNeeded):
            place("contact", words=words)
    with pytest.raises(DateRefused):
        place("contact", until_on=BILL_ON)
    monthly.live(account, "2026-06-02 pay 100000")
    with at_noon(HELD_ON):
        close_account(account=account, acting_user=account.borrower.user)
    with pytest.raises(BillRefused):
        place("contact")


@pytest.mark.parametrize("who", ["reviewer", "collections", "intake", "auditor", "other_reviewer"])
def test_servicing_staff_of_the_lender_alone_place_and_end(
    account: RevolvingAccount, place: Callable[..., Any], staff: SimpleNamespace, who: str
) -> None:
    source = place("contact")[0].source
    with pytest.raises(NotPermitted):
        place("contact", acting_user=getattr(staff, who))
    with pytest.raises(NotPermitted):
        end_placed_holds(account=account, source=source, acting_user=getattr(staff, who))
    with pytest.raises(NotPermitted):
        place("contact", acting_user=account.borrower.user)


# What the database holds


@pytest.mark.parametrize(
    "wrong",
    [
        {"loan": True},
        {"bill_account": None},
        {"words": ""},
        {"opened_by": None},
        {"kind": "penalty"},
        {"kind": "legal"},
        {"lender": True},
    ],
    ids=lambda wrong: "-".join(wrong),
)
def test_the_database_takes_no_other_hold(
    account: RevolvingAccount, loan: Loan, jiangpan: Lender, staff: SimpleNamespace, wrong: dict[str, Any]
) -> None:
    right: dict[str, Any] = {
        "lender": account.lender, "bill_account": account, "kind": "contact", "source": "HD-1", "words": "争议。",
        "from_on": HELD_ON, "opened_by": staff.servicing,
    }  # fmt: skip
    others = {"loan": loan, "lender": jiangpan}
    with pytest.raises(IntegrityError), transaction.atomic():
        Hold.objects.create(**right | {name: others[name] if value is True else value for name, value in wrong.items()})
    assert Hold.objects.create(**right).pk


def test_of_a_hold_only_its_last_day_is_written_later_and_it_is_kept(place: Callable[..., list[Hold]]) -> None:
    hold = Hold.objects.filter(pk=place("contact")[0].pk)
    for change in ({"words": "另一个原因。"}, {"kind": "bureau"}, {"from_on": BILL_ON}, {"source": "R-1"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            hold.update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        hold.delete()
    assert hold.update(until_on=DUE_ON) == 1
