"""Products on the staff's site: look, draft, preview, publish, retire.

Registered by `loans/admin/products.py`, which lets only staff with a second factor come here.
"""

from collections.abc import Callable
from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.errors import Conflict, NotPermitted
from accounts.models import Lender, User
from accounts.roles import Verb
from loans.errors import ProductRefused
from loans.forms.product import ProductForm
from loans.models import Product
from loans.product_words import problem_text
from loans.selectors.desk import desk
from loans.selectors.product_page import product_page
from loans.services import offering

PAGE = "admin:loans_product_page"
READ_OR_SEND = ["GET", "HEAD", "POST"]


@require_safe
def page(request: HttpRequest, pk: str) -> HttpResponse:
    """What a version says, costs and would look like, and what may be done with it."""
    product = _found(request, pk, Verb.VIEW_PRODUCTS)
    return _shown(request, "loans/admin/product.html", product)


@require_http_methods(READ_OR_SEND)
def new(request: HttpRequest, lender_code: str) -> HttpResponse:
    """A product that is not there yet: the first draft of a code."""
    lenders = Lender.objects.where(request.user, Verb.DRAFT_PRODUCT)
    lender = get_object_or_404(lenders, code=lender_code)
    blank = Product(lender=lender, state=Product.State.DRAFT, method="level", profile="consumer-cn")
    form = ProductForm(request.POST or None, product=blank, is_new=True)
    if request.method == "POST" and form.is_valid():
        code = form.cleaned_data["code"]
        if lender.products.filter(code=code).exists():
            form.add_error("code", _("This code is taken; open that product and make its next version."))
        else:
            return _saved(request, form, lambda: _draft(request, lender, code, form.terms))
    return _formed(request, form)


@require_http_methods(READ_OR_SEND)
def edit(request: HttpRequest, pk: str) -> HttpResponse:
    """The draft as a form; saving it shows what it really costs."""
    product = _found(request, pk, Verb.DRAFT_PRODUCT)
    if not product.is_draft:
        return redirect(PAGE, pk=pk)
    form = ProductForm(request.POST or None, product=product, is_new=False)
    if request.method == "POST" and form.is_valid():
        return _saved(
            request,
            form,
            lambda: offering.edit_product(product=product, terms=form.terms, acting_user=cast(User, request.user)),
        )
    return _formed(request, form)


@require_POST
def next_version(request: HttpRequest, pk: str) -> HttpResponse:
    """A draft that begins with this version."""
    product = _found(request, pk, Verb.DRAFT_PRODUCT)
    return _done(
        request, product, offering.next_version, _("The next version begins as this one; change what differs.")
    )


@require_POST
def publish(request: HttpRequest, pk: str) -> HttpResponse:
    product = _found(request, pk, Verb.PUBLISH_PRODUCT)
    return _done(request, product, offering.publish_product, _("Published. From now on nothing of it changes."))


@require_POST
def retire(request: HttpRequest, pk: str) -> HttpResponse:
    product = _found(request, pk, Verb.PUBLISH_PRODUCT)
    return _done(request, product, offering.retire_product, _("No longer offered. Running loans keep it."))


def _found(request: HttpRequest, pk: str, verb: Verb) -> Product:
    products = Product.objects.filter(lender__in=Lender.objects.where(request.user, verb)).select_related("lender")
    found: Product = get_object_or_404(products, pk=pk)
    return found


def _draft(request: HttpRequest, lender: Lender, code: str, terms: Any) -> Product:
    return offering.draft_product(lender=lender, code=code, terms=terms, acting_user=cast(User, request.user))


def _saved(request: HttpRequest, form: ProductForm, save: Callable[[], Product]) -> HttpResponse:
    """Save, or say beside each field what the rules forbid; whatever goes wrong, what was typed stays."""
    try:
        product = save()
    except ProductRefused as refused:
        form.refuse(refused.problems)
        return _formed(request, form)
    except Conflict:
        form.add_error(None, _("Somebody else changed this product meanwhile. What you typed is still here."))
        return _formed(request, form, status=409)
    messages.success(request, _("Saved. This is what it costs."))
    return redirect(PAGE, pk=product.pk)


def _done(request: HttpRequest, product: Product, act: Callable[..., Product], text: str) -> HttpResponse:
    try:
        product = act(product=product, acting_user=request.user)
    except NotPermitted as error:
        raise Http404 from error
    except ProductRefused as refused:
        for problem in refused.problems:
            messages.warning(request, problem_text(problem, product.lender.currency))
    except Conflict:
        messages.warning(request, _("Somebody else changed this product meanwhile. This is how it stands now."))
    else:
        messages.success(request, text)
    return redirect(PAGE, pk=product.pk)


def _formed(request: HttpRequest, form: ProductForm, status: int = 200) -> HttpResponse:
    status = 422 if form.errors and status == 200 else status
    around = desk(cast(User, request.user), form.product.lender)
    return render(request, "loans/admin/product_form.html", {"form": form, **around}, status=status)


def _shown(request: HttpRequest, template: str, product: Product) -> HttpResponse:
    user = cast(User, request.user)
    shown = product_page(product, user, product.lender.today())
    return render(request, template, {"page": shown, **desk(user, product.lender)})
