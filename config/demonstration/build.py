"""Makes the whole demonstration, always the same for a given day."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.auth.hashers import make_password

from accounts.models import Lender, User
from accounts.reauthentication import DEMO_PASSWORD
from accounts.services import appoint
from config import clock
from config.demonstration import cast, lives
from config.demonstration.known import make_known
from config.demonstration.notices import tell_daily
from config.demonstration.stage import Stage, at_noon
from deferrals.services import publish_policy
from loans.engine.profile import PROFILES
from loans.models import Product

OTHERS = 45
LENDERS = (
    ("qinghe", "青禾消费金融", "青禾消費金融", "Qinghe Consumer Finance", Lender.Kind.CONSUMER_FINANCE),
    ("jiangpan", "江畔银行", "江畔銀行", "Jiangpan Bank", Lender.Kind.COMMERCIAL_BANK),
)
# Names, method, usual annual rate, conventions, days of grace; then what the product states about itself.
PRODUCTS: tuple[tuple[str, str, tuple[str, str, str], str, str, str, int, dict[str, Any]], ...] = (
    (
        "cash",
        "qinghe",
        ("随心借", "隨心借", "Cash loan"),
        "level",
        "0.144",
        "30-360",
        3,
        {
            "methods": ["level", "interest_first"],
            "instalment_counts": [3, 6, 12, 18, 24],
            "min_principal_minor": 100_000,
            "max_principal_minor": 5_000_000,
            "rate_annual_min": Decimal("0.108"),
            "rate_annual_max": Decimal("0.18"),
            "annual_cap": Decimal("0.20"),
        },
    ),
    (
        "micro",
        "jiangpan",
        ("江畔微贷", "江畔微貸", "Jiangpan micro-loan"),
        "equal_principal",
        "0.1095",
        "consumer-cn",
        1,
        {
            "instalment_counts": [5, 10, 20],
            "min_principal_minor": 50_000,
            "max_principal_minor": 20_000_000,
            "rate_annual_min": Decimal("0.073"),
            "rate_annual_max": Decimal("0.1825"),
        },
    ),
    (
        "monthly",
        "qinghe",
        ("青禾月付", "青禾月付", "Qinghe monthly"),
        "level",
        "0.1825",
        "consumer-cn",
        3,
        {
            "kind": Product.Kind.REVOLVING,
            "min_principal_minor": 50_000,
            "max_principal_minor": 2_000_000,
            "annual_cap": Decimal("0.20"),
            "bill_day": 1,
            "due_days": [10, 8, 9],
            "minimum_rate": Decimal("0.1"),
            "daily_rate": Decimal("0.0005"),
            "plan_fees": [
                {"instalments": 3, "rate": "0.023"},
                {"instalments": 6, "rate": "0.045"},
                {"instalments": 9, "rate": "0.065"},
                {"instalments": 12, "rate": "0.088"},
            ],
        },
    ),
)


def build(tell: Callable[[str], None], *, others: int = OTHERS) -> Stage:
    """Play every life up to today: those told by hand and `others` drawn ones.

    `tell` hears each month as it is done.
    """
    today = clock.today("Asia/Shanghai")
    stage = Stage(today=today)
    first = date(today.year - 2, 1, 1)
    with clock.at(at_noon(first)):
        _set_up(stage, first)
        drawn = _people(stage, others)
    lives.told(stage)
    lives.drawn(stage, drawn)
    stage.close_months(stage.ago(16, 1))
    tell_daily(stage)
    stage.play(tell)
    return stage


def _set_up(stage: Stage, first: date) -> None:
    for code, zh_hans, zh_hant, en, kind in LENDERS:
        lender = Lender.objects.create(code=code, name_zh_hans=zh_hans, name_zh_hant=zh_hant, name_en=en, kind=kind)
        stage.lenders[code] = lender
        publish_policy(lender=lender, code="CN-2026.1", terms={}, effective_from=first, acting_user=None)
    for code, lender_code, (zh_hans, zh_hant, en), method, rate, profile, grace, stated in PRODUCTS:
        stage.products[code] = Product.objects.create(
            lender=stage.lenders[lender_code],
            code=code,
            name_zh_hans=zh_hans,
            name_zh_hant=zh_hant,
            name_en=en,
            method=method,
            rate_annual=Decimal(rate),
            profile=PROFILES[profile].as_dict(),
            grace_days=grace,
            **stated,
        )


def _people(stage: Stage, others: int) -> list[str]:
    """Everybody signs up; a borrower meets a lender with the first loan. Returns the keys of the drawn lives."""
    password = make_password(DEMO_PASSWORD)
    for post in cast.STAFF:
        user = _user(post.person, password)
        stage.staff[post.person.key] = user
        appoint(user=user, lender=stage.lenders[post.lender], role=post.role, handle=post.handle, acting_user=None)
    drawn = [cast.Person(f"p{number:02d}", name, "", "") for number, name in enumerate(lives.names(others), start=1)]
    for count, person in enumerate((*cast.BORROWERS, *drawn), start=1):
        stage.users[person.key] = _user(person, password)
        make_known(stage.users[person.key], person.key, count)
        stage.latin[person.key] = person.name_latin
    return [person.key for person in drawn]


def _user(person: cast.Person, password: str) -> User:
    return User.objects.create(email=person.email, name=person.name, language=person.language, password=password)
