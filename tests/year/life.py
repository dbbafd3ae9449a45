"""Some hundred days of several lenders, lived through the services, by one seed.

Every day people pay, too little, too much or early; ask for relief and get it; payments bounce
or become known late; a gateway at its worst collects; and after midnight the day is closed.
Whatever chance decides comes from one `random.Random`, so a seed is a story.
"""

import json
import random
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from accounts import services as accounts
from accounts.errors import LeewayError
from accounts.models import Borrower, Lender, User
from accounts.roles import Role
from config import clock
from deferrals import reasons
from deferrals import services as relief
from deferrals.agreement import STATEMENTS
from deferrals.casework import case_of
from deferrals.models.request import AutoDebitChoice, Ground
from deferrals.services.accepting import Signature
from loans import services
from loans.gateways.sandbox import WORST, Sandbox, message
from loans.models import GatewayEvent, Loan, Payment, PaymentCorrection
from loans.selectors.standing import standing
from loans.selectors.what_now import what_now
from loans.services.closing_day import close_days
from tests.conftest import lender as new_lender
from tests.conftest import person
from tests.credit.consents import give
from tests.loans.conftest import product_of
from tests.loans.gateways.conftest import account_of

BEGAN = date(2026, 1, 1)
KINDS = ("consumer_finance", "commercial_bank", "micro_lender")
A_DAY = timedelta(days=1)
# What a day has for a loan, in thousandths.
CHANCES = {"pay_part": 12, "pay_late": 60, "pay_more": 4, "bounce": 4, "known_late": 3, "relief": 6, "settle": 1}


class Place:
    """One lender with its staff, its loans and its gateway."""

    def __init__(self, number: int, seed: int, loans: int) -> None:
        code = f"lender-{number}"
        self.lender = new_lender(code, f"第{number}家", f"第{number}家", f"Lender {number}", KINDS[number % len(KINDS)])
        self.reviewer = self._post("reviewer", Role.REVIEWER)
        self.clerk = self._post("servicing", Role.SERVICING)
        relief.publish_policy(lender=self.lender, code="P-1", terms={}, effective_from=BEGAN, acting_user=None)
        self.product = product_of(
            self.lender, profile={"base": "consumer-cn"}, penalty_uplift=Decimal("0.5"), allow_partial_debit=True
        )
        self.dice = random.Random(f"{seed}/{number}")  # a fixed story, not a secret
        self.sandbox = Sandbox(seed * 10 + number, WORST, today=self.lender.today)
        self.borrowers = [self._borrower(each) for each in range(loans)]
        self.loans: list[Loan] = []

    def _post(self, name: str, role: Role) -> User:
        user = person(f"{name}@{self.lender_code}.example.org", name)
        accounts.appoint(user=user, lender=self.lender, role=role, handle=name[:8], acting_user=None)
        return user

    @property
    def lender_code(self) -> str:
        return str(self.lender.code)

    def _borrower(self, number: int) -> Borrower:
        user = person(f"b{number}@{self.lender_code}.example.org", f"客户{number}")
        borrower = accounts.enrol_borrower(
            lender=self.lender, name=f"客户{number}", since=BEGAN, user=user, acting_user=None
        )
        give(borrower, self.lender, "reporting")
        if number % 5:
            give(borrower, self.lender, "debit")
            account_of(borrower)
        return borrower

    def lend(self, borrower: Borrower) -> None:
        """A loan that begins today."""
        today = self.lender.today()
        loan = services.open_loan(
            lender=self.lender, borrower=borrower, product=self.product,
            principal_minor=self.dice.randrange(100_000, 5_000_000, 10_000), instalment_count=self.dice.choice([6, 12]),
            disbursed_on=today, acting_user=None,
        )  # fmt: skip
        self.loans.append(services.disburse_loan(loan=loan, acting_user=None))


