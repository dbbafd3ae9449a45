"""Pages of one's own account that allauth does not have: overview, language, confirmation, outbox."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.utils import passthrough_next_redirect_url
from allauth.account.views import BaseReauthenticateView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import language, reauthentication, second_factor, selectors
from accounts.confirmation import Confirmation
from accounts.forms.signing_in import ConfirmLoginCodeForm
from accounts.models import User

__all__ = ["ConfirmByCode", "confirm", "home", "needs_second_factor", "outbox", "set_language"]


@require_safe
@login_required
def home(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    return render(request, "accounts/home.html", {"page": selectors.account_page(user)})


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Change the language of the pages; kept with the account of whoever is signed in."""
    target = request.POST.get("next", "")
    if not get_adapter().is_safe_url(target):
        target = reverse("home")
    response = HttpResponseRedirect(target)
    chosen = request.POST.get("language", "")
    if language.is_offered(chosen):
        language.remember(response, chosen)
        if request.user.is_authenticated:
            User.objects.filter(pk=request.user.pk).update(language=chosen)
    return response


@require_safe
@login_required
def confirm(request: HttpRequest) -> HttpResponse:
    """To the first way this person has of confirming that it is them; `next` goes along."""
    methods = get_adapter().get_reauthentication_methods(request.user)
    return redirect(passthrough_next_redirect_url(request, methods[0]["url"], "next"))


@method_decorator(login_required, name="dispatch")
class ConfirmByCode(BaseReauthenticateView):
    """Confirm with a code that is sent to one's own phone or e-mail."""

    form_class = ConfirmLoginCodeForm
    template_name = "accounts/confirm_code.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.pending: Any = Confirmation.pending(request)
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.POST.get("action") != "send" and self.pending:
            return super().post(request, *args, **kwargs)
        if Confirmation.start(request) is None:
            messages.error(request, get_adapter().error_messages["too_many_login_attempts"])
        return redirect(self.passthrough_next_url(request.path))

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "code": self.pending.code if self.pending else ""}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "pending": self.pending}

    def form_valid(self, form: Any) -> Any:
        reauthentication.record_confirmed(self.request, "code")
        self.pending.abort()
        return super().form_valid(form)

    def form_invalid(self, form: Any) -> Any:
        if self.pending.record_invalid_attempt():
            return super().form_invalid(form)
        messages.error(self.request, _("That code no longer counts. Please ask for a new one."))
        return redirect(self.passthrough_next_url(self.request.path))


@require_safe
@login_required
def needs_second_factor(request: HttpRequest) -> HttpResponse:
    """The staff site needs an authenticator: says so to staff who have none, and leads to setting one up."""
    if not getattr(request.user, "is_staff", False):
        raise Http404
    has_one = second_factor.has_authenticator(request.user)
    return render(request, "accounts/needs_second_factor.html", {"has_authenticator": has_one})


@require_safe
def outbox(request: HttpRequest) -> HttpResponse:
    """The last messages that went out, so that a newcomer can read the codes. Demonstration only."""
    if not settings.DEMO:
        raise Http404
    return render(request, "accounts/outbox.html", {"sent": selectors.last_messages()})
