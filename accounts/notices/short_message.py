"""What fits into one text message (3GPP TS 23.038).

    only letters of the GSM alphabet   160 septets; € [ ] { } \\ ^ | ~ take two
    any other letter, as in Chinese     70 UTF-16 units

A longer text is cut into parts that may come out of order, so ours never is longer.
"""

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("€[]{}\\^|~\f")
LONGEST_GSM = 160
LONGEST_OTHER = 70
NAME_GSM = 28
NAME_OTHER = 12


def length(text: str) -> int:
    """Septets if the GSM alphabet has every letter, else UTF-16 units.

    >>> length("Paid €5"), length("已还5元")
    (8, 4)
    """
    if is_gsm(text):
        return len(text) + sum(letter in EXTENDED for letter in text)
    return len(text.encode("utf-16-le")) // 2


def is_gsm(text: str) -> bool:
    return all(letter in BASIC or letter in EXTENDED for letter in text)


def fits(text: str) -> bool:
    """Whether the text is one message.

    >>> fits("a" * 160), fits("a" * 161), fits("还" * 70), fits("还" * 71)
    (True, False, True, False)
    """
    return length(text) <= (LONGEST_GSM if is_gsm(text) else LONGEST_OTHER)


def brief_name(name: str, *, english: bool) -> str:
    """A lender's name as a text message has room for it: whole, or its beginning.

    >>> brief_name("青禾消费金融", english=False)
    '青禾消费金融'
    >>> brief_name("The Very Old and Very Long Bank of the Lower River", english=True)
    'The Very Old and Very Long'
    """
    if not english:
        return name[:NAME_OTHER]
    if len(name) <= NAME_GSM:
        return name
    head = name[: NAME_GSM + 1].rpartition(" ")[0]
    return head or name[:NAME_GSM]
