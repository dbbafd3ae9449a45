"""Notices: what a lender told a borrower, word for word, and how each went out. See `docs/notices.md`."""

import uuid
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.chain import check_code
from accounts.models.people import Borrower, Lender, OutboxMessage, User
from accounts.notices import quiet
from accounts.notices.kinds import Channel, Kind
from accounts.querysets import NoticeQuerySet
from config import clock

KIND_NAMES: dict[str, Any] = {
    Kind.REMINDER.value: pgettext_lazy("kind of notice", "Reminders of what is due"),
    Kind.PAYMENT.value: pgettext_lazy("kind of notice", "Payments and debits"),
    Kind.SERVICE.value: pgettext_lazy("kind of notice", "Applications and limits"),
    Kind.LEGAL.value: pgettext_lazy("kind of notice", "What the law asks us to tell you"),
}
CHANNEL_NAMES: dict[str, Any] = {
    Channel.INBOX.value: _("Inbox"),
    Channel.EMAIL.value: _("E-mail"),
    Channel.SMS.value: _("SMS"),
}


class Notice(models.Model):
    """One thing said once: `key` is unique at the lender, `version` that of the words. Never changed.

    It is shown and sent from `due_at` on; after `good_until` sending it would help nobody.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    lender = models.ForeignKey(
        Lender, on_delete=models.PROTECT, related_name="+", verbose_name=_("lender"), db_index=False
    )
    borrower = models.ForeignKey(
        Borrower, on_delete=models.PROTECT, related_name="notices", verbose_name=_("borrower"), db_index=False
    )
    event = models.CharField(pgettext_lazy("notice", "event"), max_length=32)
    kind = models.CharField(_("kind"), max_length=12, choices=list(KIND_NAMES.items()))
    key = models.CharField(_("key"), max_length=80)
    version = models.PositiveSmallIntegerField(_("version of the words"))
    language = models.CharField(_("language"), max_length=8)
    title = models.CharField(_("title"), max_length=120)
    blocks = models.JSONField(_("text"))
    sms = models.CharField(_("text message"), max_length=160)
    sha256 = models.CharField(_("hash"), max_length=64)
    due_at = models.DateTimeField(_("to be told from"))
    good_until = models.DateTimeField(_("of use until"), null=True, blank=True)
    written_at = models.DateTimeField(_("written"), default=clock.now)
    written_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("written by")
    )

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["-due_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["lender", "key"], name="accounts_notice_once")]
        indexes = [models.Index(fields=["borrower", "-due_at"], name="accounts_notice_inbox")]

    def __str__(self) -> str:
        return self.title

    @property
    def is_unread(self) -> bool:
        """Whether the borrower has not opened it; free when `reading` was selected with it."""
        return not hasattr(self, "reading")

    @property
    def check_code(self) -> str:
        return check_code(self.sha256)


class NoticeReading(models.Model):
    """That the borrower opened a notice, and when first."""

    notice = models.OneToOneField(Notice, on_delete=models.PROTECT, related_name="reading")
    read_at = models.DateTimeField(default=clock.now)


class NoticeDelivery(models.Model):
    """How one notice goes through one channel.

    `send_at` is the earliest instant, out of the quiet hours. Handed over, it has a `message` in
    the outbox, which tries and tries again; `reason` says why it was not sent, or why later.
    """

    class State(models.TextChoices):
        QUEUED = "queued", pgettext_lazy("delivery", "Waiting")
        SENT = "sent", pgettext_lazy("delivery", "Sent")
        FAILED = "failed", pgettext_lazy("delivery", "Failed")
        SUPPRESSED = "suppressed", pgettext_lazy("delivery", "Not sent")

    class Reason(models.TextChoices):
        NO_ACCOUNT = "no_account", _("The person has no account")
        NO_ADDRESS = "no_address", _("No confirmed address")
        UNSUBSCRIBED = "unsubscribed", _("The person does not want these messages")
        NO_CHANNEL = "no_channel", _("This channel is not set up")
        DAILY_CAP = "daily_cap", _("Enough messages for one day")
        TOO_LATE = "too_late", _("It would have come too late to help")
        NOT_NEEDED = "not_needed", _("It was not needed any more")
        REFUSED = "refused", _("The provider did not take it")

    notice = models.ForeignKey(
        Notice, on_delete=models.PROTECT, related_name="deliveries", verbose_name=_("notice"), db_index=False
    )
    channel = models.CharField(_("channel"), max_length=8, choices=list(CHANNEL_NAMES.items()))
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.QUEUED)
    reason = models.CharField(_("reason"), max_length=16, choices=Reason.choices, blank=True)
    send_at = models.DateTimeField(_("not before"))
    message = models.OneToOneField(
        OutboxMessage,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="delivery",
        verbose_name=_("message"),
    )
    handed_at = models.DateTimeField(_("handed over"), null=True, blank=True)
    settled_at = models.DateTimeField(_("sent, or given up"), null=True, blank=True)

    class Meta:
        verbose_name = _("delivery of a notice")
        verbose_name_plural = _("deliveries of notices")
        ordering = ["-send_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["notice", "channel"], name="accounts_delivery_once"),
            models.CheckConstraint(
                condition=~Q(state__in=["failed", "suppressed"]) | ~Q(reason=""), name="accounts_delivery_says_why"
            ),
            models.CheckConstraint(
                condition=Q(state="queued", settled_at__isnull=True)
                | (~Q(state="queued") & Q(settled_at__isnull=False)),
                name="accounts_delivery_settled",
            ),
        ]
        indexes = [
            models.Index(
                fields=["send_at"], condition=Q(state="queued", message__isnull=True), name="accounts_delivery_waiting"
            ),
            models.Index(fields=["handed_at"], condition=Q(handed_at__isnull=False), name="accounts_delivery_handed"),
        ]

    def __str__(self) -> str:
        return f"{self.notice}, {self.get_channel_display()}"


class NoticePreferences(models.Model):
    """Which notices a person wants outside the inbox, and longer quiet hours; what the law demands always comes."""

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="notice_preferences")
    reminder_by_email = models.BooleanField(default=True)
    reminder_by_sms = models.BooleanField(default=True)
    payment_by_email = models.BooleanField(default=True)
    payment_by_sms = models.BooleanField(default=True)
    service_by_email = models.BooleanField(default=True)
    service_by_sms = models.BooleanField(default=True)
    quiet_from = models.PositiveSmallIntegerField(default=quiet.LAST_START)
    quiet_until = models.PositiveSmallIntegerField(default=quiet.FIRST_END)
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(quiet_from__gte=quiet.EARLIEST_START, quiet_from__lte=quiet.LAST_START)
                & Q(quiet_until__gte=quiet.FIRST_END, quiet_until__lte=quiet.LATEST_END),
                name="accounts_quiet_hours_not_shorter",
            )
        ]

    def wants(self, kind: str, channel: str) -> bool:
        """Whether notices of `kind` may go through `channel`; the inbox and what the law demands always may.

        >>> NoticePreferences(reminder_by_sms=False).wants("reminder", "sms"), NoticePreferences().wants("legal", "sms")
        (False, True)
        """
        return bool(getattr(self, f"{kind}_by_{channel}", True))
