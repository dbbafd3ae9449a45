"""Applying for a limit: what is on offer, what is asked, checking, sending, and how it stands.

What was typed waits in the session until it is sent. Whoever was signed out meanwhile keeps it:
it goes into the session they are left with, under the borrower's own signature, and is there
after signing in again.
"""

from typing import Any, cast
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.errors import Conflict, LeewayError
from accounts.models import User
from credit.consent_form import ConsentForm, origin_of
from credit.services import answer_consents
from loans.application_words import sorry
from loans.errors import ApplicationOpen, NoSecondLook
from loans.forms.applying import AgainForm, ApplicationForm, StatementForm
from loans.models import LoanApplication, Product
from loans.models.application import Use
from loans.selectors import applications as pages
from loans.services import applying

READ_OR_SEND = ["GET", "HEAD", "POST"]
DRAFTS, TYPED = "application_drafts", "application_typed"


@require_safe
@login_required
def offers(request: HttpRequest) -> HttpResponse:
    return _page(request, "loans/applications/offers.html", page=pages.offers_page(_person(request)))


@require_http_methods(READ_OR_SEND)
def apply(request: HttpRequest, lender_code: str, product_code: str) -> HttpResponse:
    """First what is missing, then the consents, then the questions; each once."""
    if not request.user.is_authenticated:
        return _signed_out(request)
    product = _on_offer(lender_code, product_code)
    if product is None:
        return _gone(request)
    page = pages.apply_page(_person(request), product)
    if page.open_application is not None:
        messages.info(request, _("You have applied for this already. This is how it stands."))
        return redirect("loans:application", page.open_application.public_id)
    if not page.is_open:
        return _page(request, "loans/applications/missing.html", page=page)
    if page.lacking_consents:
        return _consents(request, page)
    return _questions(request, page)


@require_http_methods(READ_OR_SEND)
@login_required
def check(request: HttpRequest, lender_code: str, product_code: str) -> HttpResponse:
    """Read once more what was typed, then send. Sent twice it is still one application."""
    product = _on_offer(lender_code, product_code)
    draft = request.session.get(DRAFTS, {}).get(f"{lender_code}/{product_code}")
    if request.method == "POST" and (sent := _sent_before(request)) is not None:
        return redirect("loans:application", sent.public_id)
    if product is None:
        return _gone(request)
    page = pages.apply_page(_person(request), product)
    if draft is None or not page.is_open or page.lacking_consents or page.open_application is not None:
        return redirect("loans:apply", lender_code, product_code)
    if draft["version"] != product.version:
        messages.warning(request, _("The terms of this product have changed. Please look at them, and check again."))
        return redirect("loans:apply", lender_code, product_code)
    if request.method == "POST":
        return _send(request, page, draft)
    return _page(
        request, "loans/applications/check.html", page=page, draft=draft, use=Use(draft["use"]).label, key=draft["key"]
    )


