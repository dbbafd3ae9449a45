"""Leaving a lender: what is in the way, the days to think again, what ends, and coming back."""

from collections.abc import Callable
from datetime import date
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction

from accounts.chain import digest
from accounts.errors import Conflict, NotPermitted
from accounts.models import AuditEntry, BankAccount, Borrower, Lender, LenderRelation
from config import clock
from credit.selectors import live_consents
from loans import services
from loans.errors import ConsentMissing, LimitRefused, NotACustomer
from loans.gateways.interface import Outcome, Report
from loans.leaving_errors import LeavingBlocked, NotLeaving, TextDiffers
from loans.ledger import post
from loans.models import (
    Account,
    CreditLimit,
    Hold,
    JournalEntry,
    LimitChange,
    Loan,
    LoanApplication,
    PaymentOrder,
    Product,
    ServiceClosure,
)
from loans.selectors.leaving import blockers, closing_page, relation_of
from loans.services import leaving
from loans.services.applying import apply_for_limit
from loans.services.limiting import reserve
from tests.conftest import TODAY
from tests.credit.consents import give
from tests.loans.applicants import agree, make_known, offered
from tests.loans.conftest import at_noon
from tests.loans.gateways.conftest import account_of, sent

UNTIL = date(2026, 5, 15)  # seven days after 8 May
AFTER = date(2026, 5, 16)


@pytest.fixture
def relation(borrower: Borrower, qinghe: Lender) -> LenderRelation:
    return borrower.relations.get(lender=qinghe)


@pytest.fixture
def limit(borrower: Borrower, product: Product) -> CreditLimit:
    """20,000.00 to draw, nothing drawn."""
    made = CreditLimit.objects.create(
        lender=product.lender, borrower=borrower, product=product, product_code=product.code, number="LM-1",
        rate_annual=product.rate_annual, opened_on=date(2026, 2, 1),
    )  # fmt: skip
    LimitChange.objects.create(
        limit=made, lender=product.lender, number=1, kind="opened", old_minor=0, new_minor=2_000_000,
        reason="application", announced_at=clock.now(), announced_on=date(2026, 2, 1), effective_on=date(2026, 2, 1),
    )  # fmt: skip
    return made


def ask(relation: LenderRelation, **changed: Any) -> ServiceClosure:
    stated = {"text": "It ends.", "shown_sha256": digest("It ends."), "language": "en"}
    return leaving.ask_to_close(**{"relation": relation, "acting_user": relation.borrower.user, **stated, **changed})


def finish(relation: LenderRelation) -> ServiceClosure:
    with at_noon(AFTER):
        return leaving.finish_closing(relation=relation)


def kinds(borrower: Borrower, lender: Lender, on: date = TODAY) -> list[str]:
    return [one.kind for one in blockers(borrower, lender, on)]


def test_asking_begins_seven_days_to_think_again(relation: LenderRelation) -> None:
    asked = ask(relation)
    relation.refresh_from_db()
    assert (relation.state, relation.closing_on) == ("closing", UNTIL)
    assert (asked.number, asked.undo_until_on, asked.text) == ("CL-2026-000001", UNTIL, "It ends.")
    assert asked.text_sha256 == digest("It ends.")


def test_only_the_person_asks_and_takes_back(
    relation: LenderRelation, stranger: Borrower, staff: SimpleNamespace
) -> None:
    for user in (stranger.user, staff.servicing):
        with pytest.raises(NotPermitted):
            ask(relation, acting_user=user)
    ask(relation)
    for user in (stranger.user, staff.servicing):
        with pytest.raises(NotPermitted):
            leaving.undo_closing(relation=relation, acting_user=user)


def test_what_was_read_must_be_what_is_kept(relation: LenderRelation) -> None:
    with pytest.raises(TextDiffers):
        ask(relation, shown_sha256="0" * 64)
    assert not ServiceClosure.objects.exists()


def test_asking_twice_is_a_conflict(relation: LenderRelation) -> None:
    ask(relation)
    with pytest.raises(Conflict):
        ask(relation)
    assert ServiceClosure.objects.count() == 1


def test_it_can_be_taken_back_to_the_end_of_the_last_day(relation: LenderRelation) -> None:
    ask(relation)
    with at_noon(UNTIL):
        leaving.undo_closing(relation=relation, acting_user=relation.borrower.user)
    relation.refresh_from_db()
    assert (relation.state, relation.closing_on) == ("active", None)
    with pytest.raises(NotLeaving):
        leaving.undo_closing(relation=relation, acting_user=relation.borrower.user)


