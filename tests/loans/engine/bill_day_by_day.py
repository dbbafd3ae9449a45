"""The same account, reckoned one day after another: slow, plain, and with nothing closed in form.

Every statement is a list of what it asks for, every day is charged by itself, every share
is worked out anew. Grace is left out; `test_bills` has its cases.
"""

from datetime import date, timedelta
from fractions import Fraction

from loans.engine.revolving import BillTerms, Fee, Payment, Purchase, Refund

PARTS = ("fee", "penalty", "interest", "principal")


def half_up(value: Fraction) -> int:
    return (value + Fraction(1, 2)).__floor__()


class DayByDay:
    def __init__(self, terms: BillTerms, entries, on: date, held=(), unmade_on=()):
        self.terms, self.held = terms, held
        self.bills: list[dict] = []
        self.shown: list[dict] = []
        self.home: dict[int, dict | None] = {}
        self.ahead: list[int] = []
        self.start(terms.opened_on)
        day = terms.opened_on
        while day <= on:
            if day.day == terms.bill_day and day > terms.opened_on and day not in unmade_on:
                self.make_bill(day)
            today = sorted((entry for entry in entries if entry.on == day), key=lambda entry: entry.sequence)
            self.charge(day, sum(entry.amount_minor for entry in today if isinstance(entry, Fee)))
            for entry in today:
                self.take(entry, day)
            day += timedelta(days=1)

    def start(self, day):
        self.interest = self.penalty = Fraction(0)
        self.was_capped = False
        self.bought, self.fees, self.waiting = 0, 0, []

    def share(self, bill):
        return half_up(Fraction(self.terms.minimum_share) * bill["bought"])

    def due_principal(self, bill, day):
        """Return the principal asked for by the day before, and all of it."""
        left = bill["bought"] - bill["paid"]
        asked = left if bill["called"] and bill["called"] < day else max(self.share(bill) - bill["paid"], 0)
        return (asked if bill["due"] < day else 0), left

    def charge(self, day, fee):
        year = 360 if self.terms.profile.ticks_per_year == 360 else 365
        rate, uplift = Fraction(self.terms.rate_annual), 1 + Fraction(self.terms.penalty.uplift)
        late = [bill for bill in self.bills if bill["due"] < day]
        is_held = any(first <= day <= last for first, last in self.held)
        asked = {bill["number"]: 0 if is_held else self.due_principal(bill, day)[0] for bill in late}
        whole = sum(self.due_principal(bill, day)[1] for bill in late)
        ordinary = whole - sum(asked.values())
        self.interest += rate * ordinary / year
        cap = self.terms.penalty.cap_annual
        room = None if cap is None else max((Fraction(cap) * whole - rate * ordinary) / year - fee, Fraction(0))
        for bill in late:
            wish = rate * uplift * asked[bill["number"]] / year
            given = wish if room is None else min(wish, room)
            room = None if room is None else room - given
            self.penalty += given
            self.was_capped = self.was_capped or given < wish

    def make_bill(self, day):
        due = day.replace(day=self.terms.due_day)
        if due <= day:
            due = (due.replace(day=1) + timedelta(days=32)).replace(day=self.terms.due_day)
        number = sum(1 for _ in self.shown) + 1
        is_late = any(bill["due"] < day and self.minimum(bill) for bill in self.bills)
        overdue = carried = 0
        for bill in self.bills:
            if is_late and not bill["called"]:
                bill["called"] = due
            left = sum(bill[part] for part in PARTS[:3]) + bill["bought"] - bill["paid"]
            overdue, carried = (overdue + left, carried) if is_late else (overdue, carried + left)
        bill = {
            "number": number,
            "on": day,
            "due": due,
            "fee": self.fees,
            "penalty": int(self.penalty) if self.was_capped else half_up(self.penalty),
            "interest": half_up(self.interest),
            "bought": self.bought,
            "paid": 0,
            "called": None,
            "by": None,
        }
        self.shown.append({**bill, "overdue": overdue, "carried": carried, "share": self.share(bill)})
        self.bills.append(bill)
        for sequence in self.waiting:
            self.home[sequence] = bill
        self.start(day)
        ahead, self.ahead = self.ahead, []
        for amount in ahead:
            self.pay(amount, day)

    def minimum(self, bill):
        """Return what is unpaid of a bill's minimum, with what it called."""
        own = sum(bill[part] for part in PARTS[:3]) + max(self.share(bill) - bill["paid"], 0)
        called = sum(
            one["bought"] - one["paid"] - max(self.share(one) - one["paid"], 0)
            for one in self.bills
            if one["called"] == bill["due"]
        )
        return own + called

    def take(self, entry, day):
        if isinstance(entry, Purchase):
            self.bought += entry.amount_minor
            self.waiting.append(entry.sequence)
            self.home[entry.sequence] = None
        elif isinstance(entry, Fee):
            self.fees += entry.amount_minor
        elif isinstance(entry, Payment):
            self.pay(entry.amount_minor, day)
        elif isinstance(entry, Refund):
            bill = self.home[entry.purchase]
            if bill is None:
                self.bought -= entry.amount_minor
                return
            off = min(entry.amount_minor, bill["bought"] - bill["paid"])
            bill["bought"] -= off
            if off < entry.amount_minor:
                self.pay(entry.amount_minor - off, day)

    def pay(self, amount, day):
        asks = []
        for bill in self.bills:
            share = max(self.share(bill) - bill["paid"], 0)
            asks.append((bill["due"] > day, bill["due"], bill["number"], bill, True, share))
            if bill["called"]:
                rest = bill["bought"] - bill["paid"] - share
                asks.append((bill["called"] > day, bill["called"], bill["number"], bill, False, rest))
        for _, _, _, bill, is_own, principal in sorted(asks, key=lambda one: one[:3]):
            if is_own:
                for part in PARTS[:3]:
                    taken = min(amount, bill[part])
                    bill[part] -= taken
                    amount -= taken
            taken = min(amount, principal)
            bill["paid"] += taken
            amount -= taken
        for bill in self.bills:
            taken = min(amount, bill["bought"] - bill["paid"])
            bill["paid"] += taken
            amount -= taken
        if amount:
            self.ahead.append(amount)
