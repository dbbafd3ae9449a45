"""Writing off: two people, what leaves the books, what is still owed, what comes in later, and the way back.

12,000.00 over twelve months at 1.2 % a month, nothing ever paid: on 1 September the instalments of
15 February to 15 August (seven) are late, five are to come. By the schedule of the worked example
(tests/golden) 7 x 1,079.71 = 7,557.97 are due; their interest is 144.00, 132.77, 121.41, 109.91,
98.27, 86.49 and 74.58, so 767.43, and their principal 6,790.54. Of the other 5,209.46 the interest from
15 August to 1 September is owed: 16 days of 30/360, 5,209.46 x 0.144 / 360 x 16 = 33.34.
"""

from datetime import date, time
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts import audit
from accounts.errors import NotPermitted
from accounts.models import AuditEntry, BankAccount, Borrower, Lender, Membership, Notice
from accounts.roles import Role
from loans import services
from loans.books import violations
from loans.errors import AlreadySettled, WordsNeeded, WrittenOff
from loans.ledger import post
from loans.models import Account, CreditLimit, Loan, PaymentOrder, WriteOff
from loans.overdue_errors import OwnProposal, ProposalDecided, ProposalOpen, WriteOffRefused
from loans.selectors.limit_use import use_of
from loans.selectors.standing import standing
from loans.services.reminding import remind
from loans.services.staging import run_stages, take_step, write_letter
from tests.conftest import NOON
from tests.loans.conftest import at_noon, product_of
from tests.loans.writing_off import (
    ALL_MINOR,
    INTEREST_MINOR,
    WORDS,
    WRITTEN_OFF_ON,
    balance,
    pay,
    supervisor,
    write_letters,
    write_off,
)

pytestmark = pytest.mark.django_db


# Two people


def test_one_proposes_and_another_approves(late: Loan, staff: SimpleNamespace) -> None:
    proposal = write_off(late, staff.collections, staff.supervisor)
    late.refresh_from_db()
    assert (late.state, late.written_off_on, late.principal_left_minor) == ("written_off", WRITTEN_OFF_ON, ALL_MINOR)
    assert (proposal.outcome, proposal.proposed_by, proposal.decided_by) == (
        "approved",
        staff.collections,
        staff.supervisor,
    )
    assert (proposal.days_past_due, proposal.stage) == (198, "pre_legal")
    assert (proposal.principal_minor, proposal.interest_minor, proposal.penalty_minor) == (
        ALL_MINOR,
        INTEREST_MINOR,
        0,
    )
    assert (balance(late, Account.PRINCIPAL), balance(late, Account.WRITE_OFFS)) == (0, ALL_MINOR)
    assert list(violations([late.lender])) == []
    assert audit.first_break(late.lender) is None
    verbs = AuditEntry.objects.filter(verb__endswith="write_off").order_by("number").values_list("verb", "actor")
    assert list(verbs) == [
        ("propose_write_off", staff.collections.pk),
        ("approve_write_off", staff.supervisor.pk),
    ]


@pytest.mark.parametrize("who", ["collections", "servicing", "reviewer", "auditor", "other_auditor"])
def test_who_may_not_write_off_does_not_approve(late: Loan, staff: SimpleNamespace, who: str) -> None:
    with at_noon(WRITTEN_OFF_ON):
        proposal = services.propose_write_off(loan=late, ground="late", words=WORDS, acting_user=staff.collections)
        with pytest.raises(NotPermitted):
            services.approve_proposal(proposal=proposal, acting_user=getattr(staff, who))
        with pytest.raises(NotPermitted):
            services.decline_proposal(proposal=proposal, words=WORDS, acting_user=getattr(staff, who))


@pytest.mark.parametrize("who", ["reviewer", "auditor", "other_auditor", "supervisor"])
def test_who_does_not_collect_proposes_nothing(late: Loan, staff: SimpleNamespace, who: str) -> None:
    with at_noon(WRITTEN_OFF_ON), pytest.raises(NotPermitted):
        services.propose_write_off(loan=late, ground="late", words=WORDS, acting_user=getattr(staff, who))


@pytest.fixture
def both_roles(late: Loan, staff: SimpleNamespace) -> Any:
    """Somebody who collects and is a supervisor too."""
    Membership.objects.create(user=staff.supervisor, lender=late.lender, role=Role.COLLECTIONS, handle="S-2")
    return staff.supervisor