def test_after_the_last_day_it_can_not(relation: LenderRelation) -> None:
    ask(relation)
    with at_noon(AFTER), pytest.raises(NotLeaving):
        leaving.undo_closing(relation=relation, acting_user=relation.borrower.user)


def test_it_is_closed_only_when_the_days_are_over(relation: LenderRelation, staff: SimpleNamespace) -> None:
    with pytest.raises(NotLeaving):
        finish(relation)
    ask(relation)
    with at_noon(UNTIL), pytest.raises(NotLeaving):
        leaving.finish_closing(relation=relation)
    with at_noon(AFTER), pytest.raises(NotPermitted):
        leaving.finish_closing(relation=relation, acting_user=staff.servicing)
    assert finish(relation).kind == "closed"
    with pytest.raises(NotLeaving):
        finish(relation)


def test_closing_ends_limits_and_consents_at_this_lender_only(
    relation: LenderRelation, limit: CreditLimit, borrower: Borrower, qinghe: Lender, jiangpan: Lender
) -> None:
    for purpose in ("query", "reporting", "debit", "marketing"):
        give(borrower, qinghe, purpose)
    give(borrower, qinghe, "query", language="en")
    kept = give(borrower, jiangpan, "query")
    ask(relation)
    assert len(live_consents(borrower, qinghe, TODAY)) == 4
    finish(relation)
    limit.refresh_from_db()
    relation.refresh_from_db()
    assert (relation.state, limit.state, limit.closed_on) == ("closed", "closed", AFTER)
    assert live_consents(borrower, qinghe, AFTER) == {}
    assert list(live_consents(borrower, jiangpan, AFTER).values()) == [kept]


def test_while_it_is_closing_nothing_is_drawn(relation: LenderRelation, limit: CreditLimit) -> None:
    draw = {"limit": limit, "amount_minor": 100_000, "acting_user": None}
    ask(relation)
    with pytest.raises(LimitRefused) as refused:
        reserve(**draw, reference="D-1")
    assert refused.value.reason == "leaving"
    leaving.undo_closing(relation=relation, acting_user=relation.borrower.user)
    assert reserve(**draw, reference="D-1").amount_minor == 100_000


def test_what_was_opened_meanwhile_keeps_it_open(
    relation: LenderRelation, make_loan: Callable[..., Loan], limit: CreditLimit
) -> None:
    ask(relation)
    make_loan()
    assert (done := finish(relation)).kind == "undone"
    assert done.reason == "blocked"
    relation.refresh_from_db()
    limit.refresh_from_db()
    assert (relation.state, limit.state) == ("active", "active")


def test_a_new_application_keeps_or_opens_it(relation: LenderRelation) -> None:
    again = {"relation": relation, "application": "A-2026-000001", "acting_user": relation.borrower.user}
    assert leaving.reopen(**again) is None
    ask(relation)
    step = leaving.reopen(**again)
    assert step is not None
    assert (step.kind, step.reason, step.reference) == ("undone", "application", "A-2026-000001")
    ask(relation)
    finish(relation)
    step = leaving.reopen(**again)
    assert step is not None
    assert (step.kind, step.number) == ("reopened", "CL-2026-000002")
    relation.refresh_from_db()
    assert relation.state == "active"


def test_applying_opens_what_was_closed(relation: LenderRelation, borrower: Borrower, qinghe: Lender) -> None:
    """The consents were taken back when it closed, so they are asked for anew."""
    make_known(borrower)
    agree(borrower, qinghe)
    ask(relation)
    finish(relation)
    wish = {
        "borrower": borrower, "product": offered(qinghe), "acting_user": borrower.user, "wished_minor": 500_000,
        "use": "daily", "income_minor": 800_000, "other_monthly_minor": 0, "key": uuid4(), "language": "zh-hans",
    }  # fmt: skip
    with at_noon(AFTER):
        with pytest.raises(ConsentMissing):
            apply_for_limit(**wish)
        relation.refresh_from_db()
        assert relation.state == "closed"
        agree(borrower, qinghe)
        application = apply_for_limit(**wish)
    relation.refresh_from_db()
    assert relation.state == "active"
    assert ServiceClosure.objects.latest("pk").reference == application.number


def test_a_closed_relation_gets_no_loan_without_applying(
    relation: LenderRelation, make_loan: Callable[..., Loan]
) -> None:
    ask(relation)
    finish(relation)
    with pytest.raises(NotACustomer):
        make_loan()
    leaving.reopen(relation=relation, application="A-2026-000001", acting_user=None)
    assert make_loan().state == "pending"