class Year:
    """`lived` counts what happened, so that a test can ask whether anything did."""

    def __init__(self, *, seed: int, lenders: int, loans: int) -> None:
        self.lived: Counter[str] = Counter()
        self.keys = 0
        with clock.at(_at(BEGAN, 1)):
            self.places = [Place(number, seed, loans) for number in range(lenders)]

    @property
    def lenders(self) -> Sequence[Lender]:
        return [place.lender for place in self.places]

    def live(self, day: date) -> None:
        """One day from morning to evening, and its close in the night after."""
        for place in self.places:
            with clock.at(_at(day, 9)):
                self._begin_loans(place, (day - BEGAN).days)
                for loan in place.loans:
                    self._chance(place, loan)
            for hour in (10, 20):
                with clock.at(_at(day, hour)):
                    self._collect(place)
            with clock.at(_at(day, 22)):
                self._review(place)
            with clock.at(_at(day + A_DAY, 0)):
                close_days(lender=place.lender, through=day)

    def _begin_loans(self, place: Place, number: int) -> None:
        """Everybody has borrowed after some weeks."""
        for each in range(number, len(place.borrowers), 28):
            if number < 28:
                place.lend(place.borrowers[each])
                self.lived["lent"] += 1

    def _collect(self, place: Place) -> None:
        place.sandbox.step(5)
        self._listen(place)
        services.collect(lender=place.lender, gateway=place.sandbox)
        self._listen(place)

    def _listen(self, place: Place) -> None:
        for notice in place.sandbox.due():
            services.take_callback(lender=place.lender, body=json.dumps(message(notice)).encode())
            self.lived["messages"] += 1

    def _review(self, place: Place) -> None:
        for event in GatewayEvent.objects.to_review().filter(lender=place.lender):
            services.review_event(event=event, words="looked at", acting_user=place.clerk)

    def _chance(self, place: Place, loan: Loan) -> None:
        for name, thousandths in CHANCES.items():
            if place.dice.randrange(1000) < thousandths:
                fresh = Loan.objects.select_related("lender", "borrower__user", "product").get(pk=loan.pk)
                if fresh.state == Loan.State.ACTIVE:
                    # A refusal is an answer too; whatever it was, the books must hold.
                    with suppress(LeewayError):
                        getattr(self, f"_{name}")(place, fresh)
                        self.lived[name] += 1

    def _key(self) -> str:
        self.keys += 1
        return f"year-{self.keys}"

    def _pay(self, loan: Loan, amount_minor: int, value_on: date | None = None) -> Payment:
        return services.record_payment(
            loan=loan, amount_minor=max(amount_minor, 1), key=self._key(), channel="staff", value_on=value_on,
            acting_user=None,
        )  # fmt: skip

    def _pay_part(self, place: Place, loan: Loan) -> None:
        self._pay(loan, place.dice.randrange(1_000, 60_000))

    def _pay_late(self, place: Place, loan: Loan) -> None:
        late_minor = what_now(standing(loan, loan.lender.today())).late_minor
        if late_minor:
            self._pay(loan, late_minor)

    def _pay_more(self, place: Place, loan: Loan) -> None:
        self._pay(loan, place.dice.randrange(100_000, 900_000))

    def _known_late(self, place: Place, loan: Loan) -> None:
        on = loan.lender.today() - place.dice.randrange(1, 20) * A_DAY
        self._pay(loan, place.dice.randrange(1_000, 90_000), max(on, loan.disbursed_on))

    def _bounce(self, place: Place, loan: Loan) -> None:
        gone = PaymentCorrection.objects.filter(loan=loan, kind="reversed").values("payment")
        payment = loan.payments.exclude(pk__in=gone).order_by("pk").last()
        if payment is not None:
            services.reverse_payment(payment=payment, reason="AM04", acting_user=None)

    def _settle(self, place: Place, loan: Loan) -> None:
        services.settle_early(loan=loan, key=self._key(), value_on=None, acting_user=None)

    def _relief(self, place: Place, loan: Loan) -> None:
        request = relief.submit_request(
            loan=loan, pause_count=place.dice.choice([1, 2, 3]), ground=Ground.ILLNESS, affordable_minor=200_000,
            auto_debit=AutoDebitChoice.KEEP, key=self._key(), language="zh-hans", acting_user=loan.borrower.user,
        )  # fmt: skip
        relief.claim(request=request, acting_user=place.reviewer)
        request.refresh_from_db()
        case = case_of(request, loan.lender.today())
        code = reasons.for_approval(case.policy, case.facts, case.need_minor)[0].code
        offer = relief.approve(
            request=request, reason_codes=[code], words="可以缓还。", expected_version=request.version,
            acting_user=place.reviewer,
        )  # fmt: skip
        if place.dice.randrange(4):
            signature = Signature(
                typed_name=loan.borrower.name, ticks=frozenset(STATEMENTS), method="password", language="zh-hans"
            )
            relief.accept(
                offer=offer, shown_hash=offer.projection_hash, signature=signature, acting_user=loan.borrower.user
            )
            self.lived["relieved"] += 1


def _at(day: date, hour: int) -> datetime:
    """Five past that hour in Shanghai."""
    return datetime(day.year, day.month, day.day, hour, 5, tzinfo=UTC) - timedelta(hours=8)
