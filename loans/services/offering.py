"""Products: drafted, published, retired. A published version stays as it is; what differs is the next one."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction

from accounts import audit
from accounts.chain import digest
from accounts.errors import Conflict
from accounts.models import Lender, User
from accounts.roles import Verb
from accounts.services import require
from config import clock
from loans.errors import ProductRefused
from loans.models import Product
from loans.product_rules import blocking
from loans.selectors.product_problems import found_problems

# What a draft is about; the rest of a row says which draft it is and where it stands.
TERMS = tuple(
    field.name
    for field in Product._meta.concrete_fields
    if field.name not in ("id", "lender", "code", "version", "state", "published_at", "retired_at")
)


@transaction.atomic
def draft_product(*, lender: Lender, code: str, terms: Mapping[str, Any], acting_user: User | None) -> Product:
    """A new draft: the first version of its code, or the one after the last.

    Raises `ProductRefused` where the rules of the lender's kind forbid the terms, `Conflict`
    where the code has a draft already.
    """
    _permit(lender, Verb.DRAFT_PRODUCT, acting_user)
    last = lender.products.filter(code=code).order_by("version").last()
    draft = Product(
        lender=lender, code=code, version=last.version + 1 if last else 1, state=Product.State.DRAFT, published_at=None
    )
    _fill(draft, terms)
    try:
        with transaction.atomic():
            draft.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict(f"{code} has a draft already") from error
    _record(draft, "draft_product", acting_user)
    return draft


@transaction.atomic
def edit_product(*, product: Product, terms: Mapping[str, Any], acting_user: User | None) -> Product:
    """Write the draft's terms anew; raises `Conflict` where it is no draft any more, `ProductRefused`."""
    _permit(product.lender, Verb.DRAFT_PRODUCT, acting_user)
    product = Product.objects.select_for_update(of=("self",), no_key=True).select_related("lender").get(pk=product.pk)
    if product.state != Product.State.DRAFT:
        raise Conflict(f"{product} is published")
    _fill(product, terms)
    product.save(update_fields=TERMS)
    _record(product, "edit_product", acting_user)
    return product


def next_version(*, product: Product, acting_user: User | None) -> Product:
    """A draft that begins with what `product` says."""
    terms = {name: getattr(product, name) for name in TERMS}
    return draft_product(lender=product.lender, code=product.code, terms=terms, acting_user=acting_user)


@transaction.atomic
def publish_product(*, product: Product, acting_user: User | None) -> Product:
    """Offer the draft from now on; the version offered before is retired, its loans keep it.

    The rules are asked once more, for a cap may have come down since the draft was saved.
    """
    _permit(product.lender, Verb.PUBLISH_PRODUCT, acting_user)
    check_terms(product)
    at = clock.now()
    offered = product.lender.products.filter(code=product.code, state=Product.State.PUBLISHED)
    offered.update(state=Product.State.RETIRED, retired_at=at)
    drafts = Product.objects.filter(pk=product.pk, state=Product.State.DRAFT)
    if drafts.update(state=Product.State.PUBLISHED, published_at=at) != 1:
        raise Conflict(f"{product} was published by somebody else")
    product.refresh_from_db()
    _record(product, "publish_product", acting_user)
    return product


@transaction.atomic
def retire_product(*, product: Product, acting_user: User | None) -> Product:
    """Offer it no longer; running loans keep it. Raises `Conflict` where it is not offered."""
    _permit(product.lender, Verb.PUBLISH_PRODUCT, acting_user)
    offered = Product.objects.filter(pk=product.pk, state=Product.State.PUBLISHED)
    if offered.update(state=Product.State.RETIRED, retired_at=clock.now()) != 1:
        raise Conflict(f"{product} is not offered")
    product.refresh_from_db()
    _record(product, "retire_product", acting_user)
    return product


def check_terms(product: Product) -> None:
    """Raise `ProductRefused` with all that stands in the way of publishing these terms today."""
    found = blocking(found_problems(product))
    if found:
        raise ProductRefused(found)


def _permit(lender: Lender, verb: Verb, acting_user: User | None) -> None:
    if acting_user is not None:
        require(lender=lender, verb=verb, user=acting_user)


def _fill(draft: Product, terms: Mapping[str, Any]) -> None:
    for name, value in terms.items():
        if name not in TERMS:
            raise TypeError(f"a product has no {name}")
        setattr(draft, name, value)
    check_terms(draft)


def _record(product: Product, verb: str, acting_user: User | None) -> None:
    terms = {name: str(getattr(product, name)) for name in TERMS}
    audit.record(
        lender=product.lender,
        verb=verb,
        subject=f"{product.code} v{product.version}",
        after={"state": str(product.state), "rate_annual": str(product.rate_annual), "sha256": digest(terms)},
        acting_user=acting_user,
    )
