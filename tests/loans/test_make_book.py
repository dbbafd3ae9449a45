"""A made-up book is one that the services could have written, the same for the same seed."""

import io
import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from accounts import audit
from accounts.models import AuditEntry, BankAccount, Lender
from accounts.sealed_box import sealed_box
from accounts.services import enrol_borrower
from credit.models import Consent, MonthFact, Tradeline
from loans import services
from loans.books import violations
from loans.bulk import Sheet, ids_for
from loans.journal_hash import journal_hash
from loans.models import Hold, Instalment, JournalEntry, Loan, Payment, Posting, Product, ScheduleVersion
from loans.services.closing_day import close_days
from loans.services.making_book import make_book
from loans.services.staging import run_stages
from loans.synthetic.book import Batch, batches, households
from loans.synthetic.life import Life
from loans.synthetic.mix import Kind
from tests.conftest import TODAY
from tests.loans.conftest import at_noon

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def demonstration(settings: Any) -> None:
    settings.DEMO = True


def made(lender: Lender, loans: int = 60, seed: int = 1, **more: Any) -> Any:
    return make_book(lender=lender, loans=loans, seed=seed, on=TODAY, **more)


def run(**options: Any) -> str:
    out = io.StringIO()
    call_command("make_book", stdout=out, **options)
    return out.getvalue()


def lives(loans: int) -> list[Life]:
    return [life for one in households(seed=1, batch=Batch(1, loans), on=TODAY) for life in one.lives]


def test_a_made_book_passes_every_check(qinghe: Lender) -> None:
    report = made(qinghe, loans=300, with_months=True)
    assert list(violations([qinghe])) == []
    assert (report.loans, Loan.objects.count(), sum(report.kinds.values())) == (300, 300, 300)
    assert set(report.kinds) == {kind.value for kind in Kind}
    assert report.rows["loans_instalment"] == Instalment.objects.count()
    assert MonthFact.objects.filter(lender=qinghe).exists()


def test_the_audit_chain_says_what_was_made(qinghe: Lender) -> None:
    made(qinghe)
    (entry,) = AuditEntry.objects.filter(lender=qinghe, verb="make_book")
    assert (entry.subject, entry.after["loans"], entry.after["on"]) == ("B1-0000001", 60, "2026-05-08")
    assert audit.first_break(qinghe) is None


def test_the_same_seed_gives_the_same_journal_whoever_lends_and_on_either_engine(
    qinghe: Lender, jiangpan: Lender
) -> None:
    made(qinghe)
    made(jiangpan)
    assert journal_hash(qinghe) == journal_hash(jiangpan)
    # Not derived by hand: it stands here so that SQLite and PostgreSQL are held to one and the same book.
    assert journal_hash(qinghe)[:16] == "27e93c17bd1b49e0"


def test_another_seed_gives_another_journal(qinghe: Lender, jiangpan: Lender) -> None:
    made(qinghe)
    made(jiangpan, seed=2)
    assert journal_hash(qinghe) != journal_hash(jiangpan)


def test_batches_are_the_same_book_however_they_are_cut() -> None:
    whole = lives(200)
    cut = [
        life
        for batch in batches(seed=1, loans=200, size=7)
        for one in households(seed=1, batch=batch, on=TODAY)
        for life in one.lives
    ]
    assert cut == whole


@pytest.mark.once
def test_loans_fall_due_on_every_day_alike_and_one_in_thirty_five_is_overdue() -> None:
    found = lives(3_000)
    overdue = [one for one in found if one.oldest_unpaid_due_on and one.oldest_unpaid_due_on + 3 * DAY < TODAY]
    # 2.85 % of 3,000 are 85.5, give or take three standard deviations of 9.1.
    assert 58 <= len(overdue) <= 113
    assert max(sum(row.due_on < TODAY for row in one.rows) for one in overdue) > 4
    for ahead in range(1, 29, 9):
        due = sum(any(row.due_on == TODAY + ahead * DAY for row in one.rows) for one in found)
        # One in thirty of some 2,910 that are not settled is 97, give or take three times 9.7.
        assert 68 <= due <= 126


@pytest.mark.parametrize("kind", list(Kind))
def test_a_loan_of_the_book_is_as_the_services_write_it(kind: Kind, qinghe: Lender, jiangpan: Lender) -> None:
    """Its life is lived again at another lender, day by day, through the services."""
    made(qinghe, loans=200)
    place, life = next((place, one) for place, one in enumerate(lives(200)) if fits(one, kind))
    loan = Loan.objects.filter(lender=qinghe).order_by("number")[place]
    twin = lived_again(life, jiangpan, loan)
    assert facts_of(loan) == facts_of(twin)


