"""What the pages of one's own account show."""

from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession

from accounts.models import OutboxMessage, User
from accounts.phone import readable


@dataclass(frozen=True, slots=True)
class AccountPage:
    """One's own account: how to reach one, how one signs in. 2 queries."""

    email: str
    phone: str
    has_password: bool
    has_authenticator: bool
    sessions: int


def account_page(user: User) -> AccountPage:
    return AccountPage(
        email=user.email or "",
        phone=readable(user.phone) if user.phone else "",
        has_password=user.has_usable_password(),
        has_authenticator=Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists(),
        sessions=UserSession.objects.filter(user=user).count(),
    )


def last_messages(count: int = 30) -> list[OutboxMessage]:
    """The newest messages, for the demonstration's outbox. 1 query."""
    return list(OutboxMessage.objects.order_by("-created_at", "-pk")[:count])
