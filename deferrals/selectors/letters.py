"""Whether a letter is ours."""

from dataclasses import dataclass

from accounts.chain import digest
from deferrals.models import Letter


@dataclass(frozen=True, slots=True)
class Verification:
    """What the verify page says: the letter's kind and day if number and code belong together."""

    letter: Letter | None


def verify(number: str, code: str) -> Verification:
    """Find the letter with this request number and check code, and hash it again.

    Tells nothing but kind, lender and day, and nothing at all where the two do not fit.
    """
    wanted = "".join(code.split()).lower()
    if len(wanted) != 16:
        return Verification(None)
    candidates = Letter.objects.filter(request__number=number.strip().upper(), sha256__startswith=wanted)
    for letter in candidates.select_related("lender", "request"):
        content = {"number": letter.request.number, "title": letter.title, "blocks": letter.blocks}
        if digest(content) == letter.sha256:
            return Verification(letter)
    return Verification(None)
