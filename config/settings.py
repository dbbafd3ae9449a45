"""Settings of the whole site, typed, from the environment; see `config/environment.py`.

Safe when nothing is set: no debug pages, no default secret, HTTPS only, this machine only.
"""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from config import environment
from config.databases import database

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"

DEBUG: bool = environment.read("LEEWAY_DEBUG")
DEMO: bool = environment.read("LEEWAY_DEMO")
SECRET_KEY: str = environment.secret_key(demo=DEMO)
DATA_KEYS: list[str] = environment.data_keys(demo=DEMO)
ALLOWED_HOSTS: list[str] = environment.hosts(demo=DEMO)
ADMIN_PATH: str = environment.read("LEEWAY_ADMIN_PATH")

INSTALLED_APPS = [
    "config.apps.WiringConfig",
    "deferrals.apps.DeferralsConfig",
    "loans.apps.LoansConfig",
    "credit.apps.CreditConfig",
    "accounts.apps.AccountsConfig",
    "config.apps.StaffSiteConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.middleware.KnownVerbsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "config.middleware.PrivatePagesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.site",
            ],
            "builtins": ["accounts.templatetags.figures", "accounts.templatetags.components"],
        },
    }
]
FORM_RENDERER = "config.forms.LeewayFormRenderer"

DATABASES: dict[str, dict[str, Any]] = {
    "default": database(
        environment.read("DATABASE_URL"),
        folder=VAR_DIR,
        pool_max=environment.read("DATABASE_POOL_MAX"),
    )
}
# A fleet of workers, if there is one
FLEET: bool = environment.fleet(vendor=DATABASES["default"]["ENGINE"].rpartition(".")[2])
if FLEET:
    INSTALLED_APPS.append("procrastinate.contrib.django")
# Who is called, with lender, day, step and number of parts, to help with a close
CLOSE_HELPERS = "config.fleet.call_helpers" if FLEET else ""
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = ""
PROCRASTINATE_IMPORT_PATHS = ["config.fleet"]

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "accounts_cache"}}

# Who you are
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "config.errors.forbidden_form"

# What lenders may offer
BANK_LIMITS_RAISED_UNTIL = environment.day("BANK_LIMITS_RAISED_UNTIL")

# The transport
HTTPS: bool = environment.read("LEEWAY_HTTPS") and not DEMO
SECURE_SSL_REDIRECT = HTTPS
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
X_FRAME_OPTIONS = "DENY"
if environment.read("LEEWAY_TRUST_PROXY"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}

# Words, numbers, days
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("zh-hant", _("Traditional Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["config.formats"]
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_AGE = 365 * 24 * 60 * 60
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

# Files served
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# Who says that a person and a bank account are real; see docs/known-customer.md
IDENTITY_CHECK: str = environment.read("IDENTITY_CHECK")
BANK_ACCOUNT_CHECK: str = environment.read("BANK_ACCOUNT_CHECK")

# What a borrower is told before; see docs/collection.md
ADVERSE_NOTICE_DAYS: int = max(environment.read("ADVERSE_NOTICE_DAYS"), 1)

# What leaves
vars().update(environment.mail())
DEFAULT_FROM_EMAIL: str = environment.read("EMAIL_FROM")
SMS_GATEWAY: str = environment.sms_gateway(demo=DEMO)
NOTICES_PER_DAY: int = environment.read("NOTICES_PER_DAY")

# Payment gateways; see docs/payments.md
COST_SHEET_SECONDS: int = environment.read("COST_SHEET_SECONDS")
PAYOUT_DAYS: int = environment.read("PAYOUT_DAYS")
GATEWAY_URLS: dict[str, str] = environment.gateway_urls()
GATEWAY_KEYS: dict[str, tuple[str, ...]] = environment.gateway_keys()
BANK_FILES: dict[str, tuple[str, str, str]] = environment.bank_files()
GATEWAY_HOSTS: tuple[str, ...] = tuple(urlsplit(url).hostname or "" for url in GATEWAY_URLS.values())

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "level": environment.log_level()}},
    "root": {"handlers": ["stderr"], "level": environment.log_level()},
}
from config.sign_in import *  # noqa: E402  (allauth's own settings, a file of their own)
