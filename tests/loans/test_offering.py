"""Products: drafted, published once and for all, retired; who may, and what the database itself refuses."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.errors import Conflict, NotPermitted
from accounts.models import AuditEntry, Borrower, Lender, User
from accounts.roles import Role
from accounts.services import appoint
from config import clock
from loans import services
from loans.books import violations
from loans.errors import ProductRefused, TermsRefused
from loans.models import Loan, Product
from loans.seals import PRODUCT_TERMS
from loans.services import offering
from tests.conftest import NOON, person
from tests.loans.conftest import at_noon, product_of

TERMS: dict[str, Any] = {
    "name_zh_hans": "随心借",
    "name_zh_hant": "隨心借",
    "name_en": "Cash loan",
    "method": "level",
    "methods": ["level", "interest_first"],
    "instalment_counts": [3, 6, 12],
    "min_principal_minor": 100_000,
    "max_principal_minor": 5_000_000,
    "rate_annual": Decimal("0.144"),
    "rate_annual_min": Decimal("0.0730"),
    "rate_annual_max": Decimal("0.18"),
    "annual_cap": Decimal("0.20"),
    "profile": {"base": "30-360"},
}


@pytest.fixture
def author(qinghe: Lender) -> User:
    return _appointed("author", qinghe, Role.POLICY_AUTHOR)


@pytest.fixture
def publisher(qinghe: Lender) -> User:
    return _appointed("publisher", qinghe, Role.POLICY_PUBLISHER)


def _appointed(name: str, lender: Lender, role: Role) -> User:
    user = person(f"{name}@example.org", name)
    appoint(user=user, lender=lender, role=role, acting_user=None)
    return user


@pytest.fixture
def draft(qinghe: Lender, author: User) -> Product:
    return offering.draft_product(lender=qinghe, code="easy", terms=TERMS, acting_user=author)


@pytest.fixture
def published(draft: Product, publisher: User) -> Product:
    return offering.publish_product(product=draft, acting_user=publisher)


def test_a_draft_is_not_on_offer_until_it_is_published(draft: Product, publisher: User) -> None:
    assert draft.state == "draft"
    assert draft.version == 1
    assert not Product.objects.on_offer().exists()
    published = offering.publish_product(product=draft, acting_user=publisher)
    assert (published.state, published.published_at) == ("published", NOON)
    assert list(Product.objects.on_offer()) == [published]


def test_a_draft_is_edited_as_often_as_one_likes(draft: Product, author: User) -> None:
    changed = offering.edit_product(product=draft, terms=TERMS | {"grace_days": 1}, acting_user=author)
    changed.refresh_from_db()
    assert changed.grace_days == 1
    assert AuditEntry.objects.filter(verb="edit_product", subject="easy v1", actor=author).exists()


def test_a_published_version_is_edited_no_more(published: Product, author: User) -> None:
    with pytest.raises(Conflict):
        offering.edit_product(product=published, terms=TERMS, acting_user=author)


def test_the_next_version_begins_as_the_last_and_retires_it_when_published(
    published: Product, author: User, publisher: User
) -> None:
    following = offering.next_version(product=published, acting_user=author)
    assert (following.version, following.state, following.rate_annual) == (2, "draft", Decimal("0.144"))
    assert following.instalment_counts == [3, 6, 12]
    offering.publish_product(product=following, acting_user=publisher)
    published.refresh_from_db()
    assert (published.state, published.retired_at) == ("retired", NOON)
    assert [each.version for each in Product.objects.on_offer()] == [2]


def test_a_code_has_one_draft_at_a_time(published: Product, author: User) -> None:
    offering.next_version(product=published, acting_user=author)
    with pytest.raises(Conflict):
        offering.next_version(product=published, acting_user=author)


def test_a_product_is_retired_once(published: Product, publisher: User) -> None:
    offering.retire_product(product=published, acting_user=publisher)
    assert not Product.objects.on_offer().exists()
    with pytest.raises(Conflict):
        offering.retire_product(product=published, acting_user=publisher)


def test_what_the_cap_forbids_is_never_saved(qinghe: Lender, author: User) -> None:
    with pytest.raises(ProductRefused) as refused:
        offering.draft_product(
            lender=qinghe, code="dear", terms=TERMS | {"rate_annual_max": Decimal("0.2001")}, acting_user=author
        )
    assert [(each.field, each.code) for each in refused.value.problems] == [("rate_annual_max", "above_cap")]
    assert not Product.objects.exists()


def test_publishing_asks_the_rules_of_its_own_day(jiangpan: Lender) -> None:
    """A micro-lender's draft of 2027 at 14.4 % is above 4 x LPR = 12 % in 2028."""
    Lender.objects.filter(pk=jiangpan.pk).update(kind="micro_lender")
    jiangpan.refresh_from_db()
    with at_noon(date(2027, 12, 31)):
        made = offering.draft_product(lender=jiangpan, code="easy", terms=TERMS, acting_user=None)
    with at_noon(date(2028, 1, 1)), pytest.raises(ProductRefused):
        offering.publish_product(product=made, acting_user=None)
    made.refresh_from_db()
    assert made.is_draft