def test_nobody_decides_on_a_proposal_of_their_own(late: Loan, both_roles: Any) -> None:
    with at_noon(WRITTEN_OFF_ON):
        proposal = services.propose_write_off(loan=late, ground="late", words=WORDS, acting_user=both_roles)
        with pytest.raises(OwnProposal):
            services.approve_proposal(proposal=proposal, acting_user=both_roles)
        with pytest.raises(OwnProposal):
            services.decline_proposal(proposal=proposal, words=WORDS, acting_user=both_roles)
    late.refresh_from_db()
    assert late.state == "active"


@pytest.mark.parametrize("outcome", ["approved", "declined"])
def test_the_database_knows_that_it_takes_two(late: Loan, staff: SimpleNamespace, outcome: str) -> None:
    with at_noon(WRITTEN_OFF_ON):
        services.propose_write_off(loan=late, ground="late", words=WORDS, acting_user=staff.collections)
    decision = {
        "outcome": outcome, "decided_by": staff.collections, "decided_on": WRITTEN_OFF_ON, "decided_at": NOON,
    }  # fmt: skip
    if outcome == "approved":
        entry = late.journal.earliest("pk")
        decision |= {"journal_entry": entry, "principal_minor": 1, "interest_minor": 0, "penalty_minor": 0}
    with pytest.raises(IntegrityError, match="loans_writeoff_two_people"), transaction.atomic():
        WriteOff.objects.update(**decision)


def test_the_database_lets_no_loan_be_written_off_without_a_decision(late: Loan) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Loan.objects.filter(pk=late.pk).update(state="written_off", written_off_on=WRITTEN_OFF_ON)


