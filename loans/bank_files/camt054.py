"""What a bank says has moved: camt.054, versions 2 and later, read transaction by transaction.

    Document/BkToCstmrDbtCdtNtfctn/GrpHdr            MsgId
      Ntfctn                                         Acct, TxsSummry (number and sum of entries)
        Ntry                                         Amt, CdtDbtInd, RvslInd, Sts, BookgDt, ValDt
          NtryDtls/Btch                              NbOfTxs, TtlAmt
          NtryDtls/TxDtls                            Refs/EndToEndId, Amt, RtrInf/Rsn

Source: ISO 20022, Bank-to-Customer Cash Management, message definition camt.054.001. An entry
without details is one transaction whose reference nobody knows. Everything that the file says
of its own sums is counted again; a file that contradicts itself is refused whole, since nobody
can say which half of it is true.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from loans.bank_files.stream import Closed, FileRefused, Opened, Source, events
from loans.engine.money import LARGEST_MINOR

ROOT = ("Document", "BkToCstmrDbtCdtNtfctn")
NAMESPACE = re.compile(r"urn:iso:std:iso:20022:tech:xsd:(camt\.054\.001\.(?:0[2-9]|1[0-9]))")
FOREIGN = "?"
BOOKED = "BOOK"
NOT_PROVIDED = "NOTPROVIDED"
LONGEST_KEY, LONGEST_REFERENCE = 35, 64
_AMOUNT = re.compile(r"([0-9]{1,15})(?:\.([0-9]{1,5}))?")
_DAY = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:T[0-9:.]+)?(?:Z|[+-][0-9]{2}:[0-9]{2})?")
Digits = Callable[[str], int]


class Kind(StrEnum):
    """What happened: a debit came in; money that had come went back; or neither of the two."""

    CREDIT = "credit"
    RETURNED = "returned"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """One transaction. `key` is our end-to-end reference, empty where there is none; `reason` the bank's code."""

    number: int
    kind: Kind
    key: str
    amount_minor: int
    currency: str
    is_booked: bool
    value_on: date | None
    reason: str
    reference: str
    entry: str


@dataclass(slots=True)
class Summary:
    """What a file is, and how much is in it; complete once it has been read to its end."""

    message: str = ""
    message_id: str = ""
    accounts: set[str] = field(default_factory=set)
    count: int = 0
    credited_minor: int = 0
    returned_minor: int = 0


# What is kept of each element; everything else of a message is passed over.
_HEADER = frozenset({"MsgId"})
_NOTIFICATION = frozenset(
    {
        "Acct/Id/IBAN",
        "Acct/Id/Othr/Id",
        *(
            f"TxsSummry/{total}/{name}"
            for total in ("TtlNtries", "TtlCdtNtries", "TtlDbtNtries")
            for name in ("NbOfNtries", "Sum")
        ),
    }
)
_ENTRY = frozenset(
    {
        "NtryRef", "Amt", "CdtDbtInd", "RvslInd", "Sts", "Sts/Cd", "BookgDt/Dt", "BookgDt/DtTm", "ValDt/Dt",
        "ValDt/DtTm", "AcctSvcrRef",
    }
)  # fmt: skip
_DETAILS = frozenset({"Btch/NbOfTxs", "Btch/TtlAmt"})
_TRANSACTION = frozenset(
    {
        "Refs/EndToEndId", "Refs/AcctSvcrRef", "Refs/TxId", "Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/InstdAmt/Amt",
        "CdtDbtInd", "RtrInf", "RtrInf/Rsn/Cd", "RtrInf/Rsn/Prtry",
    }
)  # fmt: skip
_SCOPES = {
    ("GrpHdr",): _HEADER,
    ("Ntfctn",): _NOTIFICATION,
    ("Ntfctn", "Ntry"): _ENTRY,
    ("Ntfctn", "Ntry", "NtryDtls"): _DETAILS,
    ("Ntfctn", "Ntry", "NtryDtls", "TxDtls"): _TRANSACTION,
}


@dataclass(slots=True)
class _Scope:
    """An element that is open, what is known of it, and what was counted in it so far."""

    depth: int
    wanted: frozenset[str]
    values: dict[str, str] = field(default_factory=dict)
    currencies: dict[str, str] = field(default_factory=dict)
    count: int = 0
    sum_minor: int = 0
    by_sign: dict[str, list[int]] = field(default_factory=dict)
    currency: str = "XXX"

    def first(self, *names: str) -> str:
        return next((self.values[name] for name in names if self.values.get(name)), "")


def check(source: Source, digits: Digits) -> Summary:
    """Read a file to its end and say what it is; raises `FileRefused`. `digits` are the decimals of a currency."""
    reader = Reader(source, digits)
    for _ in reader:
        pass
    return reader.summary


