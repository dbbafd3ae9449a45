"""Errors of `loans`, each named for what happened."""

from typing import Any

from accounts.errors import Conflict, LeewayError
from loans.product_rules import Problem


class KeyTaken(Conflict):
    """The key was used before for something else: another loan, amount or date."""

    code = "key_taken"


class KeyRefused(LeewayError):
    """The key of a payment is empty, or longer than 64 characters."""

    code = "key_refused"


class StaleVersion(Conflict):
    """The schedule in force is not the one this change was made for."""

    code = "stale_version"


class NumberTaken(Conflict):
    """The lender has a loan of this number already."""

    code = "number_taken"


class TermsRefused(LeewayError):
    """No loan can be made of these terms; `field` says which one, `reason` why (the engine's code)."""

    code = "terms_refused"

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


class ProductRefused(LeewayError):
    """The rules of the lender's kind forbid a product of these terms; `problems` says which and why."""

    code = "product_refused"

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(", ".join(f"{problem.field}: {problem.code}" for problem in problems))
        self.problems = problems


class NotACustomer(LeewayError):
    """The borrower is not a customer of the lender of the loan."""

    code = "not_a_customer"


class NotPending(LeewayError):
    """The loan was disbursed already."""

    code = "not_pending"


class NotRunning(LeewayError):
    """The loan does not run, so this cannot be done on it; each of the next three says why."""

    code = "not_running"


class NotDisbursed(NotRunning):
    """The loan is not disbursed yet: nothing can be paid on it or changed about it."""

    code = "not_disbursed"


class AlreadySettled(NotRunning):
    """The loan is settled: there is nothing left to pay or to change."""

    code = "already_settled"


class WrittenOff(NotRunning):
    """The loan was written off: it is owed and can be paid, and its schedule does not change any more."""

    code = "written_off"


class AmountRefused(LeewayError):
    """The amount is not a sum that can be paid: nothing, less than nothing, or absurdly much."""

    code = "amount_refused"


class DateRefused(LeewayError):
    """A date cannot stand; `reason` says why.

    Reasons: `in_future`, `before_disbursement`, `not_today` (a borrower's own payment counts
    on the day it is made), `after_first_due_date`, `before_last_change` (an early payoff cannot lie before what
    already happened on the loan), `before_last_bill` (a bill was made since), `in_past`.
    """

    code = "date_refused"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ChannelRefused(LeewayError):
    """A borrower recorded a payment through a channel that is not theirs."""

    code = "channel_refused"


class ScheduleRefused(LeewayError):
    """The rows cannot become the schedule of this loan; `reason` says why.

    Reasons: `numbers`, `dates`, `principal`, `balance`, `paid_row_changed`,
    `paid_more_than_due`, `due_in_past`, `adopted_in_future`.
    """

    code = "schedule_refused"

    def __init__(self, reason: str, number: int | None = None) -> None:
        super().__init__(reason if number is None else f"{reason}: instalment {number}")
        self.reason = reason
        self.number = number


class EntryRefused(LeewayError):
    """The lines of a journal entry do not sum to zero, or are fewer than two."""

    code = "entry_refused"


class MonthNotOver(LeewayError):
    """The month, or the grace after it, is still running: its facts are not decided yet."""

    code = "month_not_over"


class MonthNotFurnished(LeewayError):
    """The credit file has no such month of this loan, so there is nothing to correct."""

    code = "month_not_furnished"


class LaterSchedule(Conflict):
    """The payment brought a schedule about, and another was agreed on since: a person has to look at it."""

    code = "later_schedule"


class RefundedAlready(Conflict):
    """What the payment left over was paid back to the borrower: a person has to look at it."""

    code = "refunded_already"


class CancelRefused(LeewayError):
    """The contract cannot be cancelled, or its money not be sent, now; `reason` is the stage of its payout.

    Stages: those of `loans.selectors.payout.Stage`.
    """

    code = "cancel_refused"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NothingToReverse(Conflict):
    """No payment stands for what the order brought: it lies in suspense, or never came."""

    code = "nothing_to_reverse"


class NoGateway(LeewayError):
    """The lender has no payment gateway, so no money can be ordered to move."""

    code = "no_gateway"


class AccountRefused(LeewayError):
    """The bank account is not a verified one of the loan's borrower."""

    code = "account_refused"


class OrderOpen(Conflict):
    """An order of this kind is under way on the loan: its answer comes first."""

    code = "order_open"


class InQuestion(OrderOpen):
    """Staff have money of this debt, or a report of it, to look at first: else it might move twice."""

    code = "in_question"


