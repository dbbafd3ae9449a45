"""Where payment gateways report: one address per lender, outside the sign-in, by signature only."""

import logging

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from accounts.models import Lender
from loans.gateways.configured import keys_for, seconds
from loans.gateways.notice import NoticeError
from loans.gateways.signature import Verdict, verdict
from loans.gateways.states import Answer
from loans.services import take_callback

LARGEST_BODY = 16 * 1024
STATUS = {
    Answer.APPLIED: 200,
    Answer.NOTED: 200,
    Answer.SUSPENSE: 200,
    Answer.REVIEW: 202,
    Answer.CONFLICT: 409,
}
log = logging.getLogger(__name__)


# A gateway has no session and no token of ours; what it sends is proved by its signature.
@csrf_exempt
@require_POST
def callback(request: HttpRequest, lender_code: str) -> HttpResponse:
    """413, 415, 401 before anything is read; then 400 for what cannot be read, or what became of it."""
    body = request.read(LARGEST_BODY + 1)
    if len(body) > LARGEST_BODY:
        return _refused("too_large", 413)
    if request.content_type != "application/json":
        return _refused("content_type", 415)
    found = verdict(
        keys=keys_for(lender_code),
        timestamp=request.headers.get("Leeway-Timestamp", ""),
        signatures=request.headers.get("Leeway-Signature", ""),
        body=body,
        now=seconds(),
    )
    # An unknown lender has no keys, so it answers as a wrong key does.
    lender = Lender.objects.filter(code=lender_code).first()
    if found is not Verdict.GENUINE or lender is None:
        log.warning("a gateway's message was refused: %s", found)
        return _refused("stale" if found is Verdict.STALE else "signature", 401)
    try:
        taken = take_callback(lender=lender, body=body)
    except NoticeError as error:
        return JsonResponse({"error": "unreadable", "field": error.field}, status=400)
    return JsonResponse({"answer": taken.answer.value, "replay": taken.is_replay}, status=STATUS[taken.answer])


def _refused(error: str, status: int) -> HttpResponse:
    return JsonResponse({"error": error}, status=status)
