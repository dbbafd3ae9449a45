"""Is this the number of a bank card, and can this bank have issued it?

A card number has 12 to 19 digits (ISO/IEC 7812-1), the last of which follows from the others
by Luhn's formula: from the right every second digit is doubled (a sum of its own digits if
that passes 9), and everything together must be a multiple of ten.

The table says how long the debit cards of a bank are. It is practice, not a standard, and
changes without notice: whoever holds a card of another length chooses "another bank", for
which any length between 16 and 19 is accepted, as it is for all banks that are not listed.
"""

import unicodedata
from dataclasses import dataclass

OTHER = "OTHER"
_BETWEEN = dict.fromkeys(map(ord, " \t\u3000-‐‑–—"))


@dataclass(frozen=True, slots=True)
class Bank:
    """A bank by its usual code, with its names and the lengths of its debit cards in digits."""

    code: str
    zh_hans: str
    zh_hant: str
    en: str
    lengths: frozenset[int]

    def name_in(self, language: str) -> str:
        """The bank's own name on a page of that language."""
        if language.startswith("en"):
            return self.en
        return self.zh_hant if language == "zh-hant" else self.zh_hans


def _bank(code: str, zh_hans: str, zh_hant: str, en: str, *lengths: int) -> Bank:
    return Bank(code, zh_hans, zh_hant, en, frozenset(lengths))


BANKS = (
    _bank("ICBC", "中国工商银行", "中國工商銀行", "Industrial and Commercial Bank of China", 18, 19),
    _bank("ABC", "中国农业银行", "中國農業銀行", "Agricultural Bank of China", 19),
    _bank("BOC", "中国银行", "中國銀行", "Bank of China", 19),
    _bank("CCB", "中国建设银行", "中國建設銀行", "China Construction Bank", 16, 19),
    _bank("BOCOM", "交通银行", "交通銀行", "Bank of Communications", 17, 19),
    _bank("PSBC", "中国邮政储蓄银行", "中國郵政儲蓄銀行", "Postal Savings Bank of China", 19),
    _bank("CMB", "招商银行", "招商銀行", "China Merchants Bank", 16),
    _bank("CITIC", "中信银行", "中信銀行", "China CITIC Bank", 16, 19),
    _bank("CEB", "中国光大银行", "中國光大銀行", "China Everbright Bank", 16, 19),
    _bank("CMBC", "中国民生银行", "中國民生銀行", "China Minsheng Bank", 16),
    _bank("SPDB", "浦发银行", "浦發銀行", "SPD Bank", 16, 19),
    _bank("CIB", "兴业银行", "興業銀行", "Industrial Bank", 16, 18),
    _bank("PAB", "平安银行", "平安銀行", "Ping An Bank", 16, 19),
    _bank("HXB", "华夏银行", "華夏銀行", "Hua Xia Bank", 16, 19),
    _bank("CGB", "广发银行", "廣發銀行", "China Guangfa Bank", 16, 19),
)
ANY_LENGTHS = frozenset({16, 17, 18, 19})
_BY_CODE = {bank.code: bank for bank in BANKS}


def bank(code: str) -> Bank | None:
    """The listed bank of that code; None for another bank."""
    return _BY_CODE.get(code)


def normalised(text: str) -> str:
    """The number as it is kept: half-width digits without spaces and hyphens.

    >>> normalised("６２２２ 0200-0000 0000 000")
    '6222020000000000000'
    """
    return unicodedata.normalize("NFKC", text).translate(_BETWEEN).strip()


def check_digit(first: str) -> str:
    """The digit that completes `first` by Luhn's formula.

    7992739871, from the right, every second one doubled from the first: 1→2 7 8→16→7 9 3→6 7
    2→4 9 9→18→9 7, together 67, so 3 are missing to 70.

    >>> check_digit("7992739871")
    '3'
    """
    total = 0
    for place, digit in enumerate(reversed(first)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def problems(number: str, bank_code: str) -> tuple[str, ...]:
    """What is wrong with a normalised number of that bank's card, as codes; empty if nothing is.

    `characters` stands alone; else `length` or `check`, the first that is wrong.

    >>> problems("6222020000000000000", "ABC"), problems("6222020000000000009", "ABC"), problems("622202", "CMB")
    ((), ('check',), ('length',))
    """
    if not (number.isascii() and number.isdigit()):
        return ("characters",)
    found = bank(bank_code)
    if len(number) not in (found.lengths if found else ANY_LENGTHS):
        return ("length",)
    return () if check_digit(number[:-1]) == number[-1] else ("check",)