@pytest.mark.parametrize("name", ["reviewer", "servicing", "auditor", "other_reviewer"])
def test_only_authors_draft_and_only_publishers_publish(
    draft: Product, author: User, staff: SimpleNamespace, name: str
) -> None:
    user = getattr(staff, name)
    for act in (offering.publish_product, offering.retire_product, offering.next_version):
        with pytest.raises(NotPermitted):
            act(product=draft, acting_user=user)
    with pytest.raises(NotPermitted):
        offering.edit_product(product=draft, terms=TERMS, acting_user=user)
    with pytest.raises(NotPermitted):
        offering.publish_product(product=draft, acting_user=author)


def test_the_guard_names_every_column_of_a_product() -> None:
    """Whoever adds a column to the model adds it to the guard, or says here why it may change."""
    columns = {field.column for field in Product._meta.concrete_fields}
    assert columns - set(PRODUCT_TERMS) == {"id", "state", "retired_at"}
    assert set(PRODUCT_TERMS) <= columns


OTHER: dict[str, Any] = {
    "code": "'x'", "version": "9", "kind": "'revolving'", "name_zh_hans": "'x'", "rate_annual": "0.1",
    "instalment_counts": "'[1]'", "min_principal_minor": "null", "grace_days": "0", "debit_times": "'[]'",
    "plan_fees": "'[1]'", "published_at": "null",
}  # fmt: skip


@pytest.mark.parametrize("column", sorted(OTHER))
def test_the_database_refuses_any_change_of_a_published_version(published: Product, column: str) -> None:
    change = f"UPDATE loans_product SET {column} = {OTHER[column]} WHERE id = %s"
    refused = pytest.raises(IntegrityError, match="published product does not change")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change, [published.pk])


def test_the_database_refuses_to_take_a_publication_back(published: Product) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Product.objects.filter(pk=published.pk).update(state="draft")
    with pytest.raises(IntegrityError), transaction.atomic():
        Product.objects.filter(pk=published.pk).delete()


def test_a_draft_may_be_thrown_away(draft: Product) -> None:
    draft.delete()
    assert not Product.objects.exists()


def test_a_product_written_in_one_go_is_published(qinghe: Lender) -> None:
    assert product_of(qinghe).is_on_offer


# What a product states, a loan keeps to.


@pytest.fixture
def opened(published: Product, borrower: Borrower) -> Callable[..., Loan]:
    def make(**changed: Any) -> Loan:
        terms = {
            "lender": published.lender,
            "borrower": borrower,
            "product": published,
            "principal_minor": 1_200_000,
            "instalment_count": 12,
            "disbursed_on": date(2026, 1, 15),
            "acting_user": None,
        }
        return services.open_loan(**(terms | changed))

    return make


@pytest.mark.parametrize(
    ("changed", "field", "reason"),
    [
        ({"principal_minor": 99_999}, "principal_minor", "below_product"),
        ({"principal_minor": 5_000_001}, "principal_minor", "above_product"),
        ({"instalment_count": 5}, "instalments", "not_offered"),
        ({"method": "equal_principal"}, "method", "not_offered"),
        ({"rate_annual": Decimal("0.0729")}, "rate_annual", "below_product"),
        ({"rate_annual": Decimal("0.1801")}, "rate_annual", "above_product"),
    ],
)
def test_a_loan_outside_its_product_is_refused(
    opened: Callable[..., Loan], changed: dict[str, Any], field: str, reason: str
) -> None:
    with pytest.raises(TermsRefused) as refused:
        opened(**changed)
    assert (refused.value.field, refused.value.reason) == (field, reason)
    assert not Loan.objects.exists()


@pytest.mark.parametrize(
    "changed",
    [
        {"principal_minor": 100_000},
        {"principal_minor": 5_000_000},
        {"method": "interest_first"},
        {"rate_annual": Decimal("0.0730")},
        {"rate_annual": Decimal("0.18")},
    ],
)
def test_a_loan_at_the_edge_of_its_product_is_opened(opened: Callable[..., Loan], changed: dict[str, Any]) -> None:
    assert opened(**changed).state == "pending"


def test_no_loan_is_opened_from_a_draft(draft: Product, borrower: Borrower) -> None:
    with pytest.raises(TermsRefused) as refused:
        services.open_loan(
            lender=draft.lender, borrower=borrower, product=draft, principal_minor=1_200_000, instalment_count=12,
            disbursed_on=date(2026, 1, 15), acting_user=None,
        )  # fmt: skip
    assert (refused.value.field, refused.value.reason) == ("product", "draft")


def test_a_loan_repaid_at_the_end_is_due_at_its_end_and_at_most_after_a_year(
    qinghe: Lender, borrower: Borrower
) -> None:
    product = product_of(qinghe, method="bullet")
    terms = {
        "lender": qinghe, "borrower": borrower, "product": product, "principal_minor": 1_000_000,
        "disbursed_on": date(2026, 1, 15), "acting_user": None,
    }  # fmt: skip
    with pytest.raises(TermsRefused) as refused:
        services.open_loan(instalment_count=13, **terms)
    assert refused.value.reason == "bullet_too_long"
    loan = services.disburse_loan(loan=services.open_loan(instalment_count=6, **terms), acting_user=None)
    assert loan.oldest_unpaid_due_on == date(2026, 7, 15)
    with clock.at(NOON):
        assert list(violations([qinghe])) == []