def fits(life: Life, kind: Kind) -> bool:
    """One of a kind; of those overdue one that paid a part, with penalty interest in it."""
    parts = {line.component for payment in life.payments for line in payment.lines}
    return life.kind is kind and (kind is not Kind.OVERDUE or "penalty" in parts)


def lived_again(life: Life, lender: Lender, model: Loan) -> Loan:
    product = Product.objects.get(pk=model.product_id)
    product.pk, product.lender = None, lender
    product.save(force_insert=True)
    terms, relief = life.terms, life.relief
    with at_noon(terms.disbursed_on):
        borrower = enrol_borrower(lender=lender, name="王晓雨", since=terms.disbursed_on, acting_user=None)
        loan = services.open_loan(
            lender=lender,
            borrower=borrower,
            product=product,
            principal_minor=terms.principal_minor,
            instalment_count=terms.instalments,
            rate_annual=terms.rate_annual,
            disbursed_on=terms.disbursed_on,
            number=model.number,
            acting_user=None,
        )
        loan = services.disburse_loan(loan=loan, acting_user=None)
    for place, paid in enumerate(life.payments, start=1):
        if relief and relief.adopted_on <= paid.on and loan.current_version == 1:
            loan = relieved(loan, life)
        with at_noon(paid.on):
            services.record_payment(
                loan=loan,
                amount_minor=paid.amount_minor,
                key=f"book:{loan.number}:{place}",
                channel=paid.channel,
                acting_user=None,
            )
    if relief and loan.current_version == 1:
        relieved(loan, life)
    if life.kind is Kind.OVERDUE:
        run_stages(lender=lender)
    return Loan.objects.get(pk=loan.pk)


def relieved(loan: Loan, life: Life) -> Loan:
    relief = life.relief
    assert relief is not None
    reference = f"R-{loan.number}"
    with at_noon(relief.adopted_on):
        services.adopt_schedule(
            loan=loan,
            rows=relief.rows,
            source="relief",
            reference=reference,
            paused_on=relief.paused_on,
            remembered=relief.remembered,
            expected_version=1,
            acting_user=None,
        )
        source = f"{reference}/plan"
        services.open_holds(
            loan=loan, kinds=list(Hold.Kind), source=source, from_on=relief.adopted_on, acting_user=None
        )
        services.end_holds(loan=loan, source=source, until_on=relief.resume_on - DAY, acting_user=None)
    return Loan.objects.get(pk=loan.pk)


def facts_of(loan: Loan) -> dict[str, Any]:
    """Everything written about a loan, but for identifiers and instants."""
    entries = JournalEntry.objects.filter(loan=loan).order_by("key")
    own = {"id", "public_id", "lender_id", "borrower_id", "product_id", "version", "next_close_on", "next_month_on"}
    versions = ("number", "source", "source_reference", "adopted_on", "instalment_count", "paused_on", "remembered")
    return {
        "loan": {name: value for name, value in Loan.objects.filter(pk=loan.pk).values()[0].items() if name not in own},
        "versions": list(loan.schedules.order_by("number").values(*versions, "principal_minor", "hash")),
        "entries": [
            (
                *(entry.kind, entry.key, entry.posted_on, entry.value_on, entry.currency),
                sorted(entry.postings.values_list("account", "amount_minor")),
            )
            for entry in entries
        ],
        "payments": list(
            loan.payments.order_by("key").values("key", "amount_minor", "unapplied_minor", "value_on", "channel")
        ),
        "allocations": sorted(
            loan.allocations.values_list("payment__key", "instalment_number", "component", "amount_minor")
        ),
        "instalments": list(
            Instalment.objects.filter(version__loan=loan)
            .order_by("version__number", "number")
            .values_list("number", "opens_on", "due_on", "principal_minor", "interest_minor", "relief_interest_minor")
        ),
        "holds": sorted(loan.holds.values_list("kind", "source", "from_on", "until_on")),
        "steps": list(loan.stage_steps.order_by("pk").values_list("from_stage", "to_stage", "reason")),
        "tradeline": list(
            Tradeline.objects.filter(lender=loan.lender, reference=loan.number).values_list(
                "opened_on", "closed_on", "original_minor", "currency", "portfolio", "instalments"
            )
        ),
    }


