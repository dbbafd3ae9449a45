"""One's own bank accounts: add, prove, put in order, remove. What is sensitive asks first whether it is still you."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import reauthentication, selectors, services, throttle
from accounts.errors import CodeOver, Conflict, Refused, TooMany, WrongCode
from accounts.forms.bank_account import BankAccountForm, CodeForm
from accounts.models import BankAccount, Borrower

View = Callable[..., HttpResponse]


def confirmed(view: View) -> View:
    """Only who has just proved that it is them; others are asked, and come back."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not reauthentication.recently_confirmed(request):
            return redirect(reauthentication.confirm_url(request, request.path))
        return view(request, *args, **kwargs)

    return wrapped


def _own(request: HttpRequest, public_id: UUID) -> BankAccount:
    found: BankAccount = get_object_or_404(
        BankAccount.objects.of(request.user).select_related("borrower__user"), public_id=public_id
    )
    return found


@sensitive_post_parameters("number")
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@confirmed
def new(request: HttpRequest) -> HttpResponse:
    found = selectors.known_page(request.user)
    if found.identity is None or not found.known.is_identified:
        return redirect("accounts:known")
    form = BankAccountForm(request.POST if request.method == "POST" else None, initial={"holder": found.identity.name})
    if form.is_bound and form.is_valid():
        if not throttle.may_add_bank_account(request):
            return throttle.too_many_requests(request, seconds=throttle.AN_HOUR_SECONDS)
        account = _add(request, found.identity.borrower, form)
        if account is not None:
            return _send(request, account)
    status = 422 if form.is_bound else 200
    return render(request, "accounts/known/bank_account_new.html", {"form": form}, status=status)


def _add(request: HttpRequest, borrower: Borrower, form: BankAccountForm) -> BankAccount | None:
    try:
        return services.add_bank_account(borrower=borrower, acting_user=request.user, **form.cleaned_data)
    except Refused as refused:
        form.refuse(refused.codes)
    except TooMany:
        form.add_error(None, _("You have eight accounts here, as many as there can be. Please remove one first."))
    return None


@require_POST
@login_required
def send(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return _send(request, _own(request, public_id))


def _send(request: HttpRequest, account: BankAccount) -> HttpResponse:
    """Send a code, and to the page where it is entered."""
    try:
        probe = services.send_bank_account_code(account=account, acting_user=request.user)
    except Conflict:
        return redirect("accounts:known")
    except TooMany:
        messages.warning(request, _("Three transfers a day can be sent to an account. Please try again tomorrow."))
    else:
        if probe.state == "sent":
            messages.success(request, _("We sent ¥0.01 to the account. It can take a few minutes to arrive."))
        else:
            messages.warning(request, _("The transfer could not be sent just now. Please try again later."))
    return redirect("accounts:bank_account_verify", account.public_id)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def verify(request: HttpRequest, public_id: UUID) -> HttpResponse:
    account = _own(request, public_id)
    if account.verified_at:
        return redirect("accounts:known")
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            services.verify_bank_account(account=account, code=form.cleaned_data["code"], acting_user=request.user)
        except WrongCode as wrong:
            form.refuse(wrong.left)
        except (CodeOver, Conflict):
            form.add_error(None, _("No code is waiting any more. Please have a new one sent."))
        else:
            messages.success(request, _("Thank you. The account is confirmed."))
            return redirect("accounts:next_step")
    shown = {"form": form, "account": account}
    return render(request, "accounts/known/bank_account_verify.html", shown, status=422 if form.is_bound else 200)


@require_POST
@login_required
def move(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One place up or down in the order."""
    account = _own(request, public_id)
    places = {"up": -1, "down": 1}.get(request.POST.get("direction", ""), 0)
    try:
        services.move_bank_account(account=account, places=places, acting_user=request.user)
    except Conflict:
        messages.warning(request, _("Your accounts have changed meanwhile. Please look once more."))
    return redirect("accounts:known")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@confirmed
def remove(request: HttpRequest, public_id: UUID) -> HttpResponse:
    account, status = _own(request, public_id), 200
    needed: tuple[str, ...] = ()
    if request.method == "POST":
        try:
            services.remove_bank_account(account=account, acting_user=request.user)
        except Refused as refused:
            needed, status = refused.codes, 409
        except Conflict:
            return redirect("accounts:known")
        else:
            messages.success(request, _("The account is removed."))
            return redirect("accounts:known")
    shown = {"account": account, "needed": needed}
    return render(request, "accounts/known/bank_account_remove.html", shown, status=status)
