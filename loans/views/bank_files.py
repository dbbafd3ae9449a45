"""Files to and from the bank, on the staff's site: what waits, what came, and what needs a person.

Registered by `loans/admin/bank_files.py`, which lets only staff with a second factor come
here. Who may look at a lender's loans may look; who may handle files may write, take and copy.
"""

import io
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.errors import Conflict
from accounts.models import Lender, User
from accounts.roles import Verb
from loans.bank_file_errors import FileDiffers, NoBankFiles
from loans.bank_file_words import REFUSED
from loans.bank_files.stream import FileRefused
from loans.forms.bank_file import TakeForm
from loans.gateways.bank_file import collects_by_file
from loans.models import BankFile
from loans.selectors.bank_files import bank_file_page, desk_of_files
from loans.selectors.desk import desk, may
from loans.services.bank_reading import TakenFile, take_file
from loans.services.bank_writing import write_again, write_collections

PAGE, DESK = "admin:loans_bankfile_page", "admin:loans_bankfile_desk"
# What a request can book before the server gives up on it; a file goes on where it was cut off.
MOST_AT_ONCE = 2_000


@require_http_methods(["GET", "HEAD", "POST"])
def lender_desk(request: HttpRequest, lender_code: str) -> HttpResponse:
    """What waits to be written, and the form that takes a file of the bank's."""
    lender = _lender(request, lender_code)
    form = TakeForm(request.POST, request.FILES) if request.method == "POST" else TakeForm()
    if not form.is_valid():
        return _desk_shown(request, lender, form)
    file = form.cleaned_data["file"]
    try:
        taken = take_file(lender=lender, source=file, name=file.name, most=MOST_AT_ONCE, acting_user=_user(request))
    except FileRefused as refused:
        form.add_error("file", REFUSED[refused.reason])
        if refused.where:
            form.add_error("file", _("Where: %(where)s") % {"where": refused.where})
        return _desk_shown(request, lender, form)
    except NoBankFiles:
        form.add_error(None, _("This lender does not collect by bank files."))
        return _desk_shown(request, lender, form)
    messages.success(request, _say(taken))
    return redirect(PAGE, cast(BankFile, taken.file).public_id)


@require_POST
def write(request: HttpRequest, lender_code: str) -> HttpResponse:
    """Write what waits; the file itself is fetched from its page."""
    lender = _lender(request, lender_code)
    try:
        written = write_collections(lender=lender, sink=io.BytesIO(), acting_user=_user(request))
    except NoBankFiles:
        messages.warning(request, _("This lender does not collect by bank files."))
        return redirect(DESK, lender_code)
    except Conflict:
        messages.warning(request, _("Something changed meanwhile, and nothing was done. Please look again."))
        return redirect(DESK, lender_code)
    if written.file is None:
        messages.info(request, _("Nothing waits to be collected, so no file was written."))
        return redirect(DESK, lender_code)
    messages.success(request, _("The file is written. Fetch it here and give it to the bank."))
    return redirect(PAGE, written.file.public_id)


@require_safe
def page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One file: how many of its transactions are what, and which need a person."""
    file = _file(request, public_id, Verb.VIEW_LOANS)
    user = _user(request)
    context = {"page": bank_file_page(file), "may_copy": may(user, Verb.HANDLE_BANK_FILES, file.lender)}
    return render(request, "loans/admin/bank_file.html", {**context, **desk(user, file.lender)})


@require_POST
def copy(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The bytes of a file to the bank; who fetched it stands in the audit chain."""
    file = _file(request, public_id, Verb.HANDLE_BANK_FILES)
    sink = io.BytesIO()
    try:
        if file.direction != BankFile.Direction.OUT:
            raise FileDiffers(file.message_id)
        write_again(file=file, sink=sink, acting_user=_user(request))
    except FileDiffers:
        messages.warning(request, _("This file cannot be made again as it was. Ask the bank for the one it has."))
        return redirect(PAGE, public_id)
    answer = HttpResponse(sink.getvalue(), content_type="application/xml; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{file.name}"'
    answer["Cache-Control"] = "no-store"
    return answer


def _lender(request: HttpRequest, code: str) -> Lender:
    found: Lender = get_object_or_404(Lender.objects.where(request.user, Verb.HANDLE_BANK_FILES), code=code)
    return found


def _file(request: HttpRequest, public_id: UUID, verb: Verb) -> BankFile:
    files = BankFile.objects.filter(lender__in=Lender.objects.where(request.user, verb)).select_related("lender")
    return get_object_or_404(files, public_id=public_id)


def _desk_shown(request: HttpRequest, lender: Lender, form: TakeForm) -> HttpResponse:
    context: dict[str, Any] = {
        "lender": lender,
        "form": form,
        "found": desk_of_files(lender),
        "is_set_up": collects_by_file(lender.code),
    }
    status = 422 if form.is_bound else 200
    return render(request, "loans/admin/bank_files.html", {**context, **desk(_user(request), lender)}, status=status)


def _say(taken: TakenFile) -> str:
    if taken.is_known:
        return _("This file was taken before. It has no effect a second time.")
    return _("The file is taken.")


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)
