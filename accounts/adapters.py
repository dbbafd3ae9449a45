"""How this house answers django-allauth's questions.

Traps that this file is about (found by reading and running allauth 65.21):
- its failed-login key ignores phones, so all phones would share one counter, and it ignores
  the address, so anybody could lock out anybody: here the key is account and address;
- with e-mail not demanded of everybody it lets an unproved e-mail in: here every sign-up
  asks for a code sent to the address, known or unknown alike;
- who signs up with somebody else's address and a password must not keep that password when
  the owner comes: it waits, hashed, in the session that chose it until the code was given.
"""

import base64
import hashlib
import io
from typing import Any

import qrcode
from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from allauth.account.models import EmailAddress, Login
from allauth.core.exceptions import ImmediateHttpResponse, ReauthenticationRequired
from allauth.core.internal.ratelimit import get_ip
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from qrcode.image.svg import SvgPathFillImage

from accounts import language, outbox, throttle
from accounts.forms.signing_in import PhoneField
from accounts.models import User
from accounts.phone import e164
from accounts.reauthentication import recently_confirmed

_CHOSEN = "accounts_chosen_password"
_MISMATCH = _("This e-mail or phone and this password do not match.")

_WAYS = {
    "reauthenticate": _("With your password"),
    "mfa_reauthenticate": _("With your authenticator app"),
    "code": _("With a code we send you"),
}


class AccountAdapter(DefaultAccountAdapter):
    """Accounts by e-mail or phone, answers that tell strangers nothing, mail through the outbox."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _MISMATCH,
        "phone_password_mismatch": _MISMATCH,
        "username_password_mismatch": _MISMATCH,
        "invalid_login": _MISMATCH,
        "incorrect_code": _("This code is not right. Please look at the latest message."),
        "incorrect_password": _("This password is not right."),
        "enter_current_password": _("This is not your present password."),
        "too_many_login_attempts": _("There were too many attempts. Please wait 15 minutes and try again."),
        "rate_limited": _("That was a little fast. Please wait a minute and try again."),
        "email_taken": _("This e-mail already belongs to an account."),
        "phone_taken": _("This phone already belongs to an account."),
        "duplicate_email": _("This e-mail is already yours."),
        "same_as_current": _("This is the same as now. Please enter the new one."),
    }

    # Who somebody is

    def clean_phone(self, phone: str) -> str:
        return e164(phone)

    def phone_form_field(self, **kwargs: Any) -> Any:
        return PhoneField(**kwargs)

    def get_phone(self, user: Any) -> tuple[str, bool] | None:
        return (user.phone, user.phone_verified) if user.phone else None

    def set_phone(self, user: Any, phone: str, verified: bool) -> None:
        user.phone, user.phone_verified = phone, verified
        user.save(update_fields=["phone", "phone_verified"])

    def set_phone_verified(self, user: Any, phone: str) -> None:
        self.set_phone(user, phone, True)

    def get_user_by_phone(self, phone: str) -> User | None:
        return User.objects.filter(phone=phone).first()

    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Any:
        chosen = form.cleaned_data.pop("password1", "")
        user.phone = form.cleaned_data.get("phone") or None
        user.language = get_language() or settings.LANGUAGE_CODE
        saved = super().save_user(request, user, form, commit)
        if chosen:
            request.session[_CHOSEN] = {"user": saved.pk, "password": make_password(chosen)}
        return saved

    # Proof of an address

    def is_login_by_code_required(self, login: Login) -> bool:
        """Every sign-up by e-mail is proved by a code; one by phone has allauth's own step for it."""
        return bool(login.signup and (login.user.email if login.user else login.email))

    def login(self, request: HttpRequest, user: Any) -> None:
        """Everything asked for was given; now a password chosen in this session becomes the account's."""
        chosen = request.session.pop(_CHOSEN, None)
        if chosen and chosen["user"] == user.pk:
            user.password = chosen["password"]
            user.save(update_fields=["password"])
        super().login(request, user)

    # Too many attempts

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        login = credentials.get("email") or credentials.get("phone") or credentials.get("username") or ""
        return throttle.account_and_address(login, get_ip(request))

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError as error:
            raise ImmediateHttpResponse(throttle.too_many_requests(request)) from error

    # Still the same person?

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        if not user.is_authenticated:
            return []
        ways = [{**way, "description": _WAYS[way["id"]]} for way in super().get_reauthentication_methods(user)]
        if any(way["id"] == "mfa_reauthenticate" for way in ways):
            return ways  # a text message is no match for an authenticator
        return [*ways, {"id": "code", "description": _WAYS["code"], "url": reverse("accounts:confirm_code")}]

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """As configured; and people without password and second factor are asked too (allauth lets them pass)."""
        user = self.request.user
        if user.is_authenticated and not get_reauthentication_flows(user) and not recently_confirmed(self.request):
            raise ReauthenticationRequired
        return bool(super().is_reauthentication_required(app=app, **kwargs))

    # What leaves, and where one is sent

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        subject = render_to_string(f"{template_prefix}_subject.txt", context)
        body = render_to_string(f"{template_prefix}_message.txt", {"email": email, **context}, self.request)
        outbox.write_email(to=email, subject=subject.strip(), body=body.strip() + "\n")

    def send_verification_code_sms(self, user: Any, phone: str, code: str, **kwargs: Any) -> None:
        self._send_sms("code", phone, {"code": code, "minutes": app_settings.LOGIN_BY_CODE_TIMEOUT // 60})

    def send_unknown_account_sms(self, phone: str, **kwargs: Any) -> None:
        self._send_sms("unknown_account", phone, {})

    def send_account_already_exists_sms(self, phone: str) -> None:
        self._send_sms("account_already_exists", phone, {})

    def _send_sms(self, name: str, phone: str, words: dict[str, Any]) -> None:
        outbox.write_sms(to=phone, body=render_to_string(f"account/sms/{name}.txt", words).strip())

    def is_safe_url(self, url: str) -> bool:
        """Only addresses of this very host; allauth would also follow every ALLOWED_HOSTS."""
        return url_has_allowed_host_and_scheme(
            url, allowed_hosts={self.request.get_host()}, require_https=self.request.is_secure()
        )

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("accounts:home")

    def get_email_verification_redirect_url(self, email_address: EmailAddress) -> str:
        return reverse("accounts:home")

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """The language chosen on this browser is remembered; otherwise the remembered one is set."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        if settings.LANGUAGE_COOKIE_NAME in request.COOKIES:
            User.objects.filter(pk=user.pk).update(language=get_language())
        else:
            language.remember(response, user.language)
        return response


class SecondFactorAdapter(DefaultMFAAdapter):
    """Second factors, whose secrets are encrypted in the database."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("This code is not right. Codes change every 30 seconds; please take the newest."),
        "unverified_email": _("Please confirm your e-mail first."),
    }

    def build_totp_svg(self, url: str) -> str:
        """The picture on a white ground of its own; allauth's is transparent, and cannot be read in the dark."""
        picture = io.BytesIO()
        qrcode.make(url, image_factory=SvgPathFillImage).save(picture)
        return picture.getvalue().decode()

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _cipher().decrypt(encrypted_text.encode()).decode()


def _cipher() -> MultiFernet:
    """AES-128-CBC with HMAC under a key from SECRET_KEY; older keys (SECRET_KEY_FALLBACKS) still open."""
    keys: list[Any] = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    derived = [hashlib.sha256(f"leeway second factor\n{key}".encode()).digest() for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in derived])
