"""What a bank's notification says: files written by hand, and what contradicts itself refused whole."""

import io
from datetime import date

import pytest

from loans.bank_files.camt054 import Kind, Moved, Reader, Summary, check
from loans.bank_files.stream import FileRefused
from tests.loans.bank_files import judges

DIGITS = {"JPY": 0}
# One batch of two debits (1,079.71 + 50.00), one of them back a day later with 3.00 of charges, one fee.
BY_HAND = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.08"><BkToCstmrDbtCdtNtfctn>
<GrpHdr><MsgId>BANK-1</MsgId><CreDtTm>2026-05-16T18:00:00Z</CreDtTm></GrpHdr>
<Ntfctn><Id>N-1</Id><CreDtTm>2026-05-16T18:00:00Z</CreDtTm>
<Acct><Id><IBAN>DE89370400440532013000</IBAN></Id></Acct>
<TxsSummry><TtlNtries><NbOfNtries>3</NbOfNtries><Sum>1186.71</Sum></TtlNtries>
<TtlCdtNtries><NbOfNtries>1</NbOfNtries><Sum>1129.71</Sum></TtlCdtNtries>
<TtlDbtNtries><NbOfNtries>2</NbOfNtries><Sum>57.00</Sum></TtlDbtNtries></TxsSummry>
<Ntry><NtryRef>C-1</NtryRef><Amt Ccy="CNY">1129.71</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
<BookgDt><Dt>2026-05-15</Dt></BookgDt><ValDt><Dt>2026-05-15</Dt></ValDt>
<BkTxCd><Prtry><Cd>DD</Cd></Prtry></BkTxCd>
<NtryDtls><Btch><NbOfTxs>2</NbOfTxs><TtlAmt Ccy="CNY">1129.71</TtlAmt></Btch>
<TxDtls><Refs><AcctSvcrRef>B-1</AcctSvcrRef><EndToEndId>9f0c1a524b7e4c7e8d277d8cc2a3a7e1</EndToEndId></Refs>
<Amt Ccy="CNY">1079.71</Amt><CdtDbtInd>CRDT</CdtDbtInd></TxDtls>
<TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs><Amt Ccy="CNY">50</Amt><CdtDbtInd>CRDT</CdtDbtInd></TxDtls>
</NtryDtls></Ntry>
<Ntry><Amt Ccy="CNY">53.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
<BookgDt><DtTm>2026-05-16T09:30:00+08:00</DtTm></BookgDt><AcctSvcrRef>B-2</AcctSvcrRef>
<BkTxCd><Prtry><Cd>RR</Cd></Prtry></BkTxCd>
<NtryDtls><TxDtls><Refs><EndToEndId>INV-81</EndToEndId></Refs><Amt Ccy="CNY">53.00</Amt><CdtDbtInd>DBIT</CdtDbtInd>
<AmtDtls><InstdAmt><Amt Ccy="CNY">50.00</Amt></InstdAmt></AmtDtls>
<RtrInf><Rsn><Cd>AM04</Cd></Rsn></RtrInf></TxDtls></NtryDtls></Ntry>
<Ntry><Amt Ccy="CNY">4.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>PDNG</Cd></Sts>
<BkTxCd><Prtry><Cd>FEE</Cd></Prtry></BkTxCd></Ntry>
</Ntfctn></BkToCstmrDbtCdtNtfctn></Document>
"""
OLDER = """<?xml version="1.0" encoding="UTF-8"?>
<n:Document xmlns:n="urn:iso:std:iso:20022:tech:xsd:camt.054.001.02"><n:BkToCstmrDbtCdtNtfctn>
<n:GrpHdr><n:MsgId>OLD-1</n:MsgId></n:GrpHdr><n:Ntfctn><n:Acct><n:Id><n:Othr><n:Id>62220200</n:Id></n:Othr></n:Id></n:Acct>
<n:Ntry><n:Amt Ccy="JPY">1200</n:Amt><n:CdtDbtInd>DBIT</n:CdtDbtInd><n:RvslInd>true</n:RvslInd><n:Sts>BOOK</n:Sts>
<n:ValDt><n:Dt>2026-05-15+08:00</n:Dt></n:ValDt>
<n:NtryDtls><n:TxDtls><n:Refs><n:EndToEndId>E-1</n:EndToEndId><n:TxId>T-1</n:TxId></n:Refs>
<n:AmtDtls><n:TxAmt><n:Amt Ccy="JPY">1200</n:Amt></n:TxAmt></n:AmtDtls>
<n:RtrInf><n:Rsn><n:Prtry>gone</n:Prtry></n:Rsn></n:RtrInf></n:TxDtls></n:NtryDtls></n:Ntry>
</n:Ntfctn></n:BkToCstmrDbtCdtNtfctn></n:Document>
"""


def read(text: str) -> tuple[list[Moved], Summary]:
    reader = Reader(io.BytesIO(text.encode()), lambda currency: DIGITS.get(currency, 2))
    return list(reader), reader.summary


def refusal(text: str) -> str:
    with pytest.raises(FileRefused) as refused:
        check(io.BytesIO(text.encode()), lambda currency: DIGITS.get(currency, 2))
    return refused.value.reason


def changed(*pairs: tuple[str, str]) -> str:
    text = BY_HAND
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    return text


def test_every_transaction_is_read_as_it_stands() -> None:
    moved, summary = read(BY_HAND)
    collected, unnamed, back, fee = moved
    assert collected == Moved(
        number=1, kind=Kind.CREDIT, key="9f0c1a524b7e4c7e8d277d8cc2a3a7e1", amount_minor=107_971, currency="CNY",
        is_booked=True, value_on=date(2026, 5, 15), reason="", reference="B-1", entry="C-1",
    )  # fmt: skip
    assert (unnamed.key, unnamed.amount_minor, unnamed.reference) == ("", 5_000, "C-1")
    # what was collected of us is 50.00; the bank's 3.00 are not the borrower's
    assert (back.kind, back.key, back.amount_minor, back.reason) == (Kind.RETURNED, "INV-81", 5_000, "AM04")
    assert (back.value_on, back.reference) == (date(2026, 5, 16), "B-2")
    assert (fee.kind, fee.is_booked, fee.value_on, fee.amount_minor) == (Kind.OTHER, False, None, 400)
    assert summary == Summary(
        message="camt.054.001.08", message_id="BANK-1", accounts={"DE89370400440532013000"}, count=4,
        credited_minor=112_971, returned_minor=5_300,
    )  # fmt: skip


def test_an_independent_reader_finds_the_same() -> None:
    found = judges.notification(io.BytesIO(BY_HAND.encode()))
    moved, _ = read(BY_HAND)
    assert [str(entry.amt.value) for entry in found.ntry] == ["1129.71", "53.00", "4.00"]
    details = [one for entry in found.ntry for group in entry.ntry_dtls for one in group.tx_dtls]
    assert [one.refs.end_to_end_id for one in details] == [moved[0].key, "NOTPROVIDED", "INV-81"]
    assert details[2].rtr_inf.rsn.cd == moved[2].reason


def test_the_second_version_with_prefixes_and_without_decimals() -> None:
    moved, summary = read(OLDER)
    assert summary.message == "camt.054.001.02"
    assert [(one.kind, one.key, one.amount_minor, one.currency, one.reason, one.reference) for one in moved] == [
        (Kind.RETURNED, "E-1", 1_200, "JPY", "gone", "T-1")
    ]


def test_elements_of_other_namespaces_are_passed_over() -> None:
    more = '<Amt Ccy="CNY">53.00</Amt><x:Amt xmlns:x="urn:x" Ccy="CNY">9</x:Amt>'
    moved, _ = read(changed(('<Amt Ccy="CNY">53.00</Amt>', more)))
    assert moved[2].amount_minor == 5_000


@pytest.mark.parametrize(
    ("pairs", "reason"),
    [
        ([("camt.054.001.08", "pain.008.001.08")], "wrong_message"),
        ([("camt.054.001.08", "camt.053.001.08")], "wrong_message"),
        ([("<BkToCstmrDbtCdtNtfctn>", "<Other>"), ("</BkToCstmrDbtCdtNtfctn>", "</Other>")], "wrong_message"),
        ([("<MsgId>BANK-1</MsgId>", "")], "missing"),
        ([("<IBAN>DE89370400440532013000</IBAN>", "")], "missing"),
        ([('<Amt Ccy="CNY">4.00</Amt>', "")], "missing"),
        ([('<Amt Ccy="CNY">4.00</Amt>', "<Amt>4.00</Amt>")], "amount"),
        ([('<Amt Ccy="CNY">4.00</Amt>', '<Amt Ccy="CNY">-4.00</Amt>')], "amount"),
        ([('<Amt Ccy="CNY">4.00</Amt>', '<Amt Ccy="CNY">4.001</Amt>')], "amount"),
        ([('<Amt Ccy="CNY">4.00</Amt>', '<Amt Ccy="CNY">4,00</Amt>')], "amount"),
        ([('<Amt Ccy="CNY">4.00</Amt>', '<Amt Ccy="CNY">1e9</Amt>')], "amount"),
        ([('<Amt Ccy="CNY">4.00</Amt>', '<Amt Ccy="CNY">' + "9" * 16 + "</Amt>")], "amount"),
        ([('<Amt Ccy="CNY">4.00</Amt>', '<Amt Ccy="CNY">999999999999</Amt>')], "amount"),
        ([('<Amt Ccy="CNY">1079.71</Amt>', '<Amt Ccy="CNY">1079.70</Amt>')], "sums"),
        ([('<Amt Ccy="CNY">1079.71</Amt>', '<Amt Ccy="EUR">1079.71</Amt>')], "sums"),
        ([("<NbOfTxs>2</NbOfTxs>", "<NbOfTxs>3</NbOfTxs>")], "sums"),
        ([("<NbOfTxs>2</NbOfTxs>", "<NbOfTxs>٢</NbOfTxs>")], "sums"),
        ([('<TtlAmt Ccy="CNY">1129.71', '<TtlAmt Ccy="CNY">1129.72')], "sums"),
        ([("<NbOfNtries>3</NbOfNtries>", "<NbOfNtries>4</NbOfNtries>")], "sums"),
        ([("<Sum>1186.71</Sum>", "<Sum>1186.70</Sum>")], "sums"),
        ([("<NbOfNtries>1</NbOfNtries>", "<NbOfNtries>0</NbOfNtries>")], "sums"),
        ([("<Sum>57.00</Sum>", "<Sum>56.00</Sum>")], "sums"),
        ([("<CdtDbtInd>DBIT</CdtDbtInd>", "<CdtDbtInd>BOTH</CdtDbtInd>")], "sums"),
        ([("<Dt>2026-05-15</Dt></ValDt>", "<Dt>2026-02-30</Dt></ValDt>")], "date"),
        ([("<Dt>2026-05-15</Dt></ValDt>", "<Dt>15.05.2026</Dt></ValDt>")], "date"),
        ([("INV-81", "x" * 36)], "reference"),
        ([("INV-81", "a&#10;b")], "reference"),
        ([('<Amt Ccy="CNY">53.00</Amt>', '<Amt Ccy="CNY">53.00</Amt><Amt Ccy="CNY">53.00</Amt>')], "twice"),
    ],
    ids=str,
)
def test_what_contradicts_itself_or_cannot_be_read_is_refused_whole(pairs: list[tuple[str, str]], reason: str) -> None:
    assert refusal(changed(*pairs)) == reason


def test_a_sign_that_nobody_knows_is_refused() -> None:
    assert refusal(OLDER.replace("DBIT", "BOTH")) == "sign"


def test_a_refusal_says_where() -> None:
    with pytest.raises(FileRefused) as refused:
        read(changed(("<NbOfTxs>2</NbOfTxs>", "<NbOfTxs>3</NbOfTxs>")))
    assert refused.value.where == "Btch/NbOfTxs, transaction 3"
