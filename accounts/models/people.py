"""People, lenders, who works where, and the chain of what was done."""

import uuid
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.querysets import AuditQuerySet, BorrowerQuerySet, LenderQuerySet, MembershipQuerySet
from accounts.roles import Role
from config import clock


class UserManager(BaseUserManager["User"]):
    """Makes users by e-mail or phone; there is no user name."""

    def create_user(
        self, *, email: str | None = None, phone: str | None = None, password: str | None = None, **fields: Any
    ) -> "User":
        user = self.model(email=self.normalize_email(email).lower() if email else None, phone=phone, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, *, email: str, password: str, **fields: Any) -> "User":
        """A person who manages people and lenders; it gives no right over loans or cases."""
        return self.create_user(email=email, password=password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody who can sign in, by e-mail or phone."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(_("e-mail"), null=True, blank=True)
    phone = models.CharField(_("phone"), max_length=16, null=True, blank=True, unique=True)
    phone_verified = models.BooleanField(_("phone verified"), default=False)
    name = models.CharField(_("name"), max_length=80, blank=True)
    language = models.CharField(_("language"), max_length=8, default="zh-hans")
    is_staff = models.BooleanField(_("may open the staff site"), default=False)
    is_active = models.BooleanField(_("may sign in"), default=True)
    joined_at = models.DateTimeField(_("joined"), default=clock.now)

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.UniqueConstraint(Lower("email"), name="accounts_user_email_once"),
            models.CheckConstraint(
                condition=Q(email__isnull=False) | Q(phone__isnull=False), name="accounts_user_email_or_phone"
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email or self.phone or str(self.public_id)


class Lender(models.Model):
    """A licensed lender; everything with money in it belongs to exactly one."""

    class Kind(models.TextChoices):
        COMMERCIAL_BANK = "commercial_bank", _("Commercial bank")
        CONSUMER_FINANCE = "consumer_finance", _("Consumer-finance company")
        MICRO_LENDER = "micro_lender", _("Micro-lender")

    code = models.SlugField(_("code"), max_length=32, unique=True)
    name_zh_hans = models.CharField(_("name in simplified Chinese"), max_length=80)
    name_zh_hant = models.CharField(_("name in traditional Chinese"), max_length=80)
    name_en = models.CharField(_("name in English"), max_length=80)
    kind = models.CharField(_("kind"), max_length=24, choices=Kind.choices, default=Kind.CONSUMER_FINANCE)
    time_zone = models.CharField(_("time zone"), max_length=48, default="Asia/Shanghai")
    currency = models.CharField(_("currency"), max_length=3, default="CNY")
    complaint_line = models.CharField(_("complaint line"), max_length=40, default="12378")
    advice_line = models.CharField(_("advice line"), max_length=40, default="12345")
    closed_through = models.DateField(_("last business day that is closed"), null=True, blank=True, editable=False)

    objects = LenderQuerySet.as_manager()

    class Meta:
        verbose_name = _("lender")
        verbose_name_plural = _("lenders")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the language of the page."""
        return self.name_in(translation.get_language() or "zh-hans")

    def name_in(self, language: str) -> str:
        if language.startswith("en"):
            return self.name_en
        return self.name_zh_hant if language == "zh-hant" else self.name_zh_hans

    def today(self) -> Any:
        """The lender's business date."""
        return clock.today(self.time_zone)


class Membership(models.Model):
    """A person holds a role at a lender, from a day until perhaps another."""

    user = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("user"), db_index=False
    )
    lender = models.ForeignKey(Lender, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("lender"))
    role = models.CharField(_("role"), max_length=24, choices=Role.choices)
    handle = models.CharField(
        _("case handle"), max_length=12, blank=True, help_text=_("Stands in letters instead of a name.")
    )
    is_active = models.BooleanField(_("active"), default=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [models.UniqueConstraint(fields=["user", "lender", "role"], name="accounts_membership_once")]

    def __str__(self) -> str:
        return f"{self.user}, {self.get_role_display()}, {self.lender}"


class Borrower(models.Model):
    """A person who borrows: one person across lenders; each lender sees only its own relation."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.OneToOneField(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="borrower", verbose_name=_("user")
    )
    name = models.CharField(_("name"), max_length=80)
    name_latin = models.CharField(_("name in Latin letters"), max_length=80, blank=True)
    joined_at = models.DateTimeField(_("joined"), default=clock.now)

    objects = BorrowerQuerySet.as_manager()

    class Meta:
        verbose_name = _("borrower")
        verbose_name_plural = _("borrowers")

    def __str__(self) -> str:
        return self.name


class LenderRelation(models.Model):
    """That a borrower is a customer of a lender, under the lender's own reference.

    Whoever leaves is `closing` until the end of `closing_on`, and can take it back so long;
    then the relation is `closed`. A new application opens it again.
    """

    class State(models.TextChoices):
        ACTIVE = "active", pgettext_lazy("customer relation", "Active")
        CLOSING = "closing", pgettext_lazy("customer relation", "Being closed")
        CLOSED = "closed", pgettext_lazy("customer relation", "Closed")

    borrower = models.ForeignKey(
        Borrower,
        on_delete=models.PROTECT,
        related_name="relations",
        verbose_name=_("borrower"),
        db_index=False,
    )
    lender = models.ForeignKey(
        Lender, on_delete=models.PROTECT, related_name="relations", verbose_name=_("lender"), db_index=False
    )
    reference = models.CharField(_("customer reference"), max_length=40)
    since = models.DateField(_("since"))
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.ACTIVE)
    closing_on = models.DateField(_("closes at the end of"), null=True, blank=True)

    class Meta:
        verbose_name = _("customer relation")
        verbose_name_plural = _("customer relations")
        constraints = [
            models.UniqueConstraint(fields=["borrower", "lender"], name="accounts_relation_once"),
            models.UniqueConstraint(fields=["lender", "reference"], name="accounts_relation_reference_once"),
            models.CheckConstraint(
                condition=Q(state="closing", closing_on__isnull=False)
                | (~Q(state="closing") & Q(closing_on__isnull=True)),
                name="accounts_relation_closing_dated",
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class ReferenceCounter(models.Model):
    """The last number given out for a kind of reference, per lender and year."""

    lender = models.ForeignKey(Lender, on_delete=models.PROTECT, related_name="+", db_index=False)
    prefix = models.CharField(max_length=4)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["lender", "prefix", "year"], name="accounts_counter_once")]


class AuditEntry(models.Model):
    """One thing that was done, linked to the one before by its hash. Never changed, never deleted."""

    lender = models.ForeignKey(
        Lender, on_delete=models.PROTECT, related_name="audit", verbose_name=_("lender"), db_index=False
    )
    number = models.PositiveBigIntegerField(_("number"))
    at = models.DateTimeField(_("at"))
    actor = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    verb = models.CharField(_("what was done"), max_length=40)
    subject = models.CharField(_("to what"), max_length=80)
    before = models.JSONField(_("before"), default=dict)
    after = models.JSONField(_("after"), default=dict)
    previous_hash = models.CharField(_("hash of the entry before"), max_length=64)
    hash = models.CharField(_("hash"), max_length=64)

    objects = AuditQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["lender", "number"], name="accounts_audit_number_once")]
        indexes = [models.Index(fields=["lender", "subject"], name="accounts_audit_subject")]

    def __str__(self) -> str:
        return f"{self.number} {self.verb} {self.subject}"


class AuditHead(models.Model):
    """The end of a lender's chain; its row is the lock that keeps writers in line."""

    lender = models.OneToOneField(Lender, on_delete=models.PROTECT, related_name="audit_head")
    number = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="0" * 64)


class OutboxMessage(models.Model):
    """Something to say outside this process, written with its cause and sent by a worker."""

    class Channel(models.TextChoices):
        EMAIL = "email", _("E-mail")
        SMS = "sms", _("SMS")

    channel = models.CharField(max_length=8, choices=Channel.choices)
    to = models.CharField(max_length=254)
    subject = models.CharField(max_length=200, blank=True)
    body = models.TextField()
    language = models.CharField(max_length=8, default="zh-hans")
    created_at = models.DateTimeField(default=clock.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("outgoing message")
        verbose_name_plural = _("outgoing messages")
        indexes = [
            models.Index(fields=["created_at"], condition=Q(sent_at__isnull=True), name="accounts_outbox_waiting")
        ]
