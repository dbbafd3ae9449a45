"""That a letter was opened by the person it is for."""

from django.db import transaction

from accounts.errors import NotPermitted
from accounts.models import User
from deferrals.models import Letter, LetterReading


@transaction.atomic
def read_letter(*, letter: Letter, acting_user: User) -> None:
    """Note the first reading; a second changes nothing."""
    if letter.borrower.user_id != acting_user.pk:
        raise NotPermitted("a letter is read by whom it is for")
    LetterReading.objects.get_or_create(letter=letter)
