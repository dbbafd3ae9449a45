"""Settings of django-allauth: how people open an account, sign in, and prove it is still them.

Why it is so: `docs/decisions/0002-sign-up.md`. Rates read "how many / in which time / per
whom"; they are counted in the database's cache table, so they hold over several processes.
"""

from typing import Any

_SIX_DIGITS = {"numeric": True, "length": 6, "dashed": False}

# Who: an e-mail or a phone, no user name
ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_LOGIN_METHODS = {"email", "phone"}
ACCOUNT_SIGNUP_FIELDS = ["email", "phone", "password1"]
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_MAX_EMAIL_ADDRESSES = 2  # the one in force, and the one it will become
ACCOUNT_PREVENT_ENUMERATION = True
# "optional", because allauth's "mandatory" demands an e-mail of everybody; the adapter asks
# for a code before the first sign-in by any address, which is stricter than allauth's link.
ACCOUNT_EMAIL_VERIFICATION = "optional"

# By what: a password, or a code of six digits
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 10 * 60
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_FORMAT = _SIX_DIGITS
ACCOUNT_PHONE_VERIFICATION_TIMEOUT = 10 * 60
ACCOUNT_PHONE_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_PHONE_VERIFICATION_CODE_FORMAT = _SIX_DIGITS
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 10 * 60
ACCOUNT_PASSWORD_RESET_BY_CODE_CODE_FORMAT = _SIX_DIGITS

# Where to, after signing up: what is needed to be a customer, one thing a page
ACCOUNT_SIGNUP_REDIRECT_URL = "accounts:next_step"

# How long
ACCOUNT_SESSION_REMEMBER = True  # until SESSION_COOKIE_AGE; a phone closes its browser often
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 10 * 60
ACCOUNT_LOGOUT_ON_GET = False

# What is said, and how the pages ask
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_FORMS = {
    "login": "accounts.forms.signing_in.LoginForm",
    "signup": "accounts.forms.signing_in.SignupForm",
    "request_login_code": "accounts.forms.signing_in.RequestLoginCodeForm",
    "confirm_login_code": "accounts.forms.signing_in.ConfirmLoginCodeForm",
    "verify_phone": "accounts.forms.signing_in.VerifyPhoneForm",
    "confirm_password_reset_code": "accounts.forms.signing_in.ConfirmPasswordResetCodeForm",
    "reset_password": "accounts.forms.signing_in.ResetPasswordForm",
    "reset_password_from_key": "accounts.forms.signing_in.ResetPasswordKeyForm",
    "change_password": "accounts.forms.signing_in.ChangePasswordForm",
    "set_password": "accounts.forms.signing_in.SetPasswordForm",
    "reauthenticate": "accounts.forms.signing_in.ReauthenticateForm",
    "add_email": "accounts.forms.signing_in.AddEmailForm",
    "change_phone": "accounts.forms.signing_in.ChangePhoneForm",
}
ACCOUNT_RATE_LIMITS = {
    # `key` is the account and the address together: nobody can lock somebody else out.
    "login_failed": "5/15m/key,50/h/ip",
    "request_login_code": "3/10m/key,30/h/ip",
    # One person's phone is not flooded, from however many addresses.
    "code_to_contact": "10/h/key",
    "signup": "30/h/ip",
    "reset_password": "30/h/ip,5/h/key",
    "reauthenticate": "10/m/user",
    "verify_phone": "1/30s/key,10/h/ip",
    # Name and number, and bank accounts: nobody finds out by trying. A house or a village may
    # share an address; one number tried from many accounts is counted by its fingerprint.
    "identify": "5/h/user,30/h/ip",
    "identify_number": "10/h/key",
    "bank_account": "10/h/user",
    # A code of 16 digits is not found by trying; this keeps the trying from costing us.
    "check_paper": "60/m/ip",
}

# The second factor. One code works once: with a tolerance above 0, allauth would forget a
# used code (after one period) while it is still good.
MFA_ADAPTER = "accounts.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
# allauth notes an operator's entry, or a change under way, as an unproved e-mail and would
# refuse an authenticator; here nobody is in without having proved an address.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = "Leeway"
MFA_TOTP_TOLERANCE = 0
MFA_FORMS = {
    "authenticate": "accounts.forms.signing_in.SecondFactorForm",
    "reauthenticate": "accounts.forms.signing_in.SecondFactorAgainForm",
    "activate_totp": "accounts.forms.signing_in.ActivateTOTPForm",
}

SILENCED_SYSTEM_CHECKS: list[Any] = [
    "account.W001",  # no single field is required to sign up: the form requires one of two
    "auth.W004",  # e-mail is unique, whatever its case, by a constraint on Lower("email")
]
