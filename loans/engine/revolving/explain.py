"""How each figure of a bill was reached, without a word of any language.

Lines as in `loans.engine.explain`: a code for the label, a formula with the real digits,
the amount. A formula is shown only if it gives the amount.

    interest            900.00 × 18.25% ÷ 365 × 20 = 9.00
    minimum_purchases   500.00 × 10% = 50.00
"""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from loans.engine.day_count import DayCount, days_by_year
from loans.engine.explain import explain_cost, explain_row
from loans.engine.formulas import Line, amount_text, difference, equated, given, interest, percent_text, share
from loans.engine.profile import DEFAULT_PROFILE, Profile
from loans.engine.projection import Projection
from loans.engine.revolving.bill import Bill
from loans.engine.revolving.charging import Stretch, cost, interest_minor, penalty_minor
from loans.engine.revolving.terms import BillTerms
from loans.engine.revolving.unpaid import Standing
from loans.engine.schedule import Row


def explain_bill(bill: Bill, terms: BillTerms, digits: int = 2) -> tuple[Line, ...]:
    """Return how a bill and its minimum came about, from what older bills left to the minimum.

    Label codes: `carried`, `overdue`, `purchases`, `refunds`, `instalments`, `fees`,
    `interest`, `penalty`, `penalty_beyond_cap`, `penalty_earlier`, `balance`;
    `minimum_purchases`, `minimum_instalments`, `minimum_fees`, `minimum_overdue`,
    `minimum_interest`, `minimum`; `advance`. Parts that are nothing are left out.
    `digits` is the currency's number of decimals.
    """
    plain = {
        "carried": bill.carried_minor,
        "overdue": bill.overdue_minor,
        "purchases": bill.purchases_minor,
        "refunds": -bill.refunds_minor,
        "instalments": bill.instalments_minor,
        "fees": bill.fees_minor,
    }
    lines = [given(code, amount_minor, digits) for code, amount_minor in plain.items() if amount_minor]
    lines += [*_interest(bill, terms, digits), *_penalty(bill, terms, digits)]
    parts = (*plain.values(), bill.interest_minor, bill.penalty_minor)
    lines.append(_sum("balance", parts, digits))
    if bill.advance_minor:
        lines.append(given("advance", -bill.advance_minor, digits))
    return (*lines, *_minimum(bill, terms, digits))


def explain_plan(
    rows: Sequence[Row], fee_rate: Decimal, profile: Profile = DEFAULT_PROFILE, digits: int = 2
) -> tuple[tuple[Line, ...], ...]:
    """Return how each instalment of a bill was computed, one group of lines per row.

    Label codes: `principal`, `fee`, `due`, `balance`.

    >>> from datetime import date
    >>> from loans.engine.revolving.plan import bill_plan
    >>> rows = bill_plan(100000, 3, Decimal("0.023"), date(2026, 6, 10))
    >>> for line in explain_plan(rows, Decimal("0.023"))[-1]:
    ...     print(line.label_code, line.formula)
    principal 1,000.00 − 333.33 × 2 = 333.34
    fee 1,000.00 × 2.3% = 23.00; 23.00 − 7.67 × 2 = 7.66
    due 333.34 + 7.66 = 341.00
    balance 333.34 − 333.34 = 0.00
    """
    principals, fees = [row.principal_minor for row in rows], [row.fee_minor for row in rows]
    whole_minor, fees_minor, before_minor = sum(principals), sum(fees), sum(principals)
    exact = whole_minor * Fraction(*fee_rate.as_integer_ratio())
    is_shown = fees_minor and profile.rounded(*exact.as_integer_ratio()) == fees_minor
    formula = f"{amount_text(whole_minor, digits)} × {percent_text(fee_rate)}"
    of_all = f"{equated(formula, exact, fees_minor, digits)}; " if is_shown and len(rows) > 1 else ""
    groups = []
    for index, row in enumerate(rows):
        fee = share("fee", fees_minor, fees, index, digits)
        groups.append(
            (
                share("principal", whole_minor, principals, index, digits),
                fee._replace(formula=of_all + fee.formula),
                _sum("due", (row.principal_minor, row.fee_minor), digits),
                difference("balance", before_minor, row.principal_minor, digits),
            )
        )
        before_minor = row.balance_minor
    return tuple(groups)


