"""The borrower's own credit record: the whole of it, and one account with every month."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from config import clock
from credit import selectors


@require_safe
@login_required
def record(request: HttpRequest) -> HttpResponse:
    page = selectors.record_page(request.user, clock.today(settings.TIME_ZONE))
    return render(request, "credit/record.html", {"page": page, "place": "credit"})


@require_safe
@login_required
def tradeline(request: HttpRequest, lender_code: str, reference: str) -> HttpResponse:
    """One account in the person's own file; anybody else's is not there."""
    own = selectors.own_tradelines(request.user)
    found = get_object_or_404(own, lender__code=lender_code, reference=reference)
    page = selectors.tradeline_page(found, found.lender.today())
    return render(request, "credit/tradeline.html", {"page": page, "place": "credit"})
