"""Is this the number of a person's identity document, and whose day of birth does it hold?

GB 11643-1999: 17 digits and a check character. Digits 1-6 are the place, 7-14 the day of
birth, 15-17 a sequence, and the last follows from the others (ISO/IEC 7064, MOD 11-2):

    sum of digit x weight, weights 7 9 10 5 8 4 2 1 6 3 7 9 10 5 8 4 2
    remainder by 11    0 1 2 3 4 5 6 7 8 9 10
    check character    1 0 X 9 8 7 6 5 4 3 2

Numbers that begin with 81, 82 or 83 stand on residence permits of people from Hong Kong,
Macao and Taiwan, those with 9 on permanent-residence cards of foreigners; both have the same
form. Trap: `stdnum.cn.ric` refuses them all, which is why the arithmetic is here.
"""

import unicodedata
from datetime import date

LENGTH = 18
ADULT_YEARS = 18
OLDEST_YEARS = 150
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_RANGES = ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71), (81, 83))
_PROVINCES = frozenset(str(code) for first, last in _RANGES for code in range(first, last + 1))
_BETWEEN = dict.fromkeys(map(ord, " \t\u3000-‐‑–—·"))


def normalised(text: str) -> str:
    """The number as it is kept: half-width, without spaces and hyphens, a capital X.

    >>> normalised(" １１０１０５ 19491231-002x ")
    '11010519491231002X'
    """
    return unicodedata.normalize("NFKC", text).translate(_BETWEEN).strip().upper()


def check_character(first: str) -> str:
    """The last character that follows from the first 17 digits.

    The standard's own example: 1x7 + 1x9 + 0x10 + 1x5 + 0x8 + 5x4 + 1x2 + 9x1 + 4x6 + 9x3 +
    1x7 + 2x9 + 3x10 + 1x5 + 0x8 + 0x4 + 2x2 = 167, and 167 = 15 x 11 + 2.

    >>> check_character("11010519491231002")
    'X'
    """
    return _CHECKS[sum(int(digit) * weight for digit, weight in zip(first, _WEIGHTS, strict=True)) % 11]


def birth_date(number: str) -> date:
    """The day of birth in a normalised number; `ValueError` if there is no such day.

    >>> birth_date("11010519491231002X")
    datetime.date(1949, 12, 31)
    """
    return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))


def age(born: date, on: date) -> int:
    """Full years of life on a day. Who was born on 29 February is a year older on 1 March of other years.

    >>> age(date(2008, 2, 29), date(2026, 2, 28)), age(date(2008, 2, 29), date(2026, 3, 1))
    (17, 18)
    """
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def problems(number: str, on: date) -> tuple[str, ...]:
    """What is wrong with a normalised number on a day, as codes; empty for an adult's good number.

    `length` and `characters` stand alone; else any of `place`, `birth_date`, `check`, and
    `too_young` for a good number of somebody under 18.

    >>> problems("11010519491231002X", date(2026, 5, 8))
    ()
    >>> problems("110105194912310021", date(2026, 5, 8)), problems("110105", date(2026, 5, 8))
    (('check',), ('length',))
    """
    if len(number) != LENGTH:
        return ("length",)
    if not (number[:17].isascii() and number[:17].isdigit() and number[17] in "0123456789X"):
        return ("characters",)
    found = [code for code, wrong in (("place", _is_nowhere(number)), ("birth_date", _is_no_day(number, on))) if wrong]
    if check_character(number[:17]) != number[17]:
        found.append("check")
    if not found and age(birth_date(number), on) < ADULT_YEARS:
        found.append("too_young")
    return tuple(found)


def _is_nowhere(number: str) -> bool:
    return number[0] != "9" and number[:2] not in _PROVINCES


def _is_no_day(number: str, on: date) -> bool:
    try:
        born = birth_date(number)
    except ValueError:
        return True
    return born > on or age(born, on) > OLDEST_YEARS


def masked(number: str) -> str:
    """A normalised number with all but its first three and last four characters hidden.

    >>> masked("11010519491231002X")
    '110•••••••••••002X'
    """
    return f"{number[:3]}{'•' * (len(number) - 7)}{number[-4:]}"
