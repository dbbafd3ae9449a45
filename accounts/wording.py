"""How money, days and rates are written, in the three languages of the house.

| | English | 简体 | 繁體 |
|---|---|---|---|
| money | ¥1,116.35 | ¥1,116.35 | ¥1,116.35 |
| day | 27 May 2026 | 2026年5月27日 | 2026年5月27日 |
| with weekday | Wednesday 27 May 2026 | 2026年5月27日 周三 | 2026年5月27日 週三 |
| month | May 2026 | 2026年5月 | 2026年5月 |

Dates are set tight: no space stands inside a Chinese date. A negative sum carries a true
minus sign (U+2212), which is as wide as a plus. Pages, letters and pictures all write
through these functions, so one sum is never written two ways. Nothing here reads the
present language; it is said. Source: the look's README, "Voice".
"""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from types import MappingProxyType
from zoneinfo import ZoneInfo

MINUS = "\N{MINUS SIGN}"
SIGNS = MappingProxyType({"CNY": "¥", "HKD": "HK$", "TWD": "NT$", "USD": "US$", "JPY": "JP¥", "EUR": "€"})
DIGITS = MappingProxyType({"JPY": 0, "KRW": 0})  # minor digits where they are not two (ISO 4217)
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
ZH_WEEKDAYS = "一二三四五六日"


def is_english(language: str) -> bool:
    return language.lower().startswith("en")


def sign_of(currency: str = "CNY") -> str:
    """The sign that stands before a sum; the code itself and a no-break space if it has none.

    >>> sign_of(), sign_of("TWD"), sign_of("CHF")
    ('¥', 'NT$', 'CHF\\xa0')
    """
    return SIGNS.get(currency, f"{currency}\N{NO-BREAK SPACE}")


def amount_text(minor: int, currency: str = "CNY") -> str:
    """A sum without its currency sign, thousands parted by commas.

    >>> amount_text(111635), amount_text(5), amount_text(-28132), amount_text(1200, "JPY")
    ('1,116.35', '0.05', '−281.32', '1,200')
    """
    if isinstance(minor, bool) or not isinstance(minor, int):
        raise TypeError(f"money is a whole number of minor units, not {minor!r}")
    digits = DIGITS.get(currency, 2)
    whole, rest = divmod(abs(minor), 10**digits)
    text = f"{whole:,}.{rest:0{digits}d}" if digits else f"{whole:,}"
    return MINUS + text if minor < 0 else text


def money_text(minor: int, currency: str = "CNY") -> str:
    """A sum with its currency sign.

    >>> money_text(111635), money_text(-28132), money_text(0, "HKD")
    ('¥1,116.35', '−¥281.32', 'HK$0.00')
    """
    amount, sign = amount_text(minor, currency), sign_of(currency)
    return MINUS + sign + amount.removeprefix(MINUS) if minor < 0 else sign + amount


def signed_text(minor: int, currency: str = "CNY") -> str:
    """A difference: plus or minus, no currency sign; nothing before zero.

    >>> signed_text(3664), signed_text(-28132), signed_text(0)
    ('+36.64', '−281.32', '0.00')
    """
    return ("+" if minor > 0 else "") + amount_text(minor, currency)


def percent_text(rate: Decimal, places: int = 2, *, plus: bool = False) -> str:
    """A fraction as a percentage, half rounded up; `plus` shows the sign of a rise.

    >>> percent_text(Decimal("0.144")), percent_text(Decimal("0.14148"), 3)
    ('14.40%', '14.148%')
    >>> percent_text(Decimal("0.034"), 1, plus=True), percent_text(Decimal("-0.1293"), 1, plus=True)
    ('+3.4%', '−12.9%')
    """
    if not isinstance(rate, Decimal):
        raise TypeError(f"a rate is a Decimal, not {rate!r}")
    shown = (rate * 100).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    before = MINUS if shown < 0 else "+" if plus and shown > 0 else ""
    return f"{before}{abs(shown):,}%"


