"""What the environment may say, and what is said when it says something wrong.

Every setting an operator can change is declared here once, with its default and its
meaning; `README.md` has the same table and a test holds the two together.
"""

import logging
from dataclasses import dataclass
from datetime import date
from importlib.util import find_spec
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured


@dataclass(frozen=True, slots=True)
class Setting:
    """One environment variable: its name, the cast, the default as text, its meaning."""

    name: str
    cast: Any
    default: str
    meaning: str


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "LEEWAY_SECRET_KEY",
        str,
        "",
        "Signs sessions and links, and seals addresses of the staff site. Needed, except in the demonstration; "
        "at least 50 characters.",
    ),
    Setting(
        "LEEWAY_ALLOWED_HOSTS",
        list,
        "localhost,127.0.0.1,[::1]",
        "Host names this site answers to, separated by commas.",
    ),
    Setting(
        "LEEWAY_HTTPS",
        bool,
        "on",
        "Cookies over HTTPS only, redirect to HTTPS, HSTS. The demonstration switches it off.",
    ),
    Setting("LEEWAY_TRUST_PROXY", bool, "off", "Trust `X-Forwarded-Proto` from the proxy in front."),
    Setting("LEEWAY_DEBUG", bool, "off", "Django's debug pages. Never on a machine others can reach."),
    Setting("LEEWAY_DEMO", bool, "off", "The demonstration: made-up people, one-click entrances, a throw-away key."),
    Setting("LEEWAY_ADMIN_PATH", str, "staff", "Path of the staff's site, without slashes."),
    Setting("LEEWAY_LOG_LEVEL", str, "INFO", "Level of the log on standard error."),
    Setting(
        "BANK_LIMITS_RAISED_UNTIL",
        str,
        "",
        "Last day, as 2027-03-31, on which commercial banks may lend 300,000 yuan online over 84 months. Empty: never.",
    ),
    Setting(
        "LEEWAY_DATA_KEYS",
        list,
        "",
        "Seal identity and bank account numbers: the first key seals, all of them open; separated by commas, "
        "each at least 43 characters. Never lose one.",
    ),
    Setting(
        "IDENTITY_CHECK",
        str,
        "accounts.identity_check.Demonstration",
        "Class that asks a register whether a name and an identity number belong together.",
    ),
    Setting(
        "BANK_ACCOUNT_CHECK",
        str,
        "accounts.bank_account_check.Demonstration",
        "Class that sends a bank account the small transfer with the code that proves it.",
    ),
    Setting(
        "ADVERSE_NOTICE_DAYS", int, "3", "Days from telling a borrower to reporting a first late month; 1 or more."
    ),
    Setting("COST_SHEET_SECONDS", int, "5", "Least seconds that a cost sheet stands before it can be confirmed."),
    Setting("PAYOUT_DAYS", int, "2", "Days after which a borrower may cancel a contract whose money was not sent."),
    Setting("DATABASE_URL", str, "", "`postgresql://user:password@host/name`. Empty: SQLite in `var/`."),
    Setting("DATABASE_POOL_MAX", int, "8", "Most connections a process keeps open to PostgreSQL."),
    Setting(
        "LEEWAY_FLEET",
        bool,
        "off",
        "Periodic work and parts of a close go to the workers of `manage.py fleet`. Needs PostgreSQL and "
        "`requirements/fleet.txt`.",
    ),
    Setting("EMAIL_URL", str, "", "`smtp+tls://user:password@host:587`. Empty: mail stays in the outbox table."),
    Setting("EMAIL_FROM", str, "Leeway <no-reply@localhost>", "Sender of mail."),
    Setting(
        "SMS_GATEWAY",
        str,
        "",
        "Class with `send(to=…, body=…)` that sends text messages. Empty: they stay in the outbox table.",
    ),
    Setting(
        "NOTICES_PER_DAY",
        int,
        "3",
        "Most e-mails, and most text messages, that one lender sends one borrower as notices on one day.",
    ),
    Setting(
        "LEEWAY_GATEWAY_URLS",
        str,
        "",
        "Payment gateways: `CODE=https://pay.example/v1` for each lender, separated by spaces. No other host is called.",
    ),
    Setting(
        "LEEWAY_GATEWAY_KEYS",
        str,
        "",
        "Keys of payment gateways: `CODE=newest,older` for each lender, separated by spaces; at least 32 characters each.",
    ),
    Setting(
        "LEEWAY_BANK_FILES",
        str,
        "",
        "Lenders that collect by bank files: `CODE=ACCOUNT,BANK,CREDITOR` for each, separated by spaces; the last may be left out.",
    ),
)

DEMO_KEY = "demonstration-only-key-that-protects-nothing-and-is-refused-elsewhere"

env = environ.Env()
_DECLARED = {setting.name: setting for setting in SETTINGS}


def read(name: str) -> Any:
    """The value of a declared setting; `ImproperlyConfigured` in one line if it cannot be read."""
    setting = _DECLARED[name]
    raw = env.str(name, default="") or setting.default
    if setting.cast is str:
        return raw
    try:
        return env.parse_value(raw, setting.cast)
    except (ValueError, TypeError) as error:
        raise ImproperlyConfigured(
            f"{name} cannot be read as {setting.cast.__name__}: {raw!r}. {setting.meaning}"
        ) from error


