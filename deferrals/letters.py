"""Letters: written in the borrower's language, at the moment of their cause, word for word.

A letter is a title and blocks (see `deferrals/agreement.py`); both are frozen with the
hash that the verify page checks. The decision comes first, reasons carry their facts, the
last lines say how to disagree.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from accounts.chain import digest
from accounts.wording import day_text, money_text, weekday_text
from deferrals.agreement import Block, agreement_blocks, cost_sentence, months_text, schedule_block
from deferrals.casework import asked_periods
from deferrals.models import Acceptance, Decision, Letter, Offer, ReliefPlan, ReliefRequest
from deferrals.reasons import MONEY_SLOTS, TEXTS
from deferrals.rules import Policy
from deferrals.states import OfferState
from loans.engine.relief import Projection


def write_letter(*, request: ReliefRequest, kind: Letter.Kind) -> Letter:
    """Write the letter that `kind` calls for, from what is stored of the request."""
    language = request.language
    with translation.override(language):
        body = WRITERS[kind](request, language)
        blocks = [
            {"kind": "p", "text": _("%(name)s:") % {"name": request.borrower.name}},
            *body,
            *_end(request, language),
        ]
        title = str(kind.label)
    return Letter.objects.create(
        lender=request.lender,
        borrower=request.borrower,
        request=request,
        kind=kind,
        language=language,
        title=title,
        blocks=blocks,
        sha256=digest({"number": request.number, "title": title, "blocks": blocks}),
    )


def reason_text(reason: dict[str, Any]) -> str:
    """A stored reason as a sentence in the present language."""
    facts = {slot: money_text(value) if slot in MONEY_SLOTS else str(value) for slot, value in reason["facts"].items()}
    return str(TEXTS[reason["code"]]) % facts


def _p(text: str) -> Block:
    return {"kind": "p", "text": text}


def _h(text: str) -> Block:
    return {"kind": "h", "text": text}


def _end(request: ReliefRequest, language: str) -> list[Block]:
    decision = Decision.objects.filter(request=request).first()
    lines = [request.lender.name_in(language)]
    if decision is not None and decision.handle:
        lines.append(_("Case handle: %(handle)s") % {"handle": decision.handle})
    return [{"kind": "sign", "lines": [*lines, day_text(request.lender.today(), language)]}]


def _asked(request: ReliefRequest) -> dict[str, str]:
    asked = request.loans.select_related("loan").get()
    return {
        "loan": asked.loan.number,
        "count": str(asked_periods(asked.components)),
    }


def _received(request: ReliefRequest, language: str) -> list[Block]:
    policy = Policy.from_dict(request.policy.terms)
    longest = request.submitted_on + timedelta(days=policy.hold_max_days)
    return [
        _p(_("We have your request to pause %(count)s instalments of loan %(loan)s.") % _asked(request)),
        _h(_("What happens next")),
        {
            "kind": "list",
            "items": [
                _("A person decides. Our target is %(day)s.") % {"day": weekday_text(request.target_on, language)},
                _("You will have an answer by %(day)s at the latest.")
                % {"day": weekday_text(request.decide_by_on, language)},
                _("Nothing changes on your loan before you accept an offer."),
            ],
        },
        _h(_("What stands still from today")),
        _p(
            _(
                "Requests for payment, legal steps, penalty interest, and your credit record, until we have decided, at the longest until %(day)s. If we answer late, for as long as that takes."
            )
            % {"day": day_text(longest, language)}
        ),
        _p(_("Asking is free, and you can do it yourself. No agent is needed; please pay nobody to do it for you.")),
    ]


def _live_offer(request: ReliefRequest) -> tuple[Offer, Projection]:
    offer = request.offers.filter(state=OfferState.LIVE).get()
    return offer, Projection.from_dict(offer.projection)


def _reasons(decision: Decision) -> list[Block]:
    return [
        {"kind": "numbered", "items": [reason_text(reason) for reason in decision.reasons]},
        _p(decision.words),
    ]


def _figures(offer: Offer, projection: Projection, language: str) -> list[Block]:
    return [
        _h(_("New dates and amounts")),
        _p(
            _("Nothing is due in %(months)s. Payments resume on %(day)s with %(sum)s.")
            % {
                "months": months_text(projection.paused_on, language),
                "day": day_text(projection.resume_on, language),
                "sum": money_text(projection.resume_minor),
            }
        ),
        schedule_block(projection, language),
        _h(_("Cost")),
        _p(cost_sentence(projection)),
        _h(_("What you do now")),
        _p(
            _(
                "The new dates hold once you accept them, until %(day)s, 24:00. If you do nothing, the old schedule stays as it is."
            )
            % {"day": weekday_text(offer.expires_on, language)}
        ),
    ]


def _approved(request: ReliefRequest, language: str) -> list[Block]:
    offer, projection = _live_offer(request)
    return [
        _p(_("We approved your request to pause %(count)s instalments of loan %(loan)s.") % _asked(request)),
        _h(_("Why")),
        *_reasons(request.decision),
        *_figures(offer, projection, language),
        *_data_used(request),
    ]


def _reprojected(request: ReliefRequest, language: str) -> list[Block]:
    offer, projection = _live_offer(request)
    return [
        _p(
            _(
                "Something changed on your loan since our offer, so we made it again with today's figures. The earlier figures no longer hold."
            )
        ),
        *_figures(offer, projection, language),
    ]


def _denied(request: ReliefRequest, language: str) -> list[Block]:
    policy = Policy.from_dict(request.policy.terms)
    until = request.decision.decided_on + timedelta(days=policy.hold_days_after_denial)
    return [
        _p(_("We could not approve your request to pause %(count)s instalments of loan %(loan)s.") % _asked(request)),
        _h(_("Why")),
        *_reasons(request.decision),
        _h(_("What still holds")),
        _p(
            _(
                "What stood still since your request stays so until %(day)s. Pay what is open by then, and nothing is charged for those days."
            )
            % {"day": weekday_text(until, language)}
        ),
        _h(_("If you see it differently")),
        {
            "kind": "list",
            "items": [
                _("If something has changed, or we missed something, send a new request; it is free."),
                _("You can pay a part now. Every payment makes what is open smaller."),
                _("Complaints: %(line)s. Free advice: %(advice)s.")
                % {"line": request.lender.complaint_line, "advice": request.lender.advice_line},
            ],
        },
        *_data_used(request),
    ]


def _data_used(request: ReliefRequest) -> list[Block]:
    return [
        _h(_("What we used")),
        _p(
            _(
                "Your loan and its payments at this lender, and what you wrote in the request. No score, and nothing from other lenders. If something is wrong, ask us to correct it."
            )
        ),
    ]


def _agreement(request: ReliefRequest, language: str) -> list[Block]:
    acceptance = Acceptance.objects.get(offer__request=request)
    plan = ReliefPlan.objects.get(acceptance=acceptance)
    blocks = [_p(_("Your new schedule has been in force since %(day)s.") % {"day": day_text(plan.from_on, language)})]
    if plan.rescind_until_on is not None:
        blocks.append(
            _p(
                _("You can take this back until %(day)s, 24:00, free of charge.")
                % {"day": weekday_text(plan.rescind_until_on, language)}
            )
        )
    return [
        *blocks,
        *agreement_blocks(acceptance.offer, language=language),
        _p(
            _("Signed by %(name)s, text fingerprint %(hash)s.")
            % {"name": acceptance.typed_name, "hash": acceptance.text_sha256}
        ),
    ]


def _closing(sentence: Callable[[], str], days: str) -> Callable[[ReliefRequest, str], list[Block]]:
    """A short letter for an end: what happened, and until when things still stand still."""

    def write(request: ReliefRequest, language: str) -> list[Block]:
        until = request.lender.today() + timedelta(days=getattr(Policy.from_dict(request.policy.terms), days))
        return [
            _p(sentence()),
            _p(
                _("Your old schedule stays as it is. What stood still since your request stays so until %(day)s.")
                % {"day": weekday_text(until, language)}
            ),
            _p(_("No mark is left, and you can ask again at any time.")),
        ]

    return write


def _rescinded(request: ReliefRequest, language: str) -> list[Block]:
    return [
        _p(
            _("You took the arrangement back. The schedule before it is in force again, as if there had been no pause.")
        ),
        _p(_("No mark is left, and you can ask again at any time.")),
    ]


def _settled(request: ReliefRequest, language: str) -> list[Block]:
    return [
        _p(_("Loan %(loan)s is settled, so nothing is left to pause and this request is closed.") % _asked(request)),
        _p(_("No mark is left.")),
    ]


WRITERS: dict[str, Callable[[ReliefRequest, str], list[Block]]] = {
    Letter.Kind.RECEIVED: _received,
    Letter.Kind.APPROVED: _approved,
    Letter.Kind.REPROJECTED: _reprojected,
    Letter.Kind.DENIED: _denied,
    Letter.Kind.AGREEMENT: _agreement,
    Letter.Kind.WITHDRAWN: _closing(lambda: _("You withdrew your request."), "hold_days_after_withdrawal"),
    Letter.Kind.DECLINED: _closing(lambda: _("You did not accept the offer."), "hold_days_after_offer"),
    Letter.Kind.EXPIRED: _closing(
        lambda: _("The offer was not accepted in time and has lapsed."), "hold_days_after_offer"
    ),
    Letter.Kind.RESCINDED: _rescinded,
    Letter.Kind.SETTLED: _settled,
}
