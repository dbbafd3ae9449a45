"""What was decided, what was offered, what was signed."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Lender, User
from config import clock
from deferrals.models.policy import PolicyVersion
from deferrals.models.request import ReliefRequest
from deferrals.states import OfferState


class Decision(models.Model):
    """A person's decision with its reasons and the facts and rules they saw. Never changed."""

    class Outcome(models.TextChoices):
        APPROVED = "approved", _("Approved as asked")
        DENIED = "denied", _("Not approved")

    request = models.OneToOneField(
        ReliefRequest, on_delete=models.PROTECT, related_name="decision", verbose_name=_("request")
    )
    lender = models.ForeignKey(Lender, on_delete=models.PROTECT, related_name="+", verbose_name=_("lender"))
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome.choices)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("decided by"))
    handle = models.CharField(_("case handle"), max_length=12, blank=True)
    decided_at = models.DateTimeField(_("decided"), default=clock.now)
    decided_on = models.DateField(_("decided on"))
    reasons = models.JSONField(_("reasons, each with its fact"))
    words = models.CharField(_("in the reviewer's words"), max_length=1000)
    policy = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="+", verbose_name=_("policy"))
    rule_hits = models.JSONField(_("rules"))
    facts = models.JSONField(_("facts on the day"))

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")

    def __str__(self) -> str:
        return f"{self.request} {self.outcome}"


class Offer(models.Model):
    """Figures that may be accepted until a day; newer figures are a newer offer."""

    request = models.ForeignKey(
        ReliefRequest,
        on_delete=models.PROTECT,
        related_name="offers",
        verbose_name=_("request"),
        db_index=False,
    )
    lender = models.ForeignKey(Lender, on_delete=models.PROTECT, related_name="+", verbose_name=_("lender"))
    number = models.PositiveSmallIntegerField(_("number"))
    state = models.CharField(_("state"), max_length=12, choices=OfferState.choices, default=OfferState.LIVE)
    components = models.JSONField(_("components"))
    projection = models.JSONField(_("projection"))
    projection_hash = models.CharField(_("hash of the projection"), max_length=64)
    made_at = models.DateTimeField(_("made"), default=clock.now)
    expires_on = models.DateField(_("last day to accept"))

    class Meta:
        verbose_name = _("offer")
        verbose_name_plural = _("offers")
        ordering = ["request", "number"]
        constraints = [
            models.UniqueConstraint(fields=["request", "number"], name="deferrals_offer_number_once"),
            models.UniqueConstraint(fields=["request"], condition=Q(state="live"), name="deferrals_one_live_offer"),
        ]

    def __str__(self) -> str:
        return f"{self.request} / {self.number}"


class Acceptance(models.Model):
    """The signed record: who accepted which figures, how, and the exact text. Never changed."""

    offer = models.OneToOneField(Offer, on_delete=models.PROTECT, related_name="acceptance", verbose_name=_("offer"))
    lender = models.ForeignKey(Lender, on_delete=models.PROTECT, related_name="+", verbose_name=_("lender"))
    accepted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("accepted by"))
    accepted_at = models.DateTimeField(_("accepted"), default=clock.now)
    typed_name = models.CharField(_("typed name"), max_length=80)
    method = models.CharField(_("how they proved who they are"), max_length=20)
    language = models.CharField(_("language"), max_length=8)
    ip_address = models.GenericIPAddressField(_("address"), null=True, blank=True)
    user_agent = models.CharField(_("browser"), max_length=300, blank=True)
    text = models.JSONField(_("agreement, as shown"))
    text_sha256 = models.CharField(_("hash of the agreement"), max_length=64)
    projection_hash = models.CharField(_("hash of the projection"), max_length=64)

    class Meta:
        verbose_name = _("acceptance")
        verbose_name_plural = _("acceptances")

    def __str__(self) -> str:
        return self.typed_name
