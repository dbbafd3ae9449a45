"""How penalty interest was reached: what is overdue times its days."""

from datetime import date
from decimal import Decimal

import pytest

from loans.engine.explain_sums import explain_penalty
from loans.engine.penalty import PenaltyBase, PenaltyRules, RowPayment, penalties
from loans.engine.profile import PROFILES
from loans.engine.schedule import Row

JUNE = Row(1, date(2026, 5, 10), date(2026, 6, 10), 50000, 4000, 0, relief_interest_minor=6000)
ON = date(2026, 6, 20)
FREE = {"cap_annual": None}
BOTH = {**FREE, "base": PenaltyBase.PRINCIPAL_AND_INTEREST}


@pytest.mark.parametrize(
    ("name", "rate", "rules", "paid", "held", "formula"),
    [
        # Two of the ten days are held.
        ("consumer-cn", "0.1825", FREE, [], [(15, 16)], "500.00 × 8 × 18.25% × 150% ÷ 365 = 3.00"),
        # Paid in full on the fourth day.
        ("consumer-cn", "0.1825", FREE, [(14, 50000, 10000)], [], "500.00 × 4 × 18.25% × 150% ÷ 365 = 1.50"),
        ("consumer-cn-360", "0.18", FREE, [], [], "500.00 × 10 × 18% × 150% ÷ 360 = 3.75"),
        # 600.00 with interest of the period and of a pause; 40.00 of it paid on the fourth day.
        ("consumer-cn", "0.1825", BOTH, [(14, 0, 4000)], [], "(600.00 × 4 + 560.00 × 6) × 18.25% × 150% ÷ 365 = 4.32"),
    ],
)
def test_days_are_counted_by_what_was_overdue_on_them(name, rate, rules, paid, held, formula):
    payments = [RowPayment(date(2026, 6, day), 1, principal, interest) for day, principal, interest in paid]
    stretches = [(date(2026, 6, first), date(2026, 6, last)) for first, last in held]
    given = (payments, ON, Decimal(rate), PROFILES[name], PenaltyRules(**rules))
    (charged,) = penalties([JUNE], *given, held=stretches)
    (line,) = explain_penalty(charged, JUNE, *given, held=stretches)
    assert (line.label_code, line.formula, line.amount_minor) == ("penalty", formula, charged.amount_minor)


def test_a_currency_without_decimals_has_none_in_a_penalty():
    given = ([], ON, Decimal("0.1825"), PROFILES["consumer-cn"], PenaltyRules(**FREE))
    (charged,) = penalties([JUNE], *given)
    (line,) = explain_penalty(charged, JUNE, *given, digits=0)
    assert line.formula == "50,000 × 10 × 18.25% × 150% ÷ 365 = 375"
