"""What was run because its time had come."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from config import clock


class ScheduledRun(models.Model):
    """One piece of periodic work at one of its times; without an end it is running, or its process died."""

    name = models.CharField(_("work"), max_length=40)
    due_at = models.DateTimeField(_("due"))
    begun_at = models.DateTimeField(_("begun"), default=clock.now)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    error = models.CharField(_("error"), max_length=400, blank=True)

    class Meta:
        verbose_name = _("periodic work")
        verbose_name_plural = _("periodic work")
        ordering = ["-due_at", "name"]
        constraints = [
            models.UniqueConstraint(fields=["name", "due_at"], name="accounts_scheduledrun_once"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=False) | Q(error=""), name="accounts_scheduledrun_error_ends"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.due_at:%Y-%m-%d %H:%M}"
