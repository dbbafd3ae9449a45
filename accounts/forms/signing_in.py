"""The forms of signing up, in, and of one's own account: allauth's, in our words.

One field takes an e-mail or a phone wherever somebody names an account. No placeholder
stands where a label belongs, and no answer tells whether an account exists.
"""

import unicodedata
from typing import Any

from allauth.account import forms as account
from allauth.account.adapter import get_adapter
from allauth.account.internal.userkit import filter_users_by_email
from allauth.core import context, ratelimit
from allauth.core.internal.ratelimit import get_ip
from allauth.mfa.base import forms as second_factor
from allauth.mfa.totp import forms as totp
from django import forms
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from accounts.phone import e164
from accounts.reauthentication import DEMO_PASSWORD
from accounts.throttle import account_and_address

NEW_PASSWORD_HINT = _("At least 12 characters. A short sentence is easy to remember and hard to guess.")
CODE_HINT = _("The 6 digits from the message.")


def say(form: forms.Form, name: str, label: Any, hint: Any = "", **attrs: str) -> None:
    """Give a field of `form` our label, hint and attributes, and take its placeholder away."""
    field = form.fields[name]
    field.label, field.help_text = label, hint
    field.widget.attrs.pop("placeholder", None)
    field.widget.attrs.update(attrs)


def ask_for_code(form: forms.Form, hint: Any = CODE_HINT) -> None:
    say(form, "code", _("Code"), hint, inputmode="numeric", autocomplete="one-time-code", size="10")


class PhoneField(forms.CharField):
    """A mobile number however it is written; its value is E.164."""

    default_error_messages = {"invalid": _("Please enter a mobile number, for example 138 1234 5678.")}

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"})
        super().__init__(**{"label": _("Phone"), "widget": widget, "max_length": 32, **kwargs})

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return text
        try:
            return e164(text)
        except ValueError as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error


class ContactField(forms.CharField):
    """An e-mail or a mobile number; its value is the e-mail in lower case or the number in E.164."""

    default_error_messages = {"invalid": _("Please enter an e-mail or a mobile number.")}

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"})
        super().__init__(**{"label": _("E-mail or phone"), "widget": widget, "max_length": 254, **kwargs})

    def clean(self, value: Any) -> str:
        text = unicodedata.normalize("NFKC", super().clean(value)).strip()
        try:
            if "@" not in text:
                return e164(text)
            validate_email(text)
        except (ValueError, ValidationError) as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error
        return text.lower()


class LoginForm(account.LoginForm):
    """E-mail or phone, and the password. What cannot be an account fails like a wrong password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = ContactField()
        say(self, "password", _("Password"))
        self.order_fields(["login", "password"])


class SignupForm(account.SignupForm):
    """An e-mail or a phone, and if one likes a password. The code that follows proves the address."""

    field_order = ["contact", "password1"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("email", "phone"):
            del self.fields[name]
        self.fields["contact"] = ContactField(help_text=_("We send a code there, to make sure that it is yours."))
        self.fields["password1"].required = False
        say(self, "password1", _("Password"), NEW_PASSWORD_HINT)
        self.order_fields(self.field_order)

    def clean_contact(self) -> str:
        contact = str(self.cleaned_data["contact"])
        if "@" in contact:
            self.cleaned_data["email"] = contact
            self.account_already_exists = bool(filter_users_by_email(contact))
        else:
            self.cleaned_data["phone"] = contact
        return contact

    def try_save(self, request: Any) -> Any:
        if self.account_already_exists and self.cleaned_data.get("password1"):
            make_password(self.cleaned_data["password1"])  # takes the time that a new account would take
        return super().try_save(request)


class RequestLoginCodeForm(forms.Form):
    """Where to send a code for signing in; allauth asks this in two fields, of which one must stay empty."""

    contact = ContactField(help_text=_("We send a code of 6 digits there."))

    def clean_contact(self) -> str:
        contact = str(self.cleaned_data["contact"])
        key = account_and_address(contact, get_ip(context.request))
        fast = not ratelimit.consume(context.request, action="request_login_code", key=key)
        if fast or not ratelimit.consume(context.request, action="code_to_contact", key=contact):
            raise get_adapter().validation_error("too_many_login_attempts")
        if "@" in contact:
            users = filter_users_by_email(contact, is_active=True, prefer_verified=True, for_login=True)
            self._user = users[0] if users else None
            self.cleaned_data["email"] = contact
        else:
            self._user = get_adapter().get_user_by_phone(contact)
            self.cleaned_data["phone"] = contact
        return contact


class ConfirmLoginCodeForm(account.ConfirmLoginCodeForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask_for_code(self)


class VerifyPhoneForm(account.VerifyPhoneForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask_for_code(self)


class ConfirmPasswordResetCodeForm(account.ConfirmPasswordResetCodeForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask_for_code(self)


class ResetPasswordForm(account.ResetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say(self, "email", _("E-mail"), _("We send a code of 6 digits there."))


class ResetPasswordKeyForm(account.ResetPasswordKeyForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say(self, "password1", _("New password"), NEW_PASSWORD_HINT)
        say(self, "password2", _("New password, once more"))


class ChangePasswordForm(account.ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say(self, "oldpassword", _("Present password"))
        say(self, "password1", _("New password"), NEW_PASSWORD_HINT)
        say(self, "password2", _("New password, once more"))


class SetPasswordForm(account.SetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say(self, "password1", _("New password"), NEW_PASSWORD_HINT)
        say(self, "password2", _("New password, once more"))


class ReauthenticateForm(account.ReauthenticateForm):
    """The password, once more. In the demonstration the page shows it: everybody there has the same."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say(self, "password", _("Password"))
        self.demo_password = DEMO_PASSWORD if settings.DEMO else ""


class AddEmailForm(account.AddEmailForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say(self, "email", _("New e-mail"), _("It takes the place of the old one once you have confirmed it."))


class ChangePhoneForm(account.ChangePhoneForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say(self, "phone", _("New phone"), _("We send a code of 6 digits there."))


class SecondFactorForm(second_factor.AuthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask_for_code(self, _("From your authenticator app, or one of your recovery codes."))


class SecondFactorAgainForm(second_factor.ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask_for_code(self, _("From your authenticator app, or one of your recovery codes."))


class ActivateTOTPForm(totp.ActivateTOTPForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask_for_code(self, _("The 6 digits that the app shows now."))

    @property
    def key_in_fours(self) -> str:
        """The secret as one types it: in groups of four letters."""
        return " ".join(self.secret[at : at + 4] for at in range(0, len(self.secret), 4))
