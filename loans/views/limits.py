"""One's limits. To read; asking for more is a new application."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from loans.application_words import HINDRANCES
from loans.limit_words import cut_reason
from loans.models import CreditLimit
from loans.selectors.limit_page import limit_page


@require_safe
@login_required
def limit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    own = CreditLimit.objects.of(request.user).select_related("lender", "product__lender", "borrower")
    found: CreditLimit = get_object_or_404(own, public_id=public_id)
    page = limit_page(found, found.lender.today())
    context = {
        "place": "loans",
        "page": page,
        "hindrance": HINDRANCES.get(page.hindrance, ""),
        "changes": [(change, cut_reason(change.reason)) for change in page.changes],
    }
    return render(request, "loans/limits/limit.html", context)
