"""What a product may be: which terms a lender of each kind may publish, and what it really costs.

    lender                  cap on all costs of a year
    commercial bank         24 %  (financial-trial opinion 法发〔2017〕22号; facilitation rules 金规〔2025〕9号)
    consumer-finance        20 %  (guidance of October 2025)
    micro-lender            24 %, and from 2028 on not above 4 x the 1-year LPR (guidance of December 2025)

An online consumer loan is at most 200,000 yuan over 60 months, and one repaid at the end at
most 12 months (rules of July 2020 and January 2025); a commercial bank may go to 300,000 and
84 while the notice of March 2025 holds, until the day that the installation states. What is
guidance or needs the lender's own confirmation is marked so in the lending rules, R5 and R12.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as made_with
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from loans.engine.annual_rate import RateError, irr_x12, periodic_irr
from loans.engine.profile import Profile, ProfileError
from loans.engine.profile import profile as profile_of
from loans.engine.schedule import Method, Row, Terms, schedule
from loans.engine.waterfall import Component

BANK, CONSUMER_FINANCE, MICRO_LENDER = "commercial_bank", "consumer_finance", "micro_lender"
REVOLVING = "revolving"
CAP_ANNUAL = Decimal("0.24")
CAPS: Mapping[str, Decimal] = MappingProxyType({CONSUMER_FINANCE: Decimal("0.20")})
FOUR_LPR_FROM = date(2028, 1, 1)
# The 1-year loan prime rate from each day on; to be confirmed and continued by the lender.
LPR_ANNUAL: tuple[tuple[date, Decimal], ...] = ((date(2025, 5, 20), Decimal("0.030")),)
LARGEST_MINOR, LARGEST_BANK_MINOR = 20_000_000, 30_000_000  # fen
MOST_MONTHS, MOST_BANK_MONTHS, MOST_BULLET_MONTHS = 60, 84, 12
LATEST_BILL_DAY = 28
DAYS_A_YEAR = 365


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one field, as a code with its figures; a warning does not stand in the way."""

    field: str
    code: str
    params: Mapping[str, Any] = made_with(default_factory=dict)
    is_warning: bool = False


@dataclass(frozen=True, slots=True)
class Offering:
    """The terms of a product that rules look at; rates are fractions of a year unless they say otherwise."""

    kind: str
    methods: tuple[str, ...]
    instalment_counts: tuple[int, ...]
    min_principal_minor: int | None
    max_principal_minor: int | None
    rate_annual: Decimal
    rate_annual_min: Decimal | None
    rate_annual_max: Decimal | None
    profile: Any
    penalty_uplift: Decimal | None
    annual_cap: Decimal
    compound_on_interest: bool
    allocation: tuple[str, ...]
    reminder_days: tuple[int, ...]
    debit_times: tuple[str, ...]
    bill_day: int | None = None
    due_days: tuple[int, ...] = ()
    daily_rate: Decimal | None = None
    plan_fees: tuple[tuple[int, Decimal], ...] = ()

    @property
    def highest_rate_annual(self) -> Decimal:
        return self.rate_annual if self.rate_annual_max is None else self.rate_annual_max


@dataclass(frozen=True, slots=True)
class Specimen:
    """A loan of a product as it would run: its rows and what it really costs a year (monthly IRR x 12)."""

    terms: Terms
    rows: tuple[Row, ...]
    rate_annual_real: Decimal

    @property
    def interest_minor(self) -> int:
        return sum(row.interest_minor for row in self.rows)


def lpr_annual(on: date) -> Decimal:
    """The 1-year LPR in force on a day; before the first known one, that.

    >>> lpr_annual(date(2028, 1, 1))
    Decimal('0.030')
    """
    known = [rate for since, rate in LPR_ANNUAL if since <= on]
    return known[-1] if known else LPR_ANNUAL[0][1]


def cap_annual(lender_kind: str, on: date) -> Decimal:
    """The most that all costs of a year may come to, as a fraction of what is outstanding.

    >>> cap_annual("consumer_finance", date(2026, 5, 8)), cap_annual("micro_lender", date(2028, 1, 1))
    (Decimal('0.20'), Decimal('0.120'))
    """
    cap = CAPS.get(lender_kind, CAP_ANNUAL)
    if lender_kind == MICRO_LENDER and on >= FOUR_LPR_FROM:
        return min(cap, 4 * lpr_annual(on))
    return cap