def secret_key(*, demo: bool) -> str:
    """The signing key; refuses to start without one outside the demonstration."""
    key: str = read("LEEWAY_SECRET_KEY")
    if demo:
        return key or DEMO_KEY
    if not key or key == DEMO_KEY:
        raise ImproperlyConfigured(
            "LEEWAY_SECRET_KEY is not set. Make one with "
            "`python -c 'import secrets; print(secrets.token_urlsafe(50))'` and keep it secret, "
            "or run the demonstration with `make demo`."
        )
    if len(key) < 50:
        raise ImproperlyConfigured("LEEWAY_SECRET_KEY is shorter than 50 characters; make a longer one.")
    return key


def data_keys(*, demo: bool) -> list[str]:
    """The keys that seal personal numbers, newest first; empty where none is set, and then nothing can be sealed."""
    keys = [key.strip() for key in read("LEEWAY_DATA_KEYS") if key.strip()]
    if demo:
        return keys or [DEMO_KEY]
    if any(len(key) < 43 or key == DEMO_KEY for key in keys):
        # A key itself is not repeated.
        raise ImproperlyConfigured(
            "LEEWAY_DATA_KEYS has a key shorter than 43 characters. Make one with "
            "`python -c 'import secrets; print(secrets.token_urlsafe(32))'` and put it first, before the old ones."
        )
    return list(keys)


def hosts(*, demo: bool) -> list[str]:
    """Allowed host names; the demonstration answers on this machine only."""
    names = read("LEEWAY_ALLOWED_HOSTS")
    local = {"localhost", "127.0.0.1", "[::1]", "testserver"}
    if demo and not set(names) <= local:
        raise ImproperlyConfigured(
            "LEEWAY_DEMO is on, but LEEWAY_ALLOWED_HOSTS names a host other than this machine. "
            "The demonstration lets anybody in; switch LEEWAY_DEMO off or keep to localhost."
        )
    if "*" in names:
        raise ImproperlyConfigured("LEEWAY_ALLOWED_HOSTS may not be *; name the hosts.")
    return list(names)


def day(name: str) -> date | None:
    """A setting that is a day, or none."""
    text = read(name)
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} cannot be read as a day such as 2027-03-31: {text!r}.") from error


def fleet(*, vendor: str) -> bool:
    """Whether a fleet is used; refused where it could not work."""
    is_on: bool = read("LEEWAY_FLEET")
    if is_on and vendor != "postgresql":
        raise ImproperlyConfigured("LEEWAY_FLEET needs PostgreSQL: set DATABASE_URL, or switch it off and run `tick`.")
    if is_on and find_spec("procrastinate") is None:
        raise ImproperlyConfigured(
            "LEEWAY_FLEET needs more packages: `.venv/bin/pip install --require-hashes -r requirements/fleet.txt`."
        )
    return is_on


def log_level() -> str:
    """A level that logging knows."""
    level: str = read("LEEWAY_LOG_LEVEL").upper()
    if level not in logging.getLevelNamesMapping():
        raise ImproperlyConfigured("LEEWAY_LOG_LEVEL must be DEBUG, INFO, WARNING, ERROR or CRITICAL.")
    return level


def mail() -> dict[str, Any]:
    """Django's EMAIL_ settings; without EMAIL_URL nothing leaves, and mail stays in the outbox table."""
    url = read("EMAIL_URL") or "dummymail://"
    if url.partition("://")[0] not in environ.Env.EMAIL_SCHEMES or "://" not in url:
        # The address itself may hold a password, so it is not repeated.
        raise ImproperlyConfigured("EMAIL_URL cannot be read; it looks like smtp+tls://user:password@host:587.")
    return dict(env.email_url_config(url))


def sms_gateway(*, demo: bool) -> str:
    """The class that sends text messages; the demonstration prints them unless it is told otherwise."""
    named: str = read("SMS_GATEWAY")
    return named or ("accounts.outbox.ConsoleGateway" if demo else "")


def gateway_urls() -> dict[str, str]:
    """The payment gateway of each lender, by the lender's code."""
    found = _by_code("LEEWAY_GATEWAY_URLS")
    if not all(url.startswith(("https://", "http://")) for url in found.values()):
        raise ImproperlyConfigured("LEEWAY_GATEWAY_URLS holds something that is not a URL.")
    return found


def gateway_keys() -> dict[str, tuple[str, ...]]:
    """The keys of each lender's gateway, the newest first; a short key is refused without repeating it."""
    found = {code: tuple(keys.split(",")) for code, keys in _by_code("LEEWAY_GATEWAY_KEYS").items()}
    for code, keys in found.items():
        if any(len(key) < 32 for key in keys):
            raise ImproperlyConfigured(f"LEEWAY_GATEWAY_KEYS: a key of {code} is shorter than 32 characters.")
    return found


def bank_files() -> dict[str, tuple[str, str, str]]:
    """Account, bank and creditor's identification of each lender that collects by files."""
    found = {}
    for code, text in _by_code("LEEWAY_BANK_FILES").items():
        account, bank, creditor = (*text.split(","), "", "")[:3]
        if text.count(",") > 2 or not (0 < len(account) <= 34 and 0 < len(bank) <= 35 and len(creditor) <= 35):
            raise ImproperlyConfigured(
                f"LEEWAY_BANK_FILES cannot be read for {code}; write CODE=ACCOUNT,BANK,CREDITOR."
            )
        found[code] = (account, bank, creditor)
    return found


def _by_code(name: str) -> dict[str, str]:
    """`CODE=value CODE=value` as a mapping; the complaint repeats no value, which may be a key."""
    pairs = [entry.partition("=") for entry in read(name).split()]
    if not all(code and value for code, _, value in pairs) or len({code for code, *_ in pairs}) < len(pairs):
        raise ImproperlyConfigured(f"{name} cannot be read; write CODE=value for each lender once, between spaces.")
    return {code: value for code, _, value in pairs}
