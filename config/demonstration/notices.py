"""The last three weeks of reminders, as the hourly command would have written them, and a provider that takes them.

Nothing leaves: the addresses of the made-up people can be nobody's. One text message fails, so that
staff have a failure to look at.
"""

from datetime import timedelta
from functools import partial

from accounts.models import NoticeDelivery, OutboxMessage
from accounts.services import release_notices
from config import clock
from config.demonstration.stage import Stage
from loans.services.reminding import remind

DAYS = 21
TAKEN_EVERY = 40  # of so many messages the provider refuses the last


def tell_daily(stage: Stage) -> None:
    """Plan a round for each of the last days, after what people do on it."""
    for ago in range(DAYS, -1, -1):
        stage.on(stage.today - timedelta(days=ago), partial(_round, stage))


def _round(stage: Stage) -> None:
    for lender in stage.lenders.values():
        remind(lender=lender)
    release_notices()
    _take()


def _take() -> None:
    """What a provider would do with the messages of notices."""
    now = clock.now()
    waiting = NoticeDelivery.objects.filter(state=NoticeDelivery.State.QUEUED, message__isnull=False)
    refused = [pk for pk in waiting.filter(channel="sms").values_list("pk", flat=True) if pk % TAKEN_EVERY == 0]
    messages = list(waiting.exclude(pk__in=refused).values_list("message", flat=True))
    OutboxMessage.objects.filter(pk__in=messages).update(sent_at=now, attempts=1)
    OutboxMessage.objects.filter(delivery__in=refused).update(attempts=8, last_error="Refused: unknown subscriber")
    waiting.filter(pk__in=refused).update(state="failed", reason="refused", settled_at=now)
    waiting.update(state="sent", settled_at=now)