def limits(lender_kind: str, on: date, bank_raised_until: date | None = None) -> tuple[int, int]:
    """The largest amount in fen and the longest term in months, of a lender of a kind on a day.

    >>> limits("commercial_bank", date(2026, 5, 8), bank_raised_until=date(2026, 12, 31))
    (30000000, 84)
    """
    is_raised = lender_kind == BANK and bank_raised_until is not None and on <= bank_raised_until
    return (LARGEST_BANK_MINOR, MOST_BANK_MONTHS) if is_raised else (LARGEST_MINOR, MOST_MONTHS)


def problems(
    offering: Offering, *, lender_kind: str, on: date, bank_raised_until: date | None = None
) -> tuple[Problem, ...]:
    """What stands in the way of publishing, and what should be thought about, in the order of the form."""
    cap = cap_annual(lender_kind, on)
    largest_minor, most_months = limits(lender_kind, on, bank_raised_until)
    found = [*_about_amounts(offering, largest_minor), *_about_rates(offering, cap), *_about_habits(offering)]
    if offering.kind == REVOLVING:
        found += _about_bills(offering, cap, most_months)
    else:
        found += _about_terms(offering, most_months)
    return tuple(found)


def blocking(found: Sequence[Problem]) -> tuple[Problem, ...]:
    return tuple(problem for problem in found if not problem.is_warning)


def _about_amounts(offering: Offering, largest_minor: int) -> Iterator[Problem]:
    smallest, largest = offering.min_principal_minor, offering.max_principal_minor
    for name, value in (("min_principal_minor", smallest), ("max_principal_minor", largest)):
        if value is None:
            yield Problem(name, "missing")
        elif value <= 0:
            yield Problem(name, "not_positive")
    if smallest is not None and largest is not None and smallest > largest:
        yield Problem("max_principal_minor", "below_smallest", {"smallest_minor": smallest})
    if largest is not None and largest > largest_minor:
        yield Problem("max_principal_minor", "above_largest", {"largest_minor": largest_minor})


def _about_rates(offering: Offering, cap: Decimal) -> Iterator[Problem]:
    for name in ("rate_annual_min", "rate_annual", "rate_annual_max"):
        rate = getattr(offering, name)
        if rate is not None and not 0 <= rate <= 1:
            yield Problem(name, "not_a_rate")
    low, high = offering.rate_annual_min, offering.rate_annual_max
    if low is not None and low > offering.rate_annual:
        yield Problem("rate_annual_min", "above_usual")
    if high is not None and high < offering.rate_annual:
        yield Problem("rate_annual_max", "below_usual")
    if offering.annual_cap > cap:
        yield Problem("annual_cap", "above_cap", {"cap": cap})
    yield from _about_cap(offering, min(cap, offering.annual_cap))
    if offering.compound_on_interest:
        # The books charge penalty interest on principal and interest, never interest on that interest.
        yield Problem("compound_on_interest", "not_posted")


def _about_cap(offering: Offering, cap: Decimal) -> Iterator[Problem]:
    try:
        conventions = profile_of(offering.profile)
    except ProfileError:
        yield Problem("profile", "unknown")
        return
    name = "rate_annual" if offering.rate_annual_max is None else "rate_annual_max"
    yearly = year_of(offering.highest_rate_annual, conventions)
    if yearly > cap:
        yield Problem(name, "above_cap", {"cap": cap, "rate": yearly})
    elif offering.penalty_uplift is not None and yearly * (1 + offering.penalty_uplift) > cap:
        threshold = cap / (1 + offering.penalty_uplift)
        yield Problem("penalty_uplift", "cut_by_cap", {"cap": cap, "threshold": threshold}, is_warning=True)


def year_of(rate_annual: Decimal, conventions: Profile) -> Decimal:
    """What a contract rate costs over a year of 365 days: by actual/360 each day is 1/360 of it.

    >>> from loans.engine.profile import PROFILES
    >>> year_of(Decimal("0.216"), PROFILES["consumer-cn-360"])
    Decimal('0.2190')
    """
    if conventions.day_count == "actual/360":
        return (rate_annual * DAYS_A_YEAR / 360).quantize(Decimal("0.0001"))
    return rate_annual


