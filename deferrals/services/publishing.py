"""Publishing the rules a lender decides by."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction

from accounts import audit
from accounts.chain import digest
from accounts.models import Lender, User
from deferrals.models import PolicyVersion
from deferrals.rules import Policy


@transaction.atomic
def publish_policy(
    *, lender: Lender, code: str, terms: Mapping[str, Any], effective_from: date, acting_user: User | None
) -> PolicyVersion:
    """Add a policy version; `terms` overrides the defaults of `Policy`, unknown fields are refused."""
    whole = Policy.from_dict(terms).as_dict()
    version = PolicyVersion.objects.create(lender=lender, code=code, terms=whole, effective_from=effective_from)
    audit.record(
        lender=lender, verb="publish_policy", subject=code, after={"sha256": digest(whole)}, acting_user=acting_user
    )
    return version
