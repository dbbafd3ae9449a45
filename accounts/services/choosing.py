"""A person chooses which notices also come outside the inbox, in which language, and when not."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts.errors import Refused
from accounts.language import is_offered
from accounts.models import Borrower, NoticePreferences, User
from accounts.notices import quiet
from accounts.services.telling import only_oneself, tell_lenders
from config import clock


@transaction.atomic
def choose_notices(*, user: User, chosen: Mapping[str, Any], language: str, acting_user: User) -> NoticePreferences:
    """Keep the choice; `chosen` by the columns of `NoticePreferences`. It stands in the chain of one's lenders.

    Raises `Refused` with `quiet_hours` where the night would be shorter than the law has it, and
    with `language` for one that is not offered.
    """
    only_oneself(user, acting_user)
    if not (
        quiet.EARLIEST_START <= chosen["quiet_from"] <= quiet.LAST_START
        and quiet.FIRST_END <= chosen["quiet_until"] <= quiet.LATEST_END
    ):
        raise Refused("quiet_hours")
    if not is_offered(language):
        raise Refused("language")
    kept, _made = NoticePreferences.objects.update_or_create(user=user, defaults={**chosen, "changed_at": clock.now()})
    User.objects.filter(pk=user.pk).update(language=language)
    borrower = Borrower.objects.filter(user=user).first()
    if borrower is not None:
        tell_lenders(borrower, "choose_notices", {**chosen, "language": language}, acting_user)
    return kept