def _about_terms(offering: Offering, most_months: int) -> Iterator[Problem]:
    counts = offering.instalment_counts
    if not counts:
        yield Problem("instalment_counts", "missing")
        return
    if any(type(count) is not int or count < 1 for count in counts):
        yield Problem("instalment_counts", "not_whole")
    elif max(counts) > most_months:
        yield Problem("instalment_counts", "too_long", {"months": most_months})
    elif Method.BULLET in offering.methods and max(counts) > MOST_BULLET_MONTHS:
        yield Problem("instalment_counts", "bullet_too_long", {"months": MOST_BULLET_MONTHS})


def _about_bills(offering: Offering, cap: Decimal, most_months: int) -> Iterator[Problem]:
    if offering.bill_day is None or not 1 <= offering.bill_day <= LATEST_BILL_DAY:
        yield Problem("bill_day", "not_a_day", {"last": LATEST_BILL_DAY})
    days = offering.due_days
    if not days or any(type(day) is not int or not 1 <= day <= LATEST_BILL_DAY for day in days):
        yield Problem("due_days", "not_a_day", {"last": LATEST_BILL_DAY})
    elif offering.bill_day in days:
        yield Problem("due_days", "on_bill_day")
    if offering.daily_rate is None:
        yield Problem("daily_rate", "missing")
    elif offering.daily_rate * DAYS_A_YEAR > cap:
        yield Problem("daily_rate", "above_cap", {"cap": cap, "rate": offering.daily_rate * DAYS_A_YEAR})
    for count, fee_rate in offering.plan_fees:
        if not 1 <= count <= most_months:
            yield Problem("plan_fees", "too_long", {"months": most_months})
            continue
        rate = plan_rate_annual(count, fee_rate)
        if rate > cap:
            yield Problem("plan_fees", "plan_above_cap", {"count": count, "cap": cap, "rate": rate})


def _about_habits(offering: Offering) -> Iterator[Problem]:
    if sorted(offering.allocation) != sorted(Component):
        yield Problem("allocation", "not_each_once")
    if any(not -30 <= day <= 90 for day in offering.reminder_days):
        yield Problem("reminder_days", "too_far")
    if any(not _is_time(time) for time in offering.debit_times):
        yield Problem("debit_times", "not_a_time")


def _is_time(text: str) -> bool:
    hour, colon, minute = text.partition(":")
    is_written = len(text) == 5 and colon == ":" and hour.isdecimal() and minute.isdecimal() and text.isascii()
    return is_written and int(hour) < 24 and int(minute) < 60


def specimen(
    *,
    rate_annual: Decimal,
    method: str,
    instalment_count: int,
    principal_minor: int,
    profile: Any,
    on: date,
    first_due_on: date | None = None,
) -> Specimen:
    """A loan paid out on a day, with its rows and its real annual rate.

    12,000.00 over twelve equal months at 14.4 %: what is charged is what is said.

    >>> made = specimen(rate_annual=Decimal("0.144"), method="level", instalment_count=12,
    ...     principal_minor=1200000, profile="30-360", on=date(2026, 1, 15))
    >>> made.rows[0].due_minor, made.interest_minor, made.rate_annual_real.quantize(Decimal("0.0001"))
    (107971, 95645, Decimal('0.1440'))

    Raises TermsError, ProfileError or RateError where no loan follows.
    """
    terms = Terms(
        principal_minor=principal_minor,
        rate_annual=rate_annual,
        method=Method(method),
        instalments=instalment_count,
        disbursed_on=on,
        first_due_on=first_due_on,
        profile=profile if isinstance(profile, Profile) else profile_of(profile),
    )
    rows = schedule(terms)
    flows = [(on, -principal_minor), *((row.due_on, row.due_minor) for row in rows)]
    return Specimen(terms, rows, periodic_irr(flows))


def plan_rate_annual(instalment_count: int, fee_rate: Decimal) -> Decimal:
    """What a bill in instalments really costs a year (monthly IRR x 12), by its fee for the whole term.

    A fee of 8.8 % over twelve months, the field's usual one:

    >>> plan_rate_annual(12, Decimal("0.088")).quantize(Decimal("0.0001"))
    Decimal('0.1586')
    """
    whole_minor = 12_000_000
    parts = [whole_minor * (number + 1) // instalment_count - whole_minor * number // instalment_count
             for number in range(instalment_count)]  # fmt: skip
    fee_minor = int(whole_minor * fee_rate / instalment_count)
    try:
        return irr_x12([-whole_minor, *(part + fee_minor for part in parts)])
    except RateError:
        return Decimal(1)
