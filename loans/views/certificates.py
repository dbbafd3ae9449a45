"""The settlement certificate: issued for its owner, read, downloaded, and checked by anybody."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import throttle
from accounts.errors import Conflict
from loans.errors import NotSettled
from loans.forms.leaving import CheckForm
from loans.models import SettlementCertificate
from loans.papers import plain_text
from loans.selectors.certificates import is_right, own_certificates
from loans.services.certifying import issue_certificate
from loans.views.frame import address, own_loan, person, shown


@login_required
@require_POST
def certify(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Asking twice, or in two languages, leads to the one certificate."""
    loan = own_loan(request, public_id)
    try:
        made = issue_certificate(loan=loan, language=get_language() or "zh-hans", acting_user=person(request))
    except NotSettled:
        messages.warning(request, _("This loan is not settled yet, so there is nothing to certify."))
        return redirect(address("detail", loan))
    except Conflict:
        return redirect(address("detail", loan))
    return redirect("loans:certificate", made.public_id)


@require_safe
@login_required
def certificate(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return shown(request, "loans/certificate.html", _own(request, public_id))


@require_safe
@login_required
def certificate_text(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The frozen words as a file, to be kept; the fingerprint stands below them."""
    found = _own(request, public_id)
    parts = [f"{found.lender.name_in(found.language)}  {found.number}", plain_text(found.title, found.blocks)]
    if found.governing_blocks:
        parts.append(plain_text(found.governing_title, found.governing_blocks))
    parts.append(f"{found.number}  {found.check_code}\nSHA-256 {found.sha256}")
    response = HttpResponse("\n\n\n".join(parts) + "\n", content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{found.number}.txt"'
    return response


@require_safe
def check(request: HttpRequest) -> HttpResponse:
    """Anybody may check a paper; it says right or not and nothing that the paper does not say."""
    form = CheckForm(request.GET or None)
    verdict = ""
    if form.is_bound:
        if not throttle.may_check_paper(request):
            return throttle.too_many_requests(request)
        if form.is_valid():
            right = is_right(form.cleaned_data["number"], form.cleaned_data["code"])
            verdict = {True: "right", False: "over", None: "unknown"}[right]
    return render(request, "loans/check_certificate.html", {"form": form, "verdict": verdict})


def _own(request: HttpRequest, public_id: UUID) -> SettlementCertificate:
    found: SettlementCertificate = get_object_or_404(own_certificates(request.user), public_id=public_id)
    return found
