"""Facts and invariants of lending; money in integer minor units throughout."""

from loans.models.application import ApplicationDecision, Assessment, LoanApplication
from loans.models.bank_file import BankFile, BankFileLine
from loans.models.bill_contract import BillContract, BillOffer
from loans.models.bills import AccountEntry, Bill, BillPlan, RevolvingAccount
from loans.models.cancellation import ContractCancellation
from loans.models.certificate import SettlementCertificate
from loans.models.charge import PenaltyCharge
from loans.models.close import BusinessDay, CloseChunk, CloseFailure
from loans.models.closure import ServiceClosure
from loans.models.contract import Contract, DrawDown
from loans.models.forewarning import Forewarning, HeldMonth
from loans.models.hold import Hold
from loans.models.journal import Account, JournalEntry, JournalSeal, Posting
from loans.models.limit import CreditLimit, LimitChange, LimitReservation
from loans.models.loan import Loan
from loans.models.order import EventReview, GatewayEvent, PaymentOrder
from loans.models.payment import Allocation, Payment, PaymentCorrection
from loans.models.product import Product
from loans.models.refund import RefundWish
from loans.models.schedule import Instalment, ScheduleSeal, ScheduleVersion
from loans.models.stage import StageStep
from loans.models.suspense import SuspenseItem, SuspenseResolution
from loans.models.write_off import WriteOff

__all__ = [
    "Account",
    "AccountEntry",
    "Allocation",
    "ApplicationDecision",
    "Assessment",
    "BankFile",
    "BankFileLine",
    "Bill",
    "BillContract",
    "BillOffer",
    "BillPlan",
    "BusinessDay",
    "CloseChunk",
    "CloseFailure",
    "Contract",
    "ContractCancellation",
    "CreditLimit",
    "DrawDown",
    "EventReview",
    "Forewarning",
    "GatewayEvent",
    "HeldMonth",
    "Hold",
    "Instalment",
    "JournalEntry",
    "JournalSeal",
    "LimitChange",
    "LimitReservation",
    "Loan",
    "LoanApplication",
    "Payment",
    "PaymentCorrection",
    "PaymentOrder",
    "PenaltyCharge",
    "Posting",
    "Product",
    "RefundWish",
    "RevolvingAccount",
    "ScheduleSeal",
    "ScheduleVersion",
    "ServiceClosure",
    "SettlementCertificate",
    "StageStep",
    "SuspenseItem",
    "SuspenseResolution",
    "WriteOff",
]
