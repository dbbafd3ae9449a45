"""The file of collections: written by hand once, and valid by the published schema."""

import io
from datetime import UTC, date, datetime

import pytest

from loans.bank_files import pain008
from loans.bank_files.pain008 import Batch, Collection, CountsDiffer, Creditor, Message
from tests.loans.bank_files import judges

# Two debits of 1,079.71 and 0.05: 1,079.76. Written by hand from the message definition.
BY_HAND = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.008.001.08"><CstmrDrctDbtInitn><GrpHdr>
<MsgId>qinghe-C000001</MsgId><CreDtTm>2026-05-15T04:00:00Z</CreDtTm>
<NbOfTxs>2</NbOfTxs><CtrlSum>1079.76</CtrlSum>
<InitgPty><Nm>Qinghe &amp; Co</Nm></InitgPty></GrpHdr>
<PmtInf><PmtInfId>qinghe-C000001-RCUR</PmtInfId><PmtMtd>DD</PmtMtd><BtchBookg>true</BtchBookg>
<NbOfTxs>2</NbOfTxs><CtrlSum>1079.76</CtrlSum>
<PmtTpInf><SeqTp>RCUR</SeqTp></PmtTpInf>
<ReqdColltnDt>2026-05-15</ReqdColltnDt>
<Cdtr><Nm>Qinghe &amp; Co</Nm></Cdtr>
<CdtrAcct><Id><Othr><Id>6222020000000000000</Id></Othr></Id></CdtrAcct>\
<CdtrAgt><FinInstnId><BICFI>ICBKCNBJ</BICFI></FinInstnId></CdtrAgt>
<ChrgBr>SLEV</ChrgBr>
<DrctDbtTxInf><PmtId><EndToEndId>9f0c1a524b7e4c7e8d277d8cc2a3a7e1</EndToEndId></PmtId>\
<InstdAmt Ccy="CNY">1079.71</InstdAmt>\
<DrctDbtTx><MndtRltdInf><MndtId>m-1</MndtId><DtOfSgntr>2026-01-10</DtOfSgntr></MndtRltdInf></DrctDbtTx>\
<DbtrAgt><FinInstnId><Nm>工商银行</Nm><Othr><Id>ICBC</Id></Othr></FinInstnId></DbtrAgt><Dbtr><Nm>王晓雨</Nm></Dbtr>\
<DbtrAcct><Id><Othr><Id>6222020000000000000</Id></Othr></Id></DbtrAcct>\
<RmtInf><Ustrd>L-1 / 4</Ustrd></RmtInf></DrctDbtTxInf>
<DrctDbtTxInf><PmtId><EndToEndId>2</EndToEndId></PmtId><InstdAmt Ccy="CNY">0.05</InstdAmt>\
<DrctDbtTx><MndtRltdInf><MndtId>m-2</MndtId><DtOfSgntr>2026-01-10</DtOfSgntr></MndtRltdInf></DrctDbtTx>\
<DbtrAgt><FinInstnId><ClrSysMmbId><MmbId>102100099996</MmbId></ClrSysMmbId></FinInstnId></DbtrAgt>\
<Dbtr><Nm>A &lt;b&gt;</Nm></Dbtr><DbtrAcct><Id><IBAN>DE89370400440532013000</IBAN></Id></DbtrAcct>\
<RmtInf><Ustrd>L-2</Ustrd></RmtInf></DrctDbtTxInf>
</PmtInf>
</CstmrDrctDbtInitn></Document>
"""
FIRST = Collection(
    key="9f0c1a524b7e4c7e8d277d8cc2a3a7e1", amount_minor=107_971, debtor="王晓雨", account="6222020000000000000",
    bank="ICBC", bank_name="工商银行", mandate="m-1", signed_on=date(2026, 1, 10), words="L-1 / 4",
)  # fmt: skip
SECOND = Collection(
    key="2", amount_minor=5, debtor="A <b>\x07", account="DE89370400440532013000", bank="102100099996",
    bank_name="", mandate="m-2", signed_on=date(2026, 1, 10), words="L-2",
)  # fmt: skip


def message(*batches: Batch, currency: str = "CNY", digits: int = 2, scheme_id: str = "") -> Message:
    return Message(
        key="qinghe-C000001", created_at=datetime(2026, 5, 15, 4, tzinfo=UTC), currency=currency, digits=digits,
        creditor=Creditor(
            name="Qinghe & Co", account="6222020000000000000", agent="ICBKCNBJ", scheme_id=scheme_id
        ),
        batches=batches,
    )  # fmt: skip


def batch(*collections: Collection, sequence: str = "RCUR") -> Batch:
    return Batch(
        key=f"qinghe-C000001-{sequence}", sequence=sequence, collect_on=date(2026, 5, 15), count=len(collections),
        total_minor=sum(one.amount_minor for one in collections),
    )  # fmt: skip


def written(head: Message, *own: tuple[Batch, list[Collection]]) -> bytes:
    sink = io.BytesIO()
    pain008.write(sink, head, own)
    return sink.getvalue()


def test_it_writes_what_was_written_by_hand() -> None:
    one = batch(FIRST, SECOND)
    assert written(message(one), (one, [FIRST, SECOND])).decode() == BY_HAND


def test_the_published_schema_finds_nothing_wrong() -> None:
    one, once = batch(FIRST), batch(SECOND, sequence="OOFF")
    for currency, digits in (("CNY", 2), ("EUR", 2), ("JPY", 0)):
        head = message(once, one, currency=currency, digits=digits, scheme_id="DE98ZZZ09999999999")
        content = written(head, (once, [SECOND]), (one, [FIRST]))
        assert judges.problems_of_pain008(io.BytesIO(content)) == []


def test_the_schema_would_find_something() -> None:
    wrong = BY_HAND.replace("<SeqTp>RCUR</SeqTp>", "<SeqTp>EVER</SeqTp>").replace("2026-01-10", "10.1.2026", 1)
    assert len(judges.problems_of_pain008(io.BytesIO(wrong.encode()))) == 2


def test_euro_carries_the_marks_of_the_sepa_core_scheme() -> None:
    one = batch(SECOND)
    text = written(message(one, currency="EUR", scheme_id="DE98ZZZ09999999999"), (one, [SECOND])).decode()
    assert "<SvcLvl><Cd>SEPA</Cd></SvcLvl><LclInstrm><Cd>CORE</Cd></LclInstrm><SeqTp>RCUR</SeqTp>" in text
    assert "<Othr><Id>DE98ZZZ09999999999</Id><SchmeNm><Prtry>SEPA</Prtry></SchmeNm></Othr>" in text


@pytest.mark.parametrize("own", [[FIRST], [FIRST, SECOND, SECOND], [FIRST, FIRST], []])
def test_other_debits_than_the_head_has_counted_are_refused(own: list[Collection]) -> None:
    one = batch(FIRST, SECOND)
    with pytest.raises(CountsDiffer):
        written(message(one), (one, own))


def test_a_batch_that_is_missing_is_refused() -> None:
    one, once = batch(FIRST), batch(SECOND, sequence="OOFF")
    with pytest.raises(CountsDiffer):
        written(message(once, one), (one, [FIRST]))


def test_a_reference_that_is_too_long_is_refused_not_cut() -> None:
    long = Collection(**{name: getattr(FIRST, name) for name in FIRST.__slots__} | {"key": "x" * 36})
    one = batch(long)
    with pytest.raises(ValueError, match="35 characters"):
        written(message(one), (one, [long]))