def day_text(day: date, language: str) -> str:
    """A full date.

    >>> day_text(date(2026, 5, 27), "en"), day_text(date(2026, 5, 27), "zh-hant")
    ('27 May 2026', '2026年5月27日')
    """
    if is_english(language):
        return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
    return f"{day.year}年{day.month}月{day.day}日"


def weekday_text(day: date, language: str) -> str:
    """A full date with its weekday, for a day on which somebody must act.

    >>> weekday_text(date(2026, 5, 27), "en"), weekday_text(date(2026, 5, 27), "zh-hant")
    ('Wednesday 27 May 2026', '2026年5月27日 週三')
    """
    if is_english(language):
        return f"{WEEKDAYS[day.weekday()]} {day_text(day, language)}"
    week = "週" if language == "zh-hant" else "周"
    return f"{day_text(day, language)} {week}{ZH_WEEKDAYS[day.weekday()]}"


def short_day_text(day: date, language: str) -> str:
    """A date without its year, for lists and calendars beside a full one.

    >>> short_day_text(date(2026, 5, 27), "en"), short_day_text(date(2026, 5, 27), "zh-hans")
    ('27 May', '5月27日')
    """
    if is_english(language):
        return f"{day.day} {MONTHS[day.month - 1]}"
    return f"{day.month}月{day.day}日"


def day_of_month_text(day: date, language: str) -> str:
    """The day alone, where the month stands above it.

    >>> day_of_month_text(date(2026, 5, 27), "en"), day_of_month_text(date(2026, 5, 27), "zh-hans")
    ('27', '27日')
    """
    return str(day.day) if is_english(language) else f"{day.day}日"


def year_text(day: date, language: str) -> str:
    """The year alone.

    >>> year_text(date(2026, 5, 27), "en"), year_text(date(2026, 5, 27), "zh-hant")
    ('2026', '2026年')
    """
    return f"{day.year}" if is_english(language) else f"{day.year}年"


def month_text(day: date, language: str) -> str:
    """A month and its year.

    >>> month_text(date(2026, 5, 27), "en"), month_text(date(2026, 5, 27), "zh-hans")
    ('May 2026', '2026年5月')
    """
    return f"{MONTHS[day.month - 1]} {day.year}" if is_english(language) else f"{day.year}年{day.month}月"


def month_name_text(day: date, language: str, *, short: bool = False) -> str:
    """A month without its year; `short` is for the foot of a picture.

    >>> month_name_text(date(2026, 9, 1), "en"), month_name_text(date(2026, 9, 1), "en", short=True)
    ('September', 'Sep')
    >>> month_name_text(date(2026, 9, 1), "zh-hans")
    '9月'
    """
    if is_english(language):
        return MONTHS[day.month - 1][:3] if short else MONTHS[day.month - 1]
    return f"{day.month}月"


def moment_text(instant: datetime, language: str, zone: str = "Asia/Shanghai") -> str:
    """An aware instant as a full date and the time of day in the IANA time zone `zone`.

    >>> from datetime import UTC
    >>> moment_text(datetime(2026, 5, 8, 13, 14, tzinfo=UTC), "zh-hans")
    '2026年5月8日 21:14'
    >>> moment_text(datetime(2026, 5, 8, 13, 14, tzinfo=UTC), "en", "UTC")
    '8 May 2026, 13:14'
    """
    if instant.tzinfo is None:
        raise ValueError("a moment is an aware instant")
    local = instant.astimezone(ZoneInfo(zone))
    between = ", " if is_english(language) else " "
    return f"{day_text(local.date(), language)}{between}{local:%H:%M}"


def language_tag(language: str) -> str:
    """A Django language code as the tag HTML wants.

    >>> [language_tag(code) for code in ("zh-hans", "zh-hant", "en")]
    ['zh-Hans', 'zh-Hant', 'en']
    """
    head, _, tail = language.partition("-")
    return f"{head}-{tail.capitalize()}" if tail else head