@require_safe
@login_required
def application(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return _shown(request, _own(request, public_id))


@require_http_methods(["POST"])
@login_required
def statement(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A few words; then a person decides."""
    own = _own(request, public_id)
    form = StatementForm(request.POST)
    if not form.is_valid():
        return _shown(request, own, form=form, status=422)
    try:
        applying.add_statement(application=own, statement=form.cleaned_data["statement"], acting_user=_person(request))
        messages.success(request, _("Thank you. A person decides now."))
    except Conflict:
        messages.warning(request, _("This application has moved on meanwhile. This is how it stands."))
    return redirect("loans:application", public_id)


@login_required
@require_POST
def withdraw(request: HttpRequest, public_id: UUID) -> HttpResponse:
    try:
        applying.withdraw_application(application=_own(request, public_id), acting_user=_person(request))
        messages.success(request, _("Withdrawn. You can apply again whenever you like."))
    except Conflict:
        messages.warning(request, _("This application has moved on meanwhile. This is how it stands."))
    return redirect("loans:application", public_id)


@login_required
@require_POST
def again(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Have a person look at it, another than before."""
    own = _own(request, public_id)
    form = AgainForm(request.POST)
    if not form.is_valid():
        return _shown(request, own, status=422)
    try:
        renewed = applying.ask_for_review(application=own, key=form.cleaned_data["key"], acting_user=_person(request))
    except ApplicationOpen as error:
        return redirect("loans:application", error.application.public_id)
    except NoSecondLook:
        messages.warning(request, _("There is nothing to look at again here."))
        return redirect("loans:application", public_id)
    except LeewayError as error:
        messages.warning(request, sorry(error))
        return redirect("loans:application", public_id)
    messages.success(request, _("A person looks at it again, another one than before."))
    return redirect("loans:application", renewed.public_id)


def _consents(request: HttpRequest, page: pages.ApplyPage) -> HttpResponse:
    """Each consent by itself, none ticked; agreeing leads on to the questions."""
    assert page.borrower is not None
    data = request.POST if request.method == "POST" and request.POST.get("step") == "consents" else None
    form = ConsentForm(data, borrower=page.borrower, lender=page.product.lender, asks=page.asks, asks_again=True)
    if data is None or not form.is_valid():
        status = 200 if data is None else 422
        return _page(request, "loans/applications/consents.html", status=status, page=page, form=form)
    answer_consents(
        borrower=page.borrower,
        lender=page.product.lender,
        answers=form.answers,
        language=form.language,
        origin=origin_of(request),
        acting_user=_person(request),
    )
    return redirect("loans:apply", page.product.lender.code, page.product.code)


def _questions(request: HttpRequest, page: pages.ApplyPage) -> HttpResponse:
    product = page.product
    name = f"{product.lender.code}/{product.code}"
    draft = request.session.get(DRAFTS, {}).get(name)
    is_sent = request.method == "POST" and request.POST.get("step") == "questions"
    kept = None if is_sent else _typed(request, name)
    form = ApplicationForm(
        request.POST if is_sent else kept,
        initial=draft or {},
        least_minor=page.least_minor,
        most_minor=page.most_minor,
        currency=product.lender.currency,
    )
    if is_sent and form.is_valid():
        answers = {**form.cleaned_data, "key": (draft or {}).get("key") or str(uuid4()), "version": product.version}
        request.session[DRAFTS] = {**request.session.get(DRAFTS, {}), name: answers}
        return redirect("loans:apply_check", product.lender.code, product.code)
    status = 422 if is_sent else 200
    who = signing.dumps(str(_person(request).public_id), salt=TYPED)
    return _page(request, "loans/applications/questions.html", status=status, page=page, form=form, who=who)


def _send(request: HttpRequest, page: pages.ApplyPage, draft: dict[str, Any]) -> HttpResponse:
    assert page.borrower is not None
    product = page.product
    try:
        sent = applying.apply_for_limit(
            borrower=page.borrower,
            product=product,
            wished_minor=draft["wished_minor"],
            use=Use(draft["use"]),
            income_minor=draft["income_minor"],
            other_monthly_minor=draft["other_monthly_minor"],
            words=draft["words"],
            key=UUID(draft["key"]),
            language=get_language() or "zh-hans",
            acting_user=_person(request),
        )
    except ApplicationOpen as error:
        return redirect("loans:application", error.application.public_id)
    except LeewayError as error:
        messages.warning(request, sorry(error))
        return redirect("loans:apply", product.lender.code, product.code)
    drafts = request.session.get(DRAFTS, {})
    request.session[DRAFTS] = {key: value for key, value in drafts.items() if value["key"] != draft["key"]}
    messages.success(request, _("Sent. Your application has the number %(number)s.") % {"number": sent.number})
    return redirect("loans:application", sent.public_id)


def _sent_before(request: HttpRequest) -> LoanApplication | None:
    """What this very page has sent already, by its hidden key."""
    try:
        key = UUID(request.POST.get("key", ""))
    except ValueError:
        return None
    found: LoanApplication | None = LoanApplication.objects.of(request.user).filter(key=key).first()
    return found


def _signed_out(request: HttpRequest) -> HttpResponse:
    """Keep what was typed for whoever typed it, and let them sign in again."""
    if request.method == "POST" and request.POST.get("step") == "questions":
        kept = {name: request.POST.get(name, "")[:1000] for name in ApplicationForm.base_fields}
        request.session[TYPED] = {"who": request.POST.get("who", "")[:200], "path": request.path, "answers": kept}
        messages.info(request, _("You were signed out. Sign in, and what you typed is still here."))
    return redirect_to_login(request.path)


def _typed(request: HttpRequest, name: str) -> dict[str, str] | None:
    """What this very person typed before they were signed out; asked for once."""
    kept = request.session.get(TYPED)
    if not kept or not kept["path"].rstrip("/").endswith(name):
        return None
    del request.session[TYPED]
    try:
        who = signing.loads(kept["who"], salt=TYPED, max_age=3600)
    except signing.BadSignature:
        return None
    answers: dict[str, str] = kept["answers"]
    return answers if who == str(_person(request).public_id) else None


def _gone(request: HttpRequest) -> HttpResponse:
    messages.warning(request, _("This product is not offered any more. Nothing was sent; this is what is on offer."))
    return redirect("loans:applications")


def _on_offer(lender_code: str, product_code: str) -> Product | None:
    return next((one for one in pages.applicable() if (one.lender.code, one.code) == (lender_code, product_code)), None)


def _own(request: HttpRequest, public_id: UUID) -> LoanApplication:
    own = LoanApplication.objects.of(request.user).select_related(
        "lender", "product__lender", "borrower__user", "decision", "again", "previous"
    )
    found: LoanApplication = get_object_or_404(own, public_id=public_id)
    return found


def _shown(
    request: HttpRequest, own: LoanApplication, form: StatementForm | None = None, status: int = 200
) -> HttpResponse:
    page = pages.application_page(own)
    context = {"page": page, "form": form or StatementForm(), "again": AgainForm()}
    return _page(request, "loans/applications/application.html", status=status, **context)


def _person(request: HttpRequest) -> User:
    return cast(User, request.user)


def _page(request: HttpRequest, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    return render(request, template, {"place": "loans", **context}, status=status)
