"""The stage: what every life of the demonstration can do, through the same services as the site.

A life is a list of days with something to do on each. All lives are played together, day
by day, so that the audit chains read like the history of a lender.
"""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

from accounts.models import Borrower, Lender, User
from accounts.services import enrol_borrower
from config import clock
from config.demonstration import consents, monthly
from deferrals import services as relief
from deferrals.models import Offer, ReliefRequest
from deferrals.models.request import AutoDebitChoice, Ground
from deferrals.services.accepting import Signature
from loans import services as lending
from loans.engine.calendar import add_months, month_end, month_of
from loans.models import Loan, Product
from loans.selectors.standing import standing
from loans.services.forewarning import tell_of_late_months

Deed = Callable[[], None]


def at_noon(day: date, minutes: int = 0) -> datetime:
    """12:00 in Shanghai on that day, and some minutes."""
    return datetime(day.year, day.month, day.day, 4, tzinfo=UTC) + timedelta(minutes=minutes)


@dataclass
class Stage:
    """Everything that has been made so far, by name, and the deeds still to come."""

    today: date
    lenders: dict[str, Lender] = field(default_factory=dict)
    products: dict[str, Product] = field(default_factory=dict)
    staff: dict[str, User] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    latin: dict[str, str] = field(default_factory=dict)
    borrowers: dict[str, Borrower] = field(default_factory=dict)
    loans: dict[str, Loan] = field(default_factory=dict)
    requests: dict[str, ReliefRequest] = field(default_factory=dict)
    deeds: list[tuple[date, int, Deed]] = field(default_factory=list)
    order: Any = field(default_factory=itertools.count)

    def on(self, day: date, deed: Deed) -> None:
        """Plan a deed; what would lie in the future is left out."""
        if day <= self.today:
            self.deeds.append((day, next(self.order), deed))

    def ago(self, months: int, day: int) -> date:
        """The given day of the month, `months` calendar months ago."""
        return add_months(month_of(self.today), -months).replace(day=day)

    def play(self, tell: Callable[[str], None]) -> None:
        """Do everything, oldest first; several deeds of one day stand minutes apart."""
        deeds = sorted(self.deeds, key=lambda deed: deed[:2])
        for month, group in itertools.groupby(deeds, key=lambda deed: month_of(deed[0])):
            for minutes, (day, _number, deed) in enumerate(group):
                with clock.at(at_noon(day, minutes % 400)):
                    deed()
            tell(f"{month:%Y-%m}")

    # what a life is made of

    def lend(
        self,
        key: str,
        who: str,
        product: str,
        *,
        yuan: int,
        count: int,
        on: date,
        late: dict[int, int] | None = None,
        unpaid_from: int = 10_000,
    ) -> None:
        """A loan, opened and disbursed `on`, then paid on every due date.

        `late` says by how many days the n-th due date is missed; nothing is paid from the
        `unpaid_from`-th due date on. A due date that relief has moved away needs no payment.
        """

        def open_it() -> None:
            user = self.users[who]
            self.borrowers[who] = enrol_borrower(
                lender=self.products[product].lender,
                name=user.name,
                name_latin=self.latin.get(who, ""),
                since=on,
                user=user,
                acting_user=None,
            )
            loan = lending.open_loan(
                lender=self.products[product].lender,
                borrower=self.borrowers[who],
                product=self.products[product],
                principal_minor=yuan * 100,
                instalment_count=count,
                disbursed_on=on,
                acting_user=None,
            )
            consents.applied(user, loan)
            self.loans[key] = lending.disburse_loan(loan=loan, acting_user=None)

        self.on(on, open_it)
        for number in range(1, count + 12):
            due_on = add_months(on, number, on.day)
            if number < unpaid_from:
                self.on(due_on + timedelta(days=(late or {}).get(number, 0)), partial(self.pay, key, number))

    def pay(self, key: str, number: int) -> None:
        """Pay whatever is due by now on a loan, if anything is."""
        loan = self.loans[key]
        loan.refresh_from_db()
        on = loan.lender.today()
        if loan.oldest_unpaid_due_on is None or loan.oldest_unpaid_due_on > on:
            return
        at = standing(loan, on)
        due = sum(row.due_minor for row in at.unpaid_rows if row.due_on <= on)
        if due:
            lending.record_payment(
                loan=loan, amount_minor=due, key=f"demo-{key}-{number}", channel="auto_debit", acting_user=None
            )

    def ask(self, key: str, loan: str, *, on: date, count: int, ground: Ground, yuan: int = 0, words: str = "") -> None:
        def do() -> None:
            target = self.loans[loan]
            user = target.borrower.user
            assert user is not None
            self.requests[key] = relief.submit_request(
                loan=target,
                pause_count=count,
                ground=ground,
                affordable_minor=yuan * 100,
                auto_debit=AutoDebitChoice.PAUSE,
                words=words,
                key=f"demo-{key}",
                language=user.language,
                acting_user=user,
            )

        self.on(on, do)

    def approve(self, key: str, *, on: date, by: str, words: str) -> None:
        def do() -> None:
            request, reviewer = self.requests[key], self.staff[by]
            relief.claim(request=request, acting_user=reviewer)
            relief.approve(
                request=request,
                reason_codes=["A01", "A03"],
                words=words,
                expected_version=request.version,
                acting_user=reviewer,
            )

        self.on(on, do)

    def deny(self, key: str, *, on: date, by: str, reason: str, words: str) -> None:
        def do() -> None:
            request, reviewer = self.requests[key], self.staff[by]
            relief.claim(request=request, acting_user=reviewer)
            relief.deny(
                request=request,
                reason_codes=[reason],
                words=words,
                expected_version=request.version,
                acting_user=reviewer,
            )

        self.on(on, do)

    def accept(self, key: str, *, on: date) -> None:
        def do() -> None:
            offer = Offer.objects.select_related("request__borrower__user").get(
                request=self.requests[key], state="live"
            )
            borrower = offer.request.borrower
            assert borrower.user is not None
            signature = Signature(
                typed_name=borrower.name,
                ticks=frozenset({"dates", "cost", "record"}),
                method="demonstration",
                language=offer.request.language,
            )
            relief.accept(offer=offer, shown_hash=offer.projection_hash, signature=signature, acting_user=borrower.user)

        self.on(on, do)

    def withdraw(self, key: str, *, on: date) -> None:
        def do() -> None:
            request = self.requests[key]
            request.refresh_from_db()
            user = request.borrower.user
            assert user is not None
            relief.withdraw(request=request, acting_user=user)

        self.on(on, do)

    def settle(self, loan: str, *, on: date) -> None:
        def do() -> None:
            target = self.loans[loan]
            target.refresh_from_db()
            lending.settle_early(loan=target, key=f"demo-{loan}-settle", acting_user=None)

        self.on(on, do)

    def person(self, who: str, lender: str, deed: Callable[[User, Lender], object], *, on: date) -> None:
        """Something that a person does, or that is done about them, at a lender."""

        def do() -> None:
            deed(self.users[who], self.lenders[lender])

        self.on(on, do)

    def close_months(self, first: date) -> None:
        """What the calendar brings: months are furnished on the 8th, and pauses that are over end.

        Long ago a quarter is furnished at once, which says the same and takes a third of the time.
        """
        month, recent = month_of(first), self.ago(6, 1)
        while month <= self.today:
            if month >= self.ago(1, 1) or month.month % 3 == 1:
                self.on(month.replace(day=8), self.furnish)
            for day in (1, 10, 19, 28) if month >= recent else ():
                self.on(month.replace(day=day), self.tick)
            month = month_end(month) + timedelta(days=1)
        self.on(self.today, self.tick)

    def warn(self) -> None:
        """Who is late is told before it is reported; where it runs for real, every day."""
        for lender in self.lenders.values():
            tell_of_late_months(lender=lender, on=lender.today())

    def tick(self) -> None:
        self.warn()
        for lender in self.lenders.values():
            relief.tick(lender=lender)
            monthly.make_bills(lender)

    def furnish(self) -> None:
        before = month_of(month_of(clock.today("Asia/Shanghai")) - timedelta(days=1))
        self.warn()
        for loan in self.loans.values():
            lending.furnish_months(loan=loan, through=before, acting_user=None)
        for lender in self.lenders.values():
            monthly.furnish(lender)
