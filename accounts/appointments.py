"""Ending what `services.appoint` began."""

from django.db import transaction

from accounts import audit
from accounts.errors import Conflict
from accounts.models import Membership, User


@transaction.atomic
def withdraw(*, membership: Membership, acting_user: User | None) -> None:
    """End a role at a lender; whoever holds no role any more cannot open the staff site. `Conflict` if it had ended.

    Superusers keep the staff site: they manage people and lenders there.
    """
    ended = Membership.objects.filter(pk=membership.pk, is_active=True).update(is_active=False)
    if not ended:
        raise Conflict(f"membership {membership.pk} had ended")
    user = membership.user
    if not user.is_superuser and not Membership.objects.filter(user=user, is_active=True).exists():
        User.objects.filter(pk=user.pk).update(is_staff=False)
    audit.record(
        lender=membership.lender,
        verb="withdraw_appointment",
        subject=str(user.public_id),
        before={"role": membership.role},
        acting_user=acting_user,
    )