def test_a_decision_is_never_changed_nor_a_proposal_deleted(gone: Loan, staff: SimpleNamespace) -> None:
    for change in ({"decision_words": "other"}, {"outcome": "open"}, {"words": "other"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            WriteOff.objects.update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        WriteOff.objects.all().delete()


def test_a_loan_has_one_open_proposal(late: Loan, staff: SimpleNamespace) -> None:
    with at_noon(WRITTEN_OFF_ON):
        services.propose_write_off(loan=late, ground="late", words=WORDS, acting_user=staff.collections)
        with pytest.raises(ProposalOpen):
            services.propose_write_off(loan=late, ground="death", words=WORDS, acting_user=staff.servicing)
    assert WriteOff.objects.count() == 1


def test_a_second_decision_comes_too_late(gone: Loan, staff: SimpleNamespace) -> None:
    proposal = gone.write_offs.get()
    second = supervisor(gone.lender, "second")
    with at_noon(WRITTEN_OFF_ON):
        for decide in (services.approve_proposal, services.decline_proposal):
            with pytest.raises(ProposalDecided):
                decide(proposal=proposal, words=WORDS, acting_user=second)
        with pytest.raises(ProposalDecided):
            services.withdraw_proposal(proposal=proposal, acting_user=staff.collections)
        # the same person pressed the button twice
        assert services.approve_proposal(proposal=proposal, acting_user=staff.supervisor) == proposal
    assert gone.journal.filter(kind="write_off").count() == 1


def test_declined_the_loan_goes_on_and_may_be_proposed_again(late: Loan, staff: SimpleNamespace) -> None:
    with at_noon(WRITTEN_OFF_ON):
        proposal = services.propose_write_off(loan=late, ground="late", words=WORDS, acting_user=staff.collections)
        with pytest.raises(WordsNeeded):
            services.decline_proposal(proposal=proposal, words=" ", acting_user=staff.supervisor)
        declined = services.decline_proposal(proposal=proposal, words="先上门。", acting_user=staff.supervisor)
        services.propose_write_off(loan=late, ground="late", words=WORDS, acting_user=staff.collections)
    late.refresh_from_db()
    assert (declined.outcome, declined.decision_words, late.state) == ("declined", "先上门。", "active")
    assert not Notice.objects.filter(event="loan_written_off").exists()


def test_only_whoever_proposed_it_withdraws(late: Loan, staff: SimpleNamespace) -> None:
    with at_noon(WRITTEN_OFF_ON):
        proposal = services.propose_write_off(loan=late, ground="late", words=WORDS, acting_user=staff.collections)
        with pytest.raises(NotPermitted):
            services.withdraw_proposal(proposal=proposal, acting_user=staff.servicing)
        withdrawn = services.withdraw_proposal(proposal=proposal, acting_user=staff.collections)
    assert (withdrawn.outcome, withdrawn.decided_by) == ("withdrawn", staff.collections)


# What stands in the way


def test_179_days_are_too_few_and_180_enough(late: Loan, staff: SimpleNamespace) -> None:
    with at_noon(date(2026, 8, 13)), pytest.raises(WriteOffRefused) as refused:
        services.propose_write_off(loan=late, ground="late", words=WORDS, acting_user=staff.collections)
    assert refused.value.hindrances == ("not_so_late",)
    with at_noon(date(2026, 8, 14)):
        proposal = services.propose_write_off(loan=late, ground="late", words=WORDS, acting_user=staff.collections)
    assert proposal.days_past_due == 180


def test_without_the_letters_lateness_is_no_ground(loan: Loan, staff: SimpleNamespace) -> None:
    with at_noon(WRITTEN_OFF_ON), pytest.raises(WriteOffRefused) as refused:
        services.propose_write_off(loan=loan, ground="late", words=WORDS, acting_user=staff.collections)
    assert refused.value.hindrances == ("no_letter",)


def test_a_death_needs_no_lateness_and_no_letter(paid_three: Loan, staff: SimpleNamespace) -> None:
    write_off(paid_three, staff.collections, supervisor(paid_three.lender), ground="death")
    paid_three.refresh_from_db()
    assert paid_three.state == "written_off"
    assert list(violations([paid_three.lender])) == []


def test_while_relief_is_decided_nothing_is_written_off(late: Loan, staff: SimpleNamespace) -> None:
    with at_noon(WRITTEN_OFF_ON):
        proposal = services.propose_write_off(loan=late, ground="late", words=WORDS, acting_user=staff.collections)
        services.open_holds(
            loan=late, kinds=["contact"], source="R-2026-000001", from_on=WRITTEN_OFF_ON, acting_user=None
        )
        with pytest.raises(WriteOffRefused) as refused:
            services.approve_proposal(proposal=proposal, acting_user=staff.supervisor)
        assert refused.value.hindrances == ("held",)
    late.refresh_from_db()
    assert (late.state, late.write_offs.get().outcome) == ("active", "open")


def test_a_debit_under_way_is_waited_for(late: Loan, staff: SimpleNamespace) -> None:
    account = BankAccount.objects.create(
        borrower=late.borrower, bank_code="icbc", bank_name="ICBC", holder="王晓雨", last4="1234", position=1
    )
    PaymentOrder.objects.create(
        lender=late.lender, loan=late, direction="debit", bank_account=account, amount_minor=100,
        currency="CNY", key="o", gateway="callback", state="sent", ordered_on=WRITTEN_OFF_ON, sent_at=NOON,
    )  # fmt: skip
    with at_noon(WRITTEN_OFF_ON), pytest.raises(WriteOffRefused) as refused:
        services.propose_write_off(loan=late, ground="death", words=WORDS, acting_user=staff.collections)
    assert refused.value.hindrances == ("debit_under_way",)


def test_a_loan_that_was_paid_meanwhile_is_not_written_off(late: Loan, staff: SimpleNamespace) -> None:
    with at_noon(WRITTEN_OFF_ON):
        proposal = services.propose_write_off(loan=late, ground="late", words=WORDS, acting_user=staff.collections)
        services.settle_early(loan=late, key="all", acting_user=None)
        with pytest.raises(AlreadySettled):
            services.approve_proposal(proposal=proposal, acting_user=staff.supervisor)
        assert services.withdraw_proposal(proposal=proposal, acting_user=staff.collections).outcome == "withdrawn"


@pytest.mark.parametrize("words", ["", "  ", "x" * 301])
def test_nothing_is_proposed_without_words(late: Loan, staff: SimpleNamespace, words: str) -> None:
    with at_noon(WRITTEN_OFF_ON), pytest.raises(WordsNeeded):
        services.propose_write_off(loan=late, ground="late", words=words, acting_user=staff.collections)


# What is owed from then on


def test_what_is_to_come_is_due_at_once_and_nothing_is_added_to_it(gone: Loan) -> None:
    for day in (WRITTEN_OFF_ON, date(2027, 9, 1)):
        with at_noon(day):
            found = standing(gone, gone.lender.today())
        assert (found.principal_left_minor, found.left_minor) == (ALL_MINOR, ALL_MINOR + INTEREST_MINOR)
    last = found.rows[-1]
    assert (len(found.rows), last.due_on, last.principal_minor, last.interest_minor) == (
        8,
        WRITTEN_OFF_ON,
        520_946,
        3_334,
    )


def test_penalty_interest_ends_with_the_day(
    qinghe: Lender, borrower: Borrower, make_loan: Any, staff: SimpleNamespace
) -> None:
    dear = product_of(qinghe, code="dear", penalty_uplift=Decimal("0.5"))
    loan = services.disburse_loan(loan=make_loan(product=dear), acting_user=None)
    write_letters(loan, staff)
    with at_noon(WRITTEN_OFF_ON):
        before = standing(loan, WRITTEN_OFF_ON).penalty.owed_minor
    proposal = write_off(loan, staff.collections, supervisor(qinghe))
    loan.refresh_from_db()
    with at_noon(date(2027, 9, 1)):
        after = standing(loan, date(2027, 9, 1))
    assert before > 0
    assert (proposal.penalty_minor, after.penalty.owed_minor) == (before, before)
    with at_noon(date(2027, 9, 1)):
        pay(loan, after.left_minor, "all")
    loan.refresh_from_db()
    assert loan.state == "settled"
    assert list(violations([qinghe])) == []


def test_the_borrower_is_told_with_the_reason(gone: Loan) -> None:
    notice = Notice.objects.get(event="loan_written_off")
    assert notice.borrower == gone.borrower
    assert any(WORDS in block.get("text", "") for block in notice.blocks)
    assert gone.forewarnings.get(kind="bad_debt").told_on == WRITTEN_OFF_ON


def test_schedule_stages_and_debits_of_it_do_not_change_any_more(gone: Loan, staff: SimpleNamespace) -> None:
    with at_noon(date(2026, 9, 20)):
        for do in (
            lambda: services.settle_early(loan=gone, key="s", acting_user=None),
            lambda: services.repay_early(loan=gone, amount_minor=5, keep="count", key="r", acting_user=None),
            lambda: take_step(loan=gone, into="legal", words=WORDS, acting_user=staff.collections),
            lambda: write_letter(loan=gone, letter="suit", acting_user=staff.collections),
            lambda: services.propose_write_off(loan=gone, ground="late", words=WORDS, acting_user=staff.collections),
        ):
            with pytest.raises(WrittenOff):
                do()
        assert services.instruct_debits(lender=gone.lender, on=date(2026, 9, 20), at=time(8)) == {}
        assert run_stages(lender=gone.lender) == {}
        assert remind(lender=gone.lender) == {}


def test_a_limit_rests_as_long_as_something_written_off_is_owed(gone: Loan) -> None:
    limit = CreditLimit.objects.create(
        lender=gone.lender,
        borrower=gone.borrower,
        product=gone.product,
        product_code="cash",
        number="L-1",
        rate_annual=Decimal("0.144"),
        opened_on=date(2026, 1, 1),
    )
    with at_noon(date(2026, 9, 20)):
        assert use_of(limit, date(2026, 9, 20)).is_blocked


# The books are looked at with other eyes


def test_the_books_notice_a_loan_that_nobody_wrote_off(late: Loan, staff: SimpleNamespace) -> None:
    post(
        lender=late.lender, loan=late, kind="write_off", key="by-hand",
        lines={Account.WRITE_OFFS: 5, Account.PRINCIPAL: -5}, value_on=WRITTEN_OFF_ON,
    )  # fmt: skip
    found = {(each.check, each.detail) for each in violations([late.lender])}
    assert ("write_offs_are_booked", "written off less recovered is 5, owed 0") in found


def test_the_books_notice_what_is_left_of_a_written_off_loan(gone: Loan) -> None:
    post(
        lender=gone.lender, loan=gone, kind="write_off", key="by-hand",
        lines={Account.CASH: -5, Account.PRINCIPAL: 5}, value_on=WRITTEN_OFF_ON,
    )  # fmt: skip
    found = {(each.check, each.detail) for each in violations([gone.lender])}
    assert ("write_offs_are_booked", "the principal account has 5") in found
