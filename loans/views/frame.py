"""What the borrower's loan pages have in common: one's own loan, who is signed in, where to go, how to show it."""

from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from accounts.models import User
from loans.models import Loan, Payment


def own_loan(request: HttpRequest, public_id: UUID) -> Loan:
    """The person's own loan, or 404: for strangers and for staff alike."""
    own = Loan.objects.of(request.user).select_related("lender", "product", "contract")
    loan: Loan = get_object_or_404(own, public_id=public_id)
    return loan


def person(request: HttpRequest) -> User:
    """Who is signed in; every view here is behind the sign-in."""
    return cast(User, request.user)


def address(name: str, loan: Loan) -> str:
    return reverse(f"loans:{name}", args=[loan.public_id])


def receipt(made: Payment) -> str:
    return reverse("loans:payment", args=[made.loan.public_id, made.public_id])


def refusal(page: Any) -> int:
    """Why a form that was not offered is not taken: not here, or not for this loan."""
    return 409 if page.is_recording or page.is_collecting else 403


def shown(request: HttpRequest, template: str, page: Any, *, status: int = 200, **context: Any) -> HttpResponse:
    return render(request, template, {"page": page, "place": "loans", **context}, status=status)