def test_months_are_those_that_the_run_of_the_months_would_furnish(qinghe: Lender) -> None:
    """None is missing but those that tell against somebody, and judged anew none comes out otherwise."""
    made(qinghe, loans=12, with_months=True)
    before = list(MonthFact.objects.order_by("pk").values())
    for loan in Loan.objects.filter(lender=qinghe):
        services.furnish_months(loan=loan, through=date(2026, 4, 1), acting_user=None)
    for fact in MonthFact.objects.select_related("tradeline"):
        loan = Loan.objects.get(lender=qinghe, number=fact.tradeline.reference)
        services.correct_month(loan=loan, month=fact.month, reason="judged anew", acting_user=None)
    assert len(before) > 60
    assert list(MonthFact.objects.order_by("pk").values()) == before


def test_most_have_an_account_to_collect_from_and_said_yes(qinghe: Lender) -> None:
    made(qinghe, loans=60)
    borrowers = Loan.objects.values("borrower").distinct().count()
    accounts = BankAccount.objects.exclude(verified_at=None)
    assert borrowers * 3 // 4 < accounts.count() < borrowers
    assert Consent.objects.filter(purpose="debit").count() == accounts.count()
    account = accounts.earliest("pk")
    assert sealed_box().open(account.number_sealed, account.seal_of).endswith(account.last4)


def test_a_lender_with_loans_is_left_alone_unless_told_to_add(qinghe: Lender) -> None:
    run(loans=5, lender="qinghe", as_of=TODAY)
    with pytest.raises(CommandError, match="--add"):
        run(loans=5, lender="qinghe", as_of=TODAY)
    run(loans=5, lender="qinghe", as_of=TODAY, add=True)
    assert Loan.objects.filter(lender=qinghe).count() == 10
    assert list(violations([qinghe])) == []


def test_a_made_book_can_be_closed(qinghe: Lender) -> None:
    """The first close finds what happens on its day; the books are whole before and after."""
    made(qinghe, loans=150)
    with at_noon(TODAY + DAY):
        (day,) = close_days(lender=qinghe, through=TODAY)
        assert (day.set_aside, list(violations([qinghe]))) == (0, [])
    assert 0 < day.counts["loans"]["looked_at"] < 30
    assert day.counts["loans"]["accrued"] <= day.counts["loans"]["looked_at"]


def test_nothing_is_added_to_days_that_are_closed(qinghe: Lender) -> None:
    qinghe.closed_through = TODAY - DAY
    qinghe.save()
    with pytest.raises(CommandError, match="closed days"):
        run(loans=5, lender="qinghe", as_of=TODAY)


def test_no_book_is_made_without_the_demonstration(settings: Any, db: None) -> None:
    settings.DEMO = False
    with pytest.raises(CommandError, match="LEEWAY_DEMO"):
        run(loans=5)
    assert not Lender.objects.exists()


def test_no_book_is_made_of_days_to_come(qinghe: Lender) -> None:
    with pytest.raises(CommandError, match="day to come"):
        run(loans=5, lender="qinghe", as_of=TODAY + DAY)
    assert not Loan.objects.exists()


@pytest.mark.sqlite
def test_sqlite_has_one_writer(db: None) -> None:
    with pytest.raises(CommandError, match="PostgreSQL"):
        run(loans=5, workers=2)


def test_the_command_says_what_it_made(db: None) -> None:
    report = json.loads(run(loans=5, as_of=TODAY, json=True))
    assert (report["loans"], report["rows"]["loans_loan"]) == (5, 5)
    assert Lender.objects.get().code == "book"
    assert "Made 5 loans for other in" in run(loans=5, lender="other", as_of=TODAY)


def test_rows_in_bulk_pass_the_guards_as_any_other(qinghe: Lender) -> None:
    made(qinghe, loans=3)
    entry = JournalEntry.objects.earliest("pk")
    sheet = Sheet(Posting, "entry_id", "lender_id", "account", "amount_minor")
    sheet.add(entry.pk, qinghe.pk, "suspense", 100)
    with pytest.raises(IntegrityError, match="sealed"), transaction.atomic():
        sheet.write()


def test_columns_that_are_not_named_have_their_default(qinghe: Lender) -> None:
    made(qinghe, loans=3)
    assert set(Payment.objects.values_list("unapplied_minor", "recorded_by")) == {(0, None)}
    assert set(ScheduleVersion.objects.values_list("adopted_by", flat=True)) == {None}


def test_keys_made_before_the_rows_are_given_to_nobody_else(qinghe: Lender) -> None:
    first = ids_for(Lender, 3)
    assert len(set(first)) == 3
    later = Lender.objects.create(code="later", name_zh_hans="后", name_zh_hant="後", name_en="Later")
    if connection.vendor == "postgresql":
        assert later.pk > max(first)