def test_an_open_loan_is_in_the_way_until_it_is_settled(
    relation: LenderRelation, paid_three: Loan, borrower: Borrower, qinghe: Lender
) -> None:
    (one,) = blockers(borrower, qinghe, TODAY)
    assert (one.kind, one.name, one.amount_minor) == ("loan", paid_three.number, 915_905)
    with pytest.raises(LeavingBlocked) as refused:
        ask(relation)
    assert refused.value.blockers == (one,)
    services.settle_early(loan=paid_three, key="end", acting_user=None)
    assert kinds(borrower, qinghe) == []
    assert ask(relation).kind == "asked"


def test_a_loan_that_waits_for_its_money_is_open(pending: Loan, borrower: Borrower, qinghe: Lender) -> None:
    assert kinds(borrower, qinghe) == ["loan"]


def test_a_loan_at_another_lender_is_not_in_the_way(
    paid_three: Loan, borrower: Borrower, stranger: Borrower, qinghe: Lender, jiangpan: Lender
) -> None:
    assert kinds(borrower, jiangpan) == []
    assert kinds(stranger, qinghe) == []


def test_money_owed_back_is_in_the_way(paid_three: Loan, borrower: Borrower, qinghe: Lender) -> None:
    """As a payment that came twice leaves it in the books: 756.69 that belong to the borrower."""
    services.settle_early(loan=paid_three, key="end", acting_user=None)
    assert kinds(borrower, qinghe) == []
    post(
        lender=qinghe, loan=paid_three, kind=JournalEntry.Kind.PAYMENT, key="twice", value_on=TODAY,
        lines={Account.CASH: 75_669, Account.BORROWER_CREDIT: -75_669},
    )  # fmt: skip
    (one,) = blockers(borrower, qinghe, TODAY)
    assert (one.kind, one.amount_minor) == ("owed_back", 75_669)
    post(
        lender=qinghe, loan=paid_three, kind=JournalEntry.Kind.REFUND, key="back", value_on=TODAY,
        lines={Account.CASH: -75_669, Account.BORROWER_CREDIT: 75_669},
    )  # fmt: skip
    assert kinds(borrower, qinghe) == []


@pytest.mark.parametrize(("direction", "kind"), [("refund", "refund"), ("debit", "order"), ("payout", "order")])
def test_money_under_way_is_in_the_way(
    paid_three: Loan, borrower: Borrower, qinghe: Lender, direction: str, kind: str
) -> None:
    services.settle_early(loan=paid_three, key="end", acting_user=None)
    account = BankAccount.objects.create(
        borrower=borrower, bank_code="icbc", bank_name="ICBC", holder=borrower.name, last4="1234", position=1,
    )  # fmt: skip
    order = PaymentOrder.objects.create(
        lender=qinghe, loan=paid_three, direction=direction, bank_account=account, amount_minor=100, currency="CNY",
        key="k", gateway="g", ordered_on=TODAY,
    )  # fmt: skip
    assert kinds(borrower, qinghe) == [kind]
    PaymentOrder.objects.filter(pk=order.pk).update(state="failed", ended_at=clock.now())
    assert kinds(borrower, qinghe) == []


def test_a_report_that_a_person_must_look_at_is_in_the_way(
    paid_three: Loan, borrower: Borrower, qinghe: Lender, staff: SimpleNamespace
) -> None:
    """The bank said no, then that the money came: until somebody has looked it may belong to the borrower."""
    services.settle_early(loan=paid_three, key="end", acting_user=None)
    made = PaymentOrder.objects.create(
        lender=qinghe, loan=paid_three, direction="debit", bank_account=account_of(borrower), amount_minor=100,
        currency="CNY", key="k", gateway="callback", ordered_on=TODAY,
    )  # fmt: skip
    sent(made)
    for name, outcome in (("no", Outcome.FAILED), ("yes", Outcome.SUCCEEDED)):
        report = Report(key=made.key, outcome=outcome, amount_minor=100, currency="CNY")
        services.take_report(lender=qinghe, gateway="callback", event_id=name, report=report)
    (one,) = blockers(borrower, qinghe, TODAY)
    assert (one.kind, one.name, one.amount_minor) == ("in_review", paid_three.number, 100)
    event = made.events.get(event_id="yes")
    services.review_event(event=event, words="It did not come.", acting_user=staff.servicing)
    assert kinds(borrower, qinghe) == []