def explain_relief(projection: Projection, standing: Standing, digits: int = 2) -> tuple[tuple[Line, ...], ...]:
    """Return how relief on a bill was computed: its own figures first, then one group of lines per row.

    Label codes of the first group: `pause_interest`, `left`, `cost`; of a row those of
    `loans.engine.explain.explain_row`.
    """
    owed_minor, pause_minor = standing.principal_minor, projection.pause_interest_minor
    lines: list[Line] = []
    if pause_minor:
        days = (standing.starts_on, projection.after[0].opens_on)
        conventions = (standing.rate_annual, standing.profile, digits)
        lines.append(interest("pause_interest", owed_minor, pause_minor, *(*days, *conventions)))
    groups = [(*lines, *explain_cost(projection, digits))]
    left_minor = sum(row.principal_minor for row in projection.after)
    for row in projection.after:
        rate_annual = projection.cut_rate_annual
        if rate_annual is None or (projection.cut_until is not None and row.opens_on >= projection.cut_until):
            rate_annual = standing.rate_annual
        groups.append(
            explain_row(
                row,
                principal_before_minor=left_minor,
                rate_annual=rate_annual,
                profile=standing.profile,
                digits=digits,
            )
        )
        left_minor = row.balance_minor
    return tuple(groups)


def _interest(bill: Bill, terms: BillTerms, digits: int) -> list[Line]:
    if not bill.interest_minor:
        return []
    if interest_minor(bill.interest, terms) != bill.interest_minor:
        return [given("interest", bill.interest_minor, digits)]
    addends = _addends(bill.interest, percent_text(terms.rate_annual), terms.profile, digits)
    exact = cost(bill.interest, terms.interest_rate, terms.profile)
    return [Line("interest", equated(addends, exact, bill.interest_minor, digits), bill.interest_minor)]


def _penalty(bill: Bill, terms: BillTerms, digits: int) -> list[Line]:
    charged_minor, lines = bill.penalty_minor - bill.penalty_earlier_minor, []
    asked = [one._replace(beyond_cap=Fraction(0)) for one in bill.penalty]
    asked_minor = penalty_minor(asked, terms)
    if asked_minor:
        uplift = f"{percent_text(terms.rate_annual)} × {(1 + terms.penalty.uplift).normalize():f}"
        addends = _addends(asked, uplift, terms.profile, digits)
        exact = cost(asked, terms.penalty_rate, terms.profile)
        lines.append(Line("penalty", equated(addends, exact, asked_minor, digits), asked_minor))
    if asked_minor > charged_minor:
        lines.append(given("penalty_beyond_cap", charged_minor - asked_minor, digits))
    if bill.penalty_earlier_minor:
        lines.append(given("penalty_earlier", bill.penalty_earlier_minor, digits))
    return lines


def _minimum(bill: Bill, terms: BillTerms, digits: int) -> list[Line]:
    minimum, lines = bill.minimum, []
    net_minor = bill.purchases_minor - bill.refunds_minor
    exact = net_minor * Fraction(*terms.minimum_share.as_integer_ratio())
    if minimum.purchases_minor:
        formula = f"{amount_text(net_minor, digits)} × {percent_text(terms.minimum_share)}"
        shown = equated(formula, exact, minimum.purchases_minor, digits)
        lines.append(Line("minimum_purchases", shown, minimum.purchases_minor))
    others = {
        "minimum_instalments": minimum.instalments_minor,
        "minimum_fees": minimum.fees_minor,
        "minimum_overdue": minimum.overdue_minor,
    }
    lines += [given(code, amount_minor, digits) for code, amount_minor in others.items() if amount_minor]
    if minimum.interest_minor:
        lines.append(_sum("minimum_interest", (bill.interest_minor, bill.penalty_minor), digits))
    return [*lines, _sum("minimum", minimum, digits)]


def _addends(stretches: Sequence[Stretch], rate: str, profile: Profile, digits: int) -> str:
    return " + ".join(f"{amount_text(one.base_minor, digits)} × {rate}{_length(one, profile)}" for one in stretches)


def _length(one: Stretch, profile: Profile) -> str:
    if profile.ticks_per_year == 360:
        return f" ÷ 360 × {one.days}"
    if profile.day_count is DayCount.ACTUAL_365:
        return f" ÷ 365 × {one.days}"
    years = " + ".join(f"{days} ÷ {year}" for days, year in days_by_year(one.opens_on, one.ends_on))
    return f" × ({years})"


def _sum(code: str, parts_minor: Sequence[int], digits: int) -> Line:
    """Return a sum of what is not nothing; what is taken away stands with its sign."""
    parts, total_minor = [part for part in parts_minor if part], sum(parts_minor)
    if len(parts) < 2:
        return given(code, total_minor, digits)
    more = "".join(f" {'−' if part < 0 else '+'} {amount_text(abs(part), digits)}" for part in parts[1:])
    return Line(code, f"{amount_text(parts[0], digits)}{more} = {amount_text(total_minor, digits)}", total_minor)
