"""How a loan is repaid: the principal and interest of each row, method by method.

- `level` (等额本息): the equal instalment minus the interest. The instalment is
  solved from the periods as they are: with f(k) = rate x length of period k,

      instalment = P x Π(1 + f(k)) / F(n),   F(1) = 1,  F(k) = 1 + F(k-1) x (1 + f(k))

  which for equal periods is the annuity formula P x f / (1 - (1 + f)^-n), and for
  zero interest P / n, without a special case;
- `equal_principal` (等额本金): P / n;
- `interest_first` (先息后本): interest in each row, the principal with the last;
- `bullet` (到期一次还本付息): nothing before the last row, which has the principal and
  simple interest for the whole term;
- `flat`: the principal in equal parts, and interest on what was lent at first, for the
  whole term, in equal parts.

The last row repays the whole rest, so what rounding left over is there. No row repays
less than nothing: where the first period is so long that its interest alone exceeds
the equal instalment, it asks for that interest only, and the instalment is solved for
the rows after it.

Grace on principal: the first rows pay interest only, and the method begins after them.
Grace on interest: interest of the first rows is due with the row after them.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from loans.engine.money import ROUND, ratio_half_up, split
from loans.engine.periods import Factors
from loans.engine.profile import Profile, Smoothing
from loans.engine.terms import Method, Terms

Parts = list[tuple[int, int]]


def parts(terms: Terms, factors: Factors) -> Parts:
    """Return (principal, interest) of each row in due order, the down payment left out."""
    grace = terms.grace_on_principal_instalments
    if grace and terms.method in (Method.LEVEL, Method.EQUAL_PRINCIPAL):
        made = interest_only(terms.financed_minor, factors.each[:grace], factors.year, terms.profile)
        made += _PARTS[terms.method](terms, factors.after(grace))
    else:
        made = _PARTS[terms.method](terms, factors)
    put_off = terms.grace_on_interest_instalments
    if put_off:
        collected_minor = sum(interest_minor for _, interest_minor in made[: put_off + 1])
        made = [
            *((principal_minor, 0) for principal_minor, _ in made[:put_off]),
            (made[put_off][0], collected_minor),
            *made[put_off + 1 :],
        ]
    return made


def equal_instalment(principal_minor: int, each: list[int], year: int, profile: Profile) -> int:
    """Return the equal instalment that repays a sum; interest of period k is `balance x each[k] / year`.

    Ten thousand over twelve months at 1.2 % a month:

    >>> from loans.engine.profile import PROFILES
    >>> equal_instalment(1000000, [12] * 12, 1000, PROFILES["30-360"])
    89975
    """
    # From the last period on: `grown` is Π(1 + f) and `annuity` is F, both times year^n, so that they are whole.
    grown, annuity = 1, 0
    for factor in reversed(each):
        annuity = year * (grown + annuity)
        grown *= year + factor
    multiple = profile.instalment_multiple_minor
    return profile.rounded(principal_minor * grown, annuity * multiple) * multiple


def level(principal_minor: int, factors: Factors, profile: Profile) -> Parts:
    """Return the rows of equal instalments that repay a sum, the last with the rest."""
    each, year = factors.each, factors.year
    instalment_minor = equal_instalment(principal_minor, factors.solving, year, profile)
    made = _paying(instalment_minor, principal_minor, each, year, profile)
    first_interest_minor = made[0][1]
    if len(made) > 1 and first_interest_minor > instalment_minor:
        return [(0, first_interest_minor), *level(principal_minor, factors.after(1), profile)]
    if profile.smoothing is Smoothing.SPREAD_LAST:
        return _smoothed(made, instalment_minor, principal_minor, factors, profile)
    return made


def interest_only(principal_minor: int, each: list[int], year: int, profile: Profile) -> Parts:
    """Return rows that pay the interest of a sum and none of it."""
    return [(0, profile.rounded(principal_minor * factor, year)) for factor in each]


def _paying(instalment_minor: int, balance_minor: int, each: list[int], year: int, profile: Profile) -> Parts:
    rounded, half, made = ROUND[profile.rounding], year // 2, []
    # Done in place, because a call for each row takes as long as all else in the loop.
    is_half_up = rounded is ratio_half_up
    for factor in each[:-1]:
        if is_half_up:
            interest_minor = (balance_minor * factor + half) // year
        else:
            interest_minor = rounded(balance_minor * factor, year)
        principal_minor = instalment_minor - interest_minor
        if not 0 <= principal_minor <= balance_minor:
            principal_minor = 0 if principal_minor < 0 else balance_minor
        made.append((principal_minor, interest_minor))
        balance_minor -= principal_minor
    made.append((balance_minor, rounded(balance_minor * each[-1], year)))
    return made


def _smoothed(made: Parts, instalment_minor: int, principal_minor: int, factors: Factors, profile: Profile) -> Parts:
    """Return the rows with the last one's difference spread, once and only if it shrinks.

    It sticks out where it differs by more hundredths than half the number of rows.
    """
    gap_minor = _gap(made)
    if len(made) < 2 or abs(gap_minor) <= len(made) // 2:
        return made
    multiple = profile.instalment_multiple_minor
    changed_minor = instalment_minor + profile.rounded(gap_minor, len(made) * multiple) * multiple
    again = _paying(changed_minor, principal_minor, factors.each, factors.year, profile)
    return again if abs(_gap(again)) < abs(gap_minor) else made


def _gap(made: Parts) -> int:
    return sum(made[-1]) - sum(made[-2]) if len(made) > 1 else 0


def _level(terms: Terms, factors: Factors) -> Parts:
    return level(terms.financed_minor, factors, terms.profile)


def _equal_principal(terms: Terms, factors: Factors) -> Parts:
    rounded, balance_minor, made = ROUND[terms.profile.rounding], terms.financed_minor, []
    for principal_minor, factor in zip(split(balance_minor, len(factors.each)), factors.each, strict=True):
        made.append((principal_minor, rounded(balance_minor * factor, factors.year)))
        balance_minor -= principal_minor
    return made


def _interest_first(terms: Terms, factors: Factors) -> Parts:
    made = interest_only(terms.financed_minor, factors.each, factors.year, terms.profile)
    return [*made[:-1], (terms.financed_minor, made[-1][1])]


def _bullet(terms: Terms, factors: Factors) -> Parts:
    interest_minor = terms.profile.rounded(terms.financed_minor * factors.whole, factors.year)
    return [(0, 0)] * (len(factors.each) - 1) + [(terms.financed_minor, interest_minor)]


def _flat(terms: Terms, factors: Factors) -> Parts:
    """Return flat rows; where the instalment is a multiple, it is so as a sum of both parts."""
    profile, count, grace = terms.profile, len(factors.each), terms.grace_on_principal_instalments
    interest = _shares(profile.rounded(terms.principal_minor * factors.whole, factors.year), count, profile)
    multiple = profile.instalment_multiple_minor
    paying = count - grace
    each_minor = profile.rounded(terms.financed_minor, paying * multiple) * multiple
    if multiple > 1:
        each_minor += profile.rounded(interest[0], multiple) * multiple - interest[0]
    each_minor = max(min(each_minor, terms.financed_minor // max(paying - 1, 1)), 0)
    principal = [0] * grace + [each_minor] * (paying - 1) + [terms.financed_minor - each_minor * (paying - 1)]
    return list(zip(principal, interest, strict=True))


def _shares(total_minor: int, count: int, profile: Profile) -> list[int]:
    each_minor = profile.rounded(total_minor, count)
    if each_minor * (count - 1) > total_minor:
        each_minor = total_minor // count
    return [each_minor] * (count - 1) + [total_minor - each_minor * (count - 1)]


_PARTS: Mapping[Method, Callable[[Terms, Factors], Parts]] = MappingProxyType(
    {
        Method.LEVEL: _level,
        Method.EQUAL_PRINCIPAL: _equal_principal,
        Method.INTEREST_FIRST: _interest_first,
        Method.BULLET: _bullet,
        Method.FLAT: _flat,
    }
)