def test_relief_shows_by_the_holds_it_opened(paid_three: Loan, borrower: Borrower, qinghe: Lender) -> None:
    services.open_holds(
        loan=paid_three, kinds=["contact", "penalty"], source="R-2026-000007", from_on=TODAY, acting_user=None
    )
    assert [(one.kind, one.name) for one in blockers(borrower, qinghe, TODAY)] == [
        ("loan", paid_three.number), ("relief", "R-2026-000007"),
    ]  # fmt: skip
    services.settle_early(loan=paid_three, key="end", acting_user=None)
    assert kinds(borrower, qinghe) == ["relief"]
    services.end_holds(loan=paid_three, source="R-2026-000007", until_on=date(2026, 5, 22), acting_user=None)
    assert Hold.objects.on(TODAY).count() == 2
    assert kinds(borrower, qinghe) == []


def test_an_application_and_a_begun_draw_down_are_in_the_way(
    limit: CreditLimit, borrower: Borrower, qinghe: Lender, product: Product
) -> None:
    reserve(limit=limit, amount_minor=100_000, reference="D-1", acting_user=None)
    LoanApplication.objects.create(
        lender=qinghe, borrower=borrower, product=product, product_code=product.code, number="A-2026-000001",
        key=uuid4(), origin="new", wished_minor=500_000, use="daily", income_minor=800_000, other_monthly_minor=0,
        language="zh-hans", submitted_at=clock.now(), submitted_on=TODAY,
    )  # fmt: skip
    assert kinds(borrower, qinghe) == ["application", "draw_down"]


def test_what_is_in_the_way_takes_the_same_queries_however_much_there_is(
    make_loan: Callable[..., Loan], borrower: Borrower, django_assert_num_queries: Any
) -> None:
    make_loan()
    relation = relation_of(borrower.user, "qinghe")
    assert relation is not None
    with django_assert_num_queries(15):
        closing_page(relation, TODAY)
    for _ in range(3):
        services.open_holds(
            loan=make_loan(), kinds=["contact"], source="R-2026-000001", from_on=TODAY, acting_user=None
        )
    with django_assert_num_queries(15):
        closing_page(relation, TODAY)


def test_the_database_moves_a_relation_only_along_its_arrows(relation: LenderRelation) -> None:
    rows = LenderRelation.objects.filter(pk=relation.pk)
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(state="closed")
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(state="closing")
    rows.update(state="closing", closing_on=UNTIL)
    rows.update(state="closed", closing_on=None)
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(state="closing", closing_on=UNTIL)


def test_a_step_is_never_changed_nor_of_another_lender(relation: LenderRelation, jiangpan: Lender) -> None:
    asked = ask(relation)
    with pytest.raises(DatabaseError), transaction.atomic():
        ServiceClosure.objects.filter(pk=asked.pk).update(text="Nothing ends.")
    with pytest.raises(DatabaseError), transaction.atomic():
        ServiceClosure.objects.create(
            lender=jiangpan, borrower=relation.borrower, relation=relation, number="CL-9", kind="undone",
            reason="borrower", done_on=TODAY,
        )  # fmt: skip


def test_every_step_stands_in_the_audit_chain(relation: LenderRelation) -> None:
    ask(relation)
    leaving.undo_closing(relation=relation, acting_user=relation.borrower.user)
    rows = AuditEntry.objects.filter(verb="close_service").order_by("number")
    assert [row.after["step"] for row in rows] == ["asked", "undone"]
    assert rows[0].after["sha256"] == digest("It ends.")


def test_the_command_closes_what_is_due_and_says_how_many(
    relation: LenderRelation, stranger: Borrower, jiangpan: Lender, capsys: pytest.CaptureFixture[str]
) -> None:
    ask(relation)
    with at_noon(UNTIL):
        call_command("close_services", "--json")
        assert capsys.readouterr().out.strip() == (
            '{"jiangpan": {"closed": 0, "undone": 0}, "qinghe": {"closed": 0, "undone": 0}}'
        )
    with at_noon(AFTER):
        call_command("close_services", "--lender", "qinghe")
        assert capsys.readouterr().out == "qinghe: 1 closed, 0 kept because something was open.\n"
        call_command("close_services", "--lender", "qinghe")
        assert capsys.readouterr().out.startswith("qinghe: 0 closed")
    with pytest.raises(CommandError):
        call_command("close_services", "--lender", "nobody")
