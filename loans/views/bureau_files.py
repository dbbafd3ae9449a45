"""Files for credit bureaus, on the staff's site: what was sent of a month, what was not, and the file itself.

Registered by `loans/admin/bureau_files.py`, which lets only staff with a second factor come here.
Who may look at a lender's loans may look; who may furnish there may fetch a file. The files are
made by `manage.py furnish`.
"""

import io
from typing import cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Lender, User
from accounts.roles import Verb
from credit.errors import FileDiffers
from credit.models import BureauFile
from credit.services import copy_bureau_file
from credit.services.bureau_files import name_of
from loans.selectors.bureau_files import bureau_file_page
from loans.selectors.desk import desk, may

PAGE = "admin:credit_bureaufile_page"


@require_safe
def page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One file: its counts, and what was held back from it."""
    file = _file(request, public_id, Verb.VIEW_LOANS)
    user = cast(User, request.user)
    context = {"page": bureau_file_page(file), "name": name_of(file), "may_copy": may(user, Verb.FURNISH, file.lender)}
    return render(request, "loans/admin/bureau_file.html", {**context, **desk(user, file.lender)})


@require_POST
def copy(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The bytes of a file; who fetched it stands in the audit chain."""
    file = _file(request, public_id, Verb.FURNISH)
    if bureau_file_page(file).is_large:
        messages.warning(request, _("This file is too large for a page. It is made again with manage.py furnish."))
        return redirect(PAGE, public_id)
    sink = io.BytesIO()
    try:
        copy_bureau_file(file=file, sink=sink, acting_user=cast(User, request.user))
    except FileDiffers:
        messages.warning(request, _("This file cannot be made again as it was: a name or an account has changed."))
        return redirect(PAGE, public_id)
    answer = HttpResponse(sink.getvalue(), content_type="application/octet-stream")
    answer["Content-Disposition"] = f'attachment; filename="{name_of(file)}"'
    answer["Cache-Control"] = "no-store"
    return answer


def _file(request: HttpRequest, public_id: UUID, verb: Verb) -> BureauFile:
    files = BureauFile.objects.filter(lender__in=Lender.objects.where(request.user, verb)).select_related("lender")
    return get_object_or_404(files, public_id=public_id)
