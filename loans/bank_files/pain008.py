"""What a bank is asked to collect: pain.008.001.08, written line by line.

    Document/CstmrDrctDbtInitn/GrpHdr     MsgId, NbOfTxs, CtrlSum
      PmtInf                              one for each day and sequence (RCUR: under a mandate, OOFF: once)
        DrctDbtTxInf                      EndToEndId, InstdAmt, mandate, debtor

Source: ISO 20022, Payments Initiation, message definition pain.008.001.08. In euro the marks of
the SEPA core scheme are added. An account number that is a valid IBAN is written as one,
any other as a number of the bank's own; the same for BIC and clearing numbers of banks.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Protocol
from xml.sax.saxutils import escape

MESSAGE = "pain.008.001.08"
NAMESPACE = f"urn:iso:std:iso:20022:tech:xsd:{MESSAGE}"
RECURRENT, ONCE = "RCUR", "OOFF"
LONGEST_ID, LONGEST_ACCOUNT, LONGEST_NAME, LONGEST_WORDS = 35, 34, 70, 140
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_BIC = re.compile(r"[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}(?:[A-Z0-9]{3})?")
UNKNOWN = "NOTPROVIDED"


class Sink(Protocol):
    """What bytes go to: a file, a hash and a file."""

    def write(self, data: bytes, /) -> object: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Creditor:
    """Who collects, into which account at which bank; `scheme_id` as the bank gave it, or empty."""

    name: str
    account: str
    agent: str
    scheme_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """One debit. `bank` is a BIC or the bank's usual code, `mandate` and `signed_on` what allows it."""

    key: str
    amount_minor: int
    debtor: str
    account: str
    bank: str
    bank_name: str
    mandate: str
    signed_on: date
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Debits of one day and sequence; `count` and `total_minor` are what its header says."""

    key: str
    sequence: str
    collect_on: date
    count: int
    total_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """The head of a file; `digits` are the decimals of the currency."""

    key: str
    created_at: datetime
    currency: str
    digits: int
    creditor: Creditor
    batches: tuple[Batch, ...]


class CountsDiffer(RuntimeError):
    """The debits are not those that the head has counted; the file must not be used."""


def write(sink: Sink, message: Message, collections: Iterable[tuple[Batch, Iterable[Collection]]]) -> None:
    """Write the whole file; the batches in the order of the head. Raises `CountsDiffer`."""
    for line in _lines(message, collections):
        sink.write(f"{line}\n".encode())


def _lines(message: Message, collections: Iterable[tuple[Batch, Iterable[Collection]]]) -> Iterator[str]:
    count = sum(batch.count for batch in message.batches)
    total_minor = sum(batch.total_minor for batch in message.batches)
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield f'<Document xmlns="{NAMESPACE}"><CstmrDrctDbtInitn><GrpHdr>'
    yield f"<MsgId>{_id(message.key)}</MsgId><CreDtTm>{message.created_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}</CreDtTm>"
    yield f"<NbOfTxs>{count}</NbOfTxs><CtrlSum>{amount(total_minor, message.digits)}</CtrlSum>"
    yield f"<InitgPty><Nm>{_text(message.creditor.name, LONGEST_NAME)}</Nm></InitgPty></GrpHdr>"
    written = []
    for batch, own in collections:
        yield from _batch(message, batch, own)
        written.append(batch)
    if tuple(written) != message.batches:
        raise CountsDiffer(message.key)
    yield "</CstmrDrctDbtInitn></Document>"


def _batch(message: Message, batch: Batch, collections: Iterable[Collection]) -> Iterator[str]:
    creditor = message.creditor
    yield f"<PmtInf><PmtInfId>{_id(batch.key)}</PmtInfId><PmtMtd>DD</PmtMtd><BtchBookg>true</BtchBookg>"
    yield f"<NbOfTxs>{batch.count}</NbOfTxs><CtrlSum>{amount(batch.total_minor, message.digits)}</CtrlSum>"
    yield f"<PmtTpInf>{_scheme(message.currency)}<SeqTp>{batch.sequence}</SeqTp></PmtTpInf>"
    yield f"<ReqdColltnDt>{batch.collect_on.isoformat()}</ReqdColltnDt>"
    yield f"<Cdtr><Nm>{_text(creditor.name, LONGEST_NAME)}</Nm></Cdtr>"
    yield f"<CdtrAcct>{_account(creditor.account)}</CdtrAcct><CdtrAgt>{_agent(creditor.agent, '')}</CdtrAgt>"
    yield f"<ChrgBr>SLEV</ChrgBr>{_creditor_id(creditor.scheme_id, message.currency)}"
    count = total_minor = 0
    for collection in collections:
        count, total_minor = count + 1, total_minor + collection.amount_minor
        yield _transaction(message, collection)
    if (count, total_minor) != (batch.count, batch.total_minor):
        raise CountsDiffer(batch.key)
    yield "</PmtInf>"


def _transaction(message: Message, one: Collection) -> str:
    return (
        f"<DrctDbtTxInf><PmtId><EndToEndId>{_id(one.key)}</EndToEndId></PmtId>"
        f'<InstdAmt Ccy="{message.currency}">{amount(one.amount_minor, message.digits)}</InstdAmt>'
        f"<DrctDbtTx><MndtRltdInf><MndtId>{_id(one.mandate)}</MndtId>"
        f"<DtOfSgntr>{one.signed_on.isoformat()}</DtOfSgntr></MndtRltdInf></DrctDbtTx>"
        f"<DbtrAgt>{_agent(one.bank, one.bank_name)}</DbtrAgt><Dbtr><Nm>{_text(one.debtor, LONGEST_NAME)}</Nm></Dbtr>"
        f"<DbtrAcct>{_account(one.account)}</DbtrAcct>"
        f"<RmtInf><Ustrd>{_text(one.words, LONGEST_WORDS)}</Ustrd></RmtInf></DrctDbtTxInf>"
    )


def amount(minor: int, digits: int) -> str:
    """Minor units as the message writes them.

    >>> amount(107971, 2), amount(5, 2), amount(1200, 0)
    ('1079.71', '0.05', '1200')
    """
    whole, rest = divmod(minor, 10**digits)
    return f"{whole}.{rest:0{digits}d}" if digits else str(whole)


def is_iban(text: str) -> bool:
    """Whether the text is an IBAN (ISO 13616): moved round and written in digits, it leaves 1 in 97.

    >>> is_iban("DE89370400440532013000"), is_iban("DE88370400440532013000"), is_iban("6222020000000000000")
    (True, False, False)
    """
    if not _IBAN.fullmatch(text):
        return False
    return int("".join(str(int(character, 36)) for character in text[4:] + text[:4])) % 97 == 1


def is_bic(text: str) -> bool:
    """Whether the text looks like a BIC (ISO 9362).

    >>> is_bic("ICBKCNBJ"), is_bic("ICBKCNBJXXX"), is_bic("102100099996")
    (True, True, False)
    """
    return _BIC.fullmatch(text) is not None


def _scheme(currency: str) -> str:
    if currency != "EUR":
        return ""
    return "<SvcLvl><Cd>SEPA</Cd></SvcLvl><LclInstrm><Cd>CORE</Cd></LclInstrm>"


def _creditor_id(scheme_id: str, currency: str) -> str:
    if not scheme_id:
        return ""
    name = "<SchmeNm><Prtry>SEPA</Prtry></SchmeNm>" if currency == "EUR" else ""
    return f"<CdtrSchmeId><Id><PrvtId><Othr><Id>{_id(scheme_id)}</Id>{name}</Othr></PrvtId></Id></CdtrSchmeId>"


def _account(number: str) -> str:
    if is_iban(number):
        return f"<Id><IBAN>{number}</IBAN></Id>"
    return f"<Id><Othr><Id>{_text(number, LONGEST_ACCOUNT)}</Id></Othr></Id>"


def _agent(code: str, name: str) -> str:
    """The bank by its BIC, by a clearing number, or by the name and code it is known by."""
    if is_bic(code):
        return f"<FinInstnId><BICFI>{code}</BICFI></FinInstnId>"
    if code.isdecimal():
        return f"<FinInstnId><ClrSysMmbId><MmbId>{_id(code)}</MmbId></ClrSysMmbId></FinInstnId>"
    named = f"<Nm>{_text(name, LONGEST_WORDS)}</Nm>" if name else ""
    return f"<FinInstnId>{named}<Othr><Id>{_id(code or UNKNOWN)}</Id></Othr></FinInstnId>"


def _id(text: str) -> str:
    if not 0 < len(text) <= LONGEST_ID:
        raise ValueError(f"{text!r} is no reference of 1 to {LONGEST_ID} characters")
    return _text(text, LONGEST_ID)


def _text(text: str, longest: int) -> str:
    """Cut to what the message allows; characters that XML cannot hold become spaces."""
    printable = "".join(character if character.isprintable() else " " for character in text)
    return escape(printable[:longest].strip()) or UNKNOWN
