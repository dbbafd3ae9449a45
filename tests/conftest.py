"""The fixed cast, on a fixed day: two lenders, a borrower, a stranger, and the staff."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.db import connections
from django.test import TransactionTestCase
from django.utils import translation

from accounts import guards, services
from accounts.models import Borrower, Lender, Membership, User
from accounts.roles import Role
from accounts.sealed_key import sealed
from config import clock

NOON = datetime(2026, 5, 8, 4, 0, tzinfo=UTC)  # 8 May 2026, 12:00 in Shanghai
TODAY = date(2026, 5, 8)
PASSWORD = "a long and quiet sentence"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """SQLite in a file of this run: in memory, two threads with a connection each cannot meet."""
    default = connections["default"]
    if default.vendor == "sqlite":
        default.settings_dict["TEST"]["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")
        # nothing of it must survive a power cut
        default.settings_dict["OPTIONS"]["init_command"] = "PRAGMA journal_mode=WAL;PRAGMA synchronous=OFF;"


@pytest.fixture(autouse=True)
def files_by_name(settings: Any) -> None:
    """Otherwise every test client that is made walks through all static files first."""
    settings.WHITENOISE_AUTOREFRESH = True


@pytest.fixture(autouse=True)
def no_fleet(settings: Any) -> None:
    """Nothing is handed out to anybody, unless a test is about that."""
    settings.FLEET, settings.CLOSE_HELPERS = False, ""


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    """Every test lives at noon (Shanghai) on 8 May 2026, and starts in the default language."""
    with clock.at(NOON), translation.override("zh-hans"):
        yield


@pytest.fixture(autouse=True, scope="session")
def _flush_by_the_guards() -> Iterator[None]:
    """Emptying the database between transactional tests needs the append-only guards lifted."""
    emptied = TransactionTestCase._fixture_teardown

    def teardown(self: Any) -> None:
        with guards.lifted(connections["default"]):
            emptied(self)

    TransactionTestCase._fixture_teardown = teardown  # type: ignore[method-assign]
    yield
    TransactionTestCase._fixture_teardown = emptied  # type: ignore[method-assign]


def person(email: str, name: str, **fields: Any) -> User:
    return User.objects.create_user(email=email, name=name, password=PASSWORD, **fields)


def in_address(row: Any) -> str:
    """The number of a row as addresses of the staff's site hold it."""
    return sealed(type(row), row.pk)


def lender(code: str, zh_hans: str, zh_hant: str, en: str, kind: str = "consumer_finance") -> Lender:
    return Lender.objects.create(code=code, name_zh_hans=zh_hans, name_zh_hant=zh_hant, name_en=en, kind=kind)


@pytest.fixture
def qinghe(db: None) -> Lender:
    return lender("qinghe", "青禾消费金融", "青禾消費金融", "Qinghe Consumer Finance")


@pytest.fixture
def jiangpan(db: None) -> Lender:
    return lender("jiangpan", "江畔银行", "江畔銀行", "Jiangpan Bank", "commercial_bank")


@pytest.fixture
def borrower(qinghe: Lender) -> Borrower:
    """王晓雨, a customer of Qinghe; signs in as `borrower.user`."""
    user = person("xiaoyu@example.org", "王晓雨")
    return services.enrol_borrower(
        lender=qinghe, name="王晓雨", name_latin="Wang Xiaoyu", since=date(2026, 1, 10), user=user, acting_user=None
    )


@pytest.fixture
def stranger(qinghe: Lender) -> Borrower:
    """Another customer of the same lender."""
    user = person("stranger@example.org", "陈一")
    return services.enrol_borrower(lender=qinghe, name="陈一", since=date(2026, 1, 10), user=user, acting_user=None)


@pytest.fixture
def elsewhere(jiangpan: Lender) -> Borrower:
    """A customer of the other lender."""
    user = person("elsewhere@example.org", "赵二")
    return services.enrol_borrower(lender=jiangpan, name="赵二", since=date(2026, 1, 10), user=user, acting_user=None)


@pytest.fixture
def staff(qinghe: Lender, jiangpan: Lender) -> SimpleNamespace:
    """Qinghe's staff by role, and a reviewer and an auditor of Jiangpan (`other_…`)."""
    posts = {
        "intake": (qinghe, Role.INTAKE),
        "reviewer": (qinghe, Role.REVIEWER),
        "second_reviewer": (qinghe, Role.REVIEWER),
        "senior": (qinghe, Role.SENIOR_REVIEWER),
        "appeal_reviewer": (qinghe, Role.APPEAL_REVIEWER),
        "servicing": (qinghe, Role.SERVICING),
        "collections": (qinghe, Role.COLLECTIONS),
        "auditor": (qinghe, Role.AUDITOR),
        "other_reviewer": (jiangpan, Role.REVIEWER),
        "other_auditor": (jiangpan, Role.AUDITOR),
    }
    # In two statements: most tests have the staff, and few are about how it was appointed.
    password = make_password(PASSWORD)
    made = User.objects.bulk_create(
        User(email=f"{name}@example.org", name=name.replace("_", " "), password=password, is_staff=True)
        for name in posts
    )
    people = dict(zip(posts, made, strict=True))
    Membership.objects.bulk_create(
        Membership(user=people[name], lender=at, role=role, handle=f"A-{number:02d}")
        for number, (name, (at, role)) in enumerate(posts.items(), start=1)
    )
    return SimpleNamespace(**people)
