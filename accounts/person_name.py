"""How a person's name is read, compared and shown.

A name is compared letter by letter, after what keyboards do differently is made the same:
full-width letters, capitals, the dot in names such as 阿依古丽·买买提, more than one space.
"""

import unicodedata

LONGEST = 80
_DOTS = dict.fromkeys(map(ord, "•‧∙・･．."), "·")


def normalised(text: str) -> str:
    """The name as it is kept.

    >>> normalised("  阿依古丽•买买提 "), normalised("Emma   Clarke")
    ('阿依古丽·买买提', 'Emma Clarke')
    """
    plain = " ".join(unicodedata.normalize("NFKC", text).split()).translate(_DOTS)
    return plain.replace(" ·", "·").replace("· ", "·")


def same(one: str, other: str) -> bool:
    """Whether two names are one.

    >>> same("王晓雨", "王 晓雨"), same("EMMA CLARKE", "Emma Clarke"), same("王晓雨", "王小雨")
    (True, True, False)
    """
    return _letters(one) == _letters(other)


def _letters(text: str) -> str:
    plain = normalised(text).casefold()
    return plain if plain.isascii() else plain.replace(" ", "")


def is_a_name(text: str) -> bool:
    """At least two letters, no digits, nothing else than letters, spaces, dots, hyphens and apostrophes.

    >>> is_a_name("王晓雨"), is_a_name("O'Neill-Li"), is_a_name("王"), is_a_name("wang88")
    (True, True, False, False)
    """
    plain = normalised(text)
    letters = [letter for letter in plain if letter.isalpha() or unicodedata.category(letter) == "Mn"]
    return len(letters) >= 2 and len(plain) <= LONGEST and all(x in letters or x in " ·-'’" for x in plain)
