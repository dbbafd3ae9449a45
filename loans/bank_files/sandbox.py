"""A bank that answers: reads a file of collections and writes what came of it, the same for the same seed.

For tests, benchmarks and trying out. Debits come in as one entry with its details; what the
bank could not keep goes back in entries of their own, with a reason, as banks do it.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from xml.sax.saxutils import escape

from loans.bank_files.pain008 import NAMESPACE as PAIN
from loans.bank_files.pain008 import Sink, amount
from loans.bank_files.stream import FileRefused, Opened, Source, events

CAMT = "urn:iso:std:iso:20022:tech:xsd:camt.054.001.08"
REASONS = ("AM04", "AC04", "MD01", "MS03")
PERCENT = 100


@dataclass(frozen=True, slots=True)
class Asked:
    """One debit as the file asks for it; the amount as it is written there."""

    key: str
    amount: str
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How many debits of a hundred come back, never come, or come from somebody unknown besides."""

    returned: int = 0
    silent: int = 0
    unknown: int = 0


CALM = Plan()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the bank says: which debits it collected, and which it gives back for which reason."""

    account: str
    collected: Sequence[Asked]
    returned: Sequence[tuple[Asked, str]] = ()


def asked(source: Source) -> tuple[str, list[Asked]]:
    """The account that collects, and every debit in the file; raises `FileRefused` if it is no pain.008."""
    path: list[str] = []
    account, found, key = "", [], ""
    for event in events(source):
        if isinstance(event, Opened):
            if not path and event.namespace != PAIN:
                raise FileRefused("wrong_message", event.namespace[:80])
            path.append(event.name)
            continue
        if path[-3:] in (["CdtrAcct", "Id", "IBAN"], ["Id", "Othr", "Id"]) and "CdtrAcct" in path:
            account = event.text
        elif path[-2:] == ["PmtId", "EndToEndId"]:
            key = event.text
        elif path[-1] == "InstdAmt":
            found.append(Asked(key, event.text, event.attributes.get("Ccy", "")))
        path.pop()
    return account, found


def answer(source: Source, plan: Plan = CALM, seed: int = 0) -> Answer:
    """What becomes of the debits of a file."""
    account, found = asked(source)
    dice = random.Random(seed)  # noqa: S311  (a fixed story, not a secret)
    collected, returned = [], []
    for one in found:
        if dice.randrange(PERCENT) < plan.silent:
            continue
        collected.append(one)
        if dice.randrange(PERCENT) < plan.returned:
            returned.append((one, dice.choice(REASONS)))
        if dice.randrange(PERCENT) < plan.unknown:
            collected.append(Asked(f"somebody-{len(collected)}", one.amount, one.currency))
    return Answer(account=account, collected=collected, returned=returned)


def write(sink: Sink, told: Answer, *, on: date, number: int = 1) -> None:
    """The answer as a camt.054.001.08; `number` tells the files of one day apart."""
    for line in _lines(told, on, number):
        sink.write(f"{line}\n".encode())


def _lines(told: Answer, on: date, number: int) -> Iterator[str]:
    name = f"{on:%Y%m%d}-{number}"
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield f'<Document xmlns="{CAMT}"><BkToCstmrDbtCdtNtfctn><GrpHdr><MsgId>BANK-{name}</MsgId>'
    yield f"<CreDtTm>{on.isoformat()}T18:00:00Z</CreDtTm></GrpHdr><Ntfctn><Id>N-{name}</Id>"
    yield f"<CreDtTm>{on.isoformat()}T18:00:00Z</CreDtTm><Acct>{_account(told.account)}</Acct>"
    if told.collected:
        yield from _entry("CRDT", f"C-{name}", on, told.collected)
    for place, (one, code) in enumerate(told.returned, start=1):
        yield from _entry("DBIT", f"R-{name}-{place}", on, [one], code)
    yield "</Ntfctn></BkToCstmrDbtCdtNtfctn></Document>"


def _entry(sign: str, name: str, on: date, all_asked: Sequence[Asked], code: str = "") -> Iterator[str]:
    digits = len(all_asked[0].amount.partition(".")[2])
    total = amount(sum(_minor(one) for one in all_asked), digits)
    currency = all_asked[0].currency
    yield f'<Ntry><NtryRef>{name}</NtryRef><Amt Ccy="{currency}">{total}</Amt><CdtDbtInd>{sign}</CdtDbtInd>'
    yield f"{'<RvslInd>true</RvslInd>' if code else ''}<Sts><Cd>BOOK</Cd></Sts>"
    yield f"<BookgDt><Dt>{on.isoformat()}</Dt></BookgDt><ValDt><Dt>{on.isoformat()}</Dt></ValDt>"
    yield "<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>IDDT</Cd><SubFmlyCd>ESDD</SubFmlyCd></Fmly></Domn></BkTxCd>"
    yield f'<NtryDtls><Btch><NbOfTxs>{len(all_asked)}</NbOfTxs><TtlAmt Ccy="{currency}">{total}</TtlAmt></Btch>'
    yield from (_details(sign, name, place, one, code) for place, one in enumerate(all_asked, start=1))
    yield "</NtryDtls></Ntry>"


def _details(sign: str, name: str, place: int, one: Asked, code: str) -> str:
    back = f"<RtrInf><Rsn><Cd>{code}</Cd></Rsn></RtrInf>" if code else ""
    return (
        f"<TxDtls><Refs><AcctSvcrRef>{name}/{place}</AcctSvcrRef><EndToEndId>{escape(one.key)}</EndToEndId></Refs>"
        f'<Amt Ccy="{one.currency}">{one.amount}</Amt><CdtDbtInd>{sign}</CdtDbtInd>{back}</TxDtls>'
    )


def _account(number: str) -> str:
    is_iban = number[:2].isalpha()
    return f"<Id><IBAN>{number}</IBAN></Id>" if is_iban else f"<Id><Othr><Id>{escape(number)}</Id></Othr></Id>"


def _minor(one: Asked) -> int:
    return int(one.amount.replace(".", ""))