class Reader:
    """The transactions of a file, one by one; `summary` is complete after the last.

    Reasons of `FileRefused`, beside those of the stream: `wrong_message`, `missing`, `twice`,
    `amount`, `date`, `sign`, `sums`, `reference`.
    """

    def __init__(self, source: Source, digits: Digits) -> None:
        self.summary = Summary()
        self._source = source
        self._digits = digits
        self._path: list[str] = []
        self._scopes: list[_Scope] = []
        self._namespace = ""
        self._found: list[Moved] = []

    def __iter__(self) -> Iterator[Moved]:
        for event in events(self._source):
            if isinstance(event, Opened):
                self._open(event)
            else:
                self._close(event)
                if self._found:
                    yield from self._found
                    self._found.clear()
        if not self.summary.message_id:
            raise FileRefused("missing", "GrpHdr/MsgId")

    def _open(self, event: Opened) -> None:
        if not self._path:
            found = NAMESPACE.fullmatch(event.namespace)
            if found is None:
                raise FileRefused("wrong_message", event.namespace[:80])
            self._namespace, self.summary.message = event.namespace, found[1]
        self._path.append(event.name if event.namespace == self._namespace else FOREIGN)
        if len(self._path) <= len(ROOT) and tuple(self._path) != ROOT[: len(self._path)]:
            raise FileRefused("wrong_message", "/".join(self._path)[:80])
        wanted = _SCOPES.get(tuple(self._path[len(ROOT) :])) if len(self._path) <= 6 else None
        if wanted is not None and len(self._path) > len(ROOT):
            self._scopes.append(_Scope(len(self._path), wanted))

    def _close(self, event: Closed) -> None:
        scope = self._scopes[-1] if self._scopes else None
        if scope is not None and len(self._path) == scope.depth:
            self._scopes.pop()
            self._finish(scope)
        elif scope is not None:
            name = "/".join(self._path[scope.depth :])
            if name in scope.wanted:
                if name in scope.values:
                    raise FileRefused("twice", self._at(name))
                scope.values[name] = event.text
                if "Ccy" in event.attributes:
                    scope.currencies[name] = event.attributes["Ccy"]
        self._path.pop()

    def _finish(self, scope: _Scope) -> None:
        name = self._path[-1]
        if name == "TxDtls":
            self._transaction(scope)
        elif name == "NtryDtls":
            self._details(scope)
        elif name == "Ntry":
            self._entry(scope)
        elif name == "Ntfctn":
            self._notification(scope)
        else:
            self.summary.message_id = self._text(scope, "MsgId", LONGEST_KEY)

    def _transaction(self, scope: _Scope) -> None:
        entry, details = self._scopes[1], self._scopes[2]
        entry_minor, entry_currency = self._amount(entry, "Amt")
        found = next((each for each in ("Amt", "AmtDtls/TxAmt/Amt") if each in scope.values), None)
        # The only transaction of an entry may leave its amount to the entry; where there are more, sums differ.
        amount_minor, currency = self._amount(scope, found, entry_currency) if found else (entry_minor, entry_currency)
        if currency != entry_currency:
            raise FileRefused("sums", self._at("currency"))
        sign = scope.first("CdtDbtInd") or entry.first("CdtDbtInd")
        signed = amount_minor if sign == entry.first("CdtDbtInd") else -amount_minor
        for each in (entry, details):
            each.count += 1
            each.sum_minor += signed
        self._move(entry, scope, sign, amount_minor, currency)

    def _details(self, scope: _Scope) -> None:
        if not scope.count:
            return
        given = scope.first("Btch/NbOfTxs")
        if given and given.lstrip("0") != str(scope.count):
            raise FileRefused("sums", self._at("Btch/NbOfTxs"))
        currency = self._amount(self._scopes[1], "Amt")[1]
        if "Btch/TtlAmt" in scope.values and self._amount(scope, "Btch/TtlAmt", currency)[0] != scope.sum_minor:
            raise FileRefused("sums", self._at("Btch/TtlAmt"))

    def _entry(self, scope: _Scope) -> None:
        notification = self._scopes[0]
        amount_minor, currency = self._amount(scope, "Amt")
        sign, notification.currency = scope.first("CdtDbtInd"), currency
        if scope.count and scope.sum_minor != amount_minor:
            raise FileRefused("sums", self._at("Ntry/Amt"))
        if not scope.count:
            self._move(scope, None, sign, amount_minor, currency)
        for each in (sign, ""):
            totals = notification.by_sign.setdefault(each, [0, 0])
            totals[0] += 1
            totals[1] += amount_minor

    def _notification(self, scope: _Scope) -> None:
        account = scope.first("Acct/Id/IBAN", "Acct/Id/Othr/Id")
        if not account:
            raise FileRefused("missing", "Ntfctn/Acct/Id")
        self.summary.accounts.add(account.replace(" ", ""))
        for total, sign in (("TtlNtries", ""), ("TtlCdtNtries", "CRDT"), ("TtlDbtNtries", "DBIT")):
            count, sum_minor = scope.by_sign.get(sign, [0, 0])
            given = scope.first(f"TxsSummry/{total}/NbOfNtries")
            if given and (not given.isdecimal() or int(given) != count):
                raise FileRefused("sums", f"TxsSummry/{total}/NbOfNtries")
            name = f"TxsSummry/{total}/Sum"
            if scope.first(name) and self._minor(scope.values[name], scope.currency, name) != sum_minor:
                raise FileRefused("sums", name)

    def _move(self, entry: _Scope, scope: _Scope | None, sign: str, amount_minor: int, currency: str) -> None:
        own = scope or _Scope(0, frozenset())
        is_back = "RtrInf" in own.values or entry.first("RvslInd") in ("true", "1")
        reference = own.first("Refs/AcctSvcrRef", "Refs/TxId") or entry.first("AcctSvcrRef", "NtryRef")
        key = own.first("Refs/EndToEndId")
        self.summary.count += 1
        moved = Moved(
            number=self.summary.count,
            kind=_kind(sign, is_back, self._at("CdtDbtInd")),
            key="" if key == NOT_PROVIDED else self._short(key, LONGEST_KEY),
            amount_minor=self._collected(own, is_back, amount_minor, currency),
            currency=currency,
            is_booked=entry.first("Sts/Cd", "Sts") == BOOKED,
            value_on=_day(entry.first("ValDt/Dt", "ValDt/DtTm", "BookgDt/Dt", "BookgDt/DtTm"), self._at("ValDt")),
            reason=self._short(own.first("RtrInf/Rsn/Cd", "RtrInf/Rsn/Prtry"), LONGEST_KEY),
            reference=self._short(reference, LONGEST_REFERENCE),
            entry=self._short(entry.first("AcctSvcrRef", "NtryRef"), LONGEST_REFERENCE),
        )
        if moved.is_booked and moved.kind is Kind.CREDIT:
            self.summary.credited_minor += amount_minor
        elif moved.is_booked and moved.kind is Kind.RETURNED:
            self.summary.returned_minor += amount_minor
        self._found.append(moved)

    def _collected(self, scope: _Scope, is_back: bool, amount_minor: int, currency: str) -> int:
        """What had been collected of us: a bank adds its charges to what it takes back."""
        instructed = "AmtDtls/InstdAmt/Amt"
        if not is_back or instructed not in scope.values or scope.currencies.get(instructed) != currency:
            return amount_minor
        return self._minor(scope.values[instructed], currency, instructed)

    def _amount(self, scope: _Scope, name: str, currency: str = "") -> tuple[int, str]:
        """Minor units and currency; `currency` where the amount names none."""
        if name not in scope.values:
            raise FileRefused("missing", self._at(name))
        currency = scope.currencies.get(name, currency)
        return self._minor(scope.values[name], currency, name), currency

    def _minor(self, text: str, currency: str, name: str) -> int:
        found, digits = _AMOUNT.fullmatch(text), self._digits(currency)
        decimals = (found[2] or "").rstrip("0") if found else ""
        if found is None or len(decimals) > digits or not re.fullmatch("[A-Z]{3}", currency):
            raise FileRefused("amount", self._at(name))
        amount_minor: int = int(found[1]) * 10**digits + int(decimals.ljust(digits, "0") or "0")
        if amount_minor > LARGEST_MINOR:
            raise FileRefused("amount", self._at(name))
        return amount_minor

    def _text(self, scope: _Scope, name: str, longest: int) -> str:
        if not scope.first(name):
            raise FileRefused("missing", self._at(name))
        return self._short(scope.values[name], longest)

    def _short(self, text: str, longest: int) -> str:
        if len(text) > longest or (text and not text.isprintable()):
            raise FileRefused("reference", self._at(text[:longest]))
        return text

    def _at(self, name: str) -> str:
        """Where in the file, for whoever asks the bank."""
        return f"{name}, transaction {self.summary.count + 1}"


def _kind(sign: str, is_back: bool, where: str) -> Kind:
    """Whether money came, went back, or neither.

    >>> [_kind(sign, is_back, "").value for sign in ("CRDT", "DBIT") for is_back in (False, True)]
    ['credit', 'other', 'other', 'returned']
    """
    if sign not in ("CRDT", "DBIT"):
        raise FileRefused("sign", where)
    if sign == "CRDT":
        return Kind.OTHER if is_back else Kind.CREDIT
    return Kind.RETURNED if is_back else Kind.OTHER


def _day(text: str, where: str) -> date | None:
    if not text:
        return None
    found = _DAY.fullmatch(text)
    try:
        return date.fromisoformat(found[1]) if found else date.fromisoformat("")
    except ValueError as error:
        raise FileRefused("date", where) from error