class AlreadyResolved(Conflict):
    """Somebody has placed this money, or looked at this report, before."""

    code = "already_resolved"


class WordsNeeded(LeewayError):
    """What a person decides about money needs a reason in words, at most 300 characters."""

    code = "words_needed"


class NotYetKnown(LeewayError):
    """The borrower is not known well enough to be lent to; `missing` names the steps that are left."""

    code = "not_yet_known"

    def __init__(self, missing: tuple[str, ...]) -> None:
        super().__init__(", ".join(missing))
        self.missing = missing


class ConsentMissing(LeewayError):
    """A consent that the application rests on does not stand (any more); `purposes` says which."""

    code = "consent_missing"

    def __init__(self, purposes: tuple[str, ...]) -> None:
        super().__init__(", ".join(purposes))
        self.purposes = purposes


class NotOnOffer(LeewayError):
    """The version of the product is not offered (any more)."""

    code = "not_on_offer"


class WishOutOfRange(LeewayError):
    """The amount wished for is outside the range, in minor units, or not in whole hundreds."""

    code = "wish_out_of_range"

    def __init__(self, least_minor: int, most_minor: int) -> None:
        super().__init__(f"{least_minor} to {most_minor}")
        self.least_minor = least_minor
        self.most_minor = most_minor


class ApplicationOpen(Conflict):
    """The borrower has an open application for this product; `application` is that one."""

    code = "application_open"

    def __init__(self, application: Any) -> None:
        super().__init__(str(application))
        self.application = application


class NoRaiseYet(LeewayError):
    """A higher limit cannot be asked for now; `reason` is `overdue`, `too_early` or `at_most`."""

    code = "no_raise_yet"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NoSecondLook(LeewayError):
    """There is nothing to look at again: it is undecided, gave all that was wished for, or was looked at already."""

    code = "no_second_look"


class NotYourApplication(Conflict):
    """The application is not taken by this person, or somebody else has it."""

    code = "not_your_application"


class DecisionRefused(LeewayError):
    """The decision cannot stand; `field` says what of it: `limit`, `rate`, `reasons`, `words`."""

    code = "decision_refused"

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class LimitExceeded(LeewayError):
    """More is to be drawn than can be; `available_minor` says how much can."""

    code = "limit_exceeded"

    def __init__(self, available_minor: int) -> None:
        super().__init__(str(available_minor))
        self.available_minor = available_minor


class LimitRefused(LeewayError):
    """The limit cannot be changed or drawn from this way; `reason` says why.

    Reasons: `closed`, `not_less`, `not_more`, `drawn`, `begun`, `held` (relief is being decided), `leaving` (the
    borrower asked to close the service).
    """

    code = "limit_refused"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class EarlyRefused(LeewayError):
    """Part of the loan cannot be repaid early; `reason` says why.

    Reasons: those of `PrepaymentError` (`due_first`, `nothing_for_principal`,
    `pays_off`, …).
    """

    code = "early_refused"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NotSettled(LeewayError):
    """The loan is not settled, so there is nothing to certify."""

    code = "not_settled"


class NotRead(LeewayError):
    """The cost sheet was confirmed before it could have been read; `seconds` are left."""

    code = "not_read"

    def __init__(self, seconds: int) -> None:
        super().__init__(str(seconds))
        self.seconds = seconds


class NameDiffers(LeewayError):
    """The name typed under the contract is not the borrower's."""

    code = "name_differs"


class FiguresChanged(Conflict):
    """Today's figures are not those that were shown: the product, the rate or the day is another one."""

    code = "figures_changed"


class BillRefused(LeewayError):
    """This cannot be done on a monthly bill; `reason` says why.

    Reasons: `closed`, `leaving`, those of `BillError` (`more_than_bought`, `more_than_credit`,
    `nothing_billed`, `overdue`, `after_due_date`, `more_than_billed`, `not_a_plan`), `not_offered`
    (a number of instalments without a fee on the product), `not_billed_monthly` (a product of
    another kind), `open_already` (the limit has an account), `no_day` (money for which there is no
    place on any day).
    """

    code = "bill_refused"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class StillOpen(LeewayError):
    """The account cannot be closed yet; `reasons` says all that is open.

    Reasons: `owed` (billed and unpaid), `unbilled` (bought, or charged, since the last bill),
    `instalments`, `credit` (money of the borrower's), `under_way`, `in_question` (money that came
    or went, or a report of it, that a person must look at).
    """

    code = "still_open"

    def __init__(self, reasons: tuple[str, ...]) -> None:
        super().__init__(", ".join(reasons))
        self.reasons = reasons
