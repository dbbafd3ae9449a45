# ruff: noqa: E501  (sentences stay whole)
"""The words of each consent, by version, in three languages; data, not code.

A text is a statement to tick and five short answers: which data, what for, how long, what
happens without it, how it is taken back. One purpose, one text, one box (rule R42). A
version is never changed once somebody could have agreed to it: its hash stands in a test.
New words are a new version, appended to `VERSIONS`; the last one is asked for. What a
person agreed to is kept with their consent, whole.

Source: PIPL 14, 15, 17, 21, 23, 29, 30; regulation on credit reporting 18, 19, 29.
"""

from dataclasses import dataclass
from types import MappingProxyType

from accounts.chain import digest

LANGUAGES = ("zh-hans", "zh-hant", "en")
MASTER = "zh-hans"
_LABELS = MappingProxyType(
    {
        "zh-hans": ("信息种类", "用途", "期限", "不同意会怎样", "怎样撤回"),
        "zh-hant": ("資訊種類", "用途", "期限", "不同意會怎樣", "怎樣撤回"),
        "en": ("Which data", "What for", "How long", "If you say no", "Taking it back"),
    }
)
# Statement, then the answers to the five labels.
Words = tuple[str, str, str, str, str, str]

_QUERY: dict[str, Words] = {
    "zh-hans": (
        "我同意{lender}查询我的信用记录。",
        "{lender}自己报送的账户：开立与结清日期、金额、每月应还、余额、逾期天数。其他机构的账户不在内，除非您另外同意。",
        "审核您自己提出的申请或缓还请求，以及由此开立的账户。每次查询都有记录，您随时能看到谁在什么时候为什么查过。",
        "自同意之日起12个月；由此开立的账户全部结清时，当天提前终止。",
        "您照样可以申请，只是审核时看不到您的信用记录，可能会请您补充材料。不会因此直接不通过。",
        "随时可在“同意与授权”页撤回，撤回后立即不能再查；此前已作出的决定不受影响。",
    ),
    "zh-hant": (
        "我同意{lender}查詢我的信用記錄。",
        "{lender}自己報送的帳戶：開立與結清日期、金額、每月應還、餘額、逾期天數。其他機構的帳戶不在內，除非您另外同意。",
        "審核您自己提出的申請或緩還請求，以及由此開立的帳戶。每次查詢都有記錄，您隨時能看到誰在什麼時候為什麼查過。",
        "自同意之日起12個月；由此開立的帳戶全部結清時，當天提前終止。",
        "您照樣可以申請，只是審核時看不到您的信用記錄，可能會請您補充材料。不會因此直接不通過。",
        "隨時可在「同意與授權」頁撤回，撤回後立即不能再查；此前已作出的決定不受影響。",
    ),
    "en": (
        "I agree that {lender} may look at my credit record.",
        "The accounts that {lender} itself reported: days of opening and closing, amount, what was due each month, balance, days late. No account with another lender, unless you agree to that as well.",
        "To assess an application or a request for relief that you make, and the account that follows from it. Every look is written down; you can see at any time who looked, when and why.",
        "12 months from the day you agree; it ends earlier, on the day on which the last account opened under it is settled.",
        "You can apply all the same. Your record is not seen then, and you may be asked for papers instead. It is never a reason by itself to say no.",
        "At any time on the page “Consents”. From that moment nobody can look; what was decided before stays.",
    ),
}
_REPORTING: dict[str, Words] = {
    "zh-hans": (
        "我同意{lender}报送我的信用信息。",
        "您在{lender}的账户：开立与结清日期、金额、每月应还与实还、余额、逾期天数。",
        "法律要求放款机构报送借款信息，并须事先取得您的书面同意。报送逾期信息之前，{lender}会先告诉您。",
        "自同意之日起12个月；届时账户尚未结清的，到结清之日为止。",
        "{lender}不能为您开立账户。",
        "没有未结清的账户时，随时可以撤回。账户未结清期间，法律要求继续报送，不能撤回；结清后我们会提醒您撤回。已报送的记录依法保存。",
    ),
    "zh-hant": (
        "我同意{lender}報送我的信用資訊。",
        "您在{lender}的帳戶：開立與結清日期、金額、每月應還與實還、餘額、逾期天數。",
        "法律要求放款機構報送借款資訊，並須事先取得您的書面同意。報送逾期資訊之前，{lender}會先告訴您。",
        "自同意之日起12個月；屆時帳戶尚未結清的，到結清之日為止。",
        "{lender}不能為您開立帳戶。",
        "沒有未結清的帳戶時，隨時可以撤回。帳戶未結清期間，法律要求繼續報送，不能撤回；結清後我們會提醒您撤回。已報送的記錄依法保存。",
    ),
    "en": (
        "I agree that {lender} may report my account to my credit record.",
        "Your accounts with {lender}: days of opening and closing, amount, what was due and paid each month, balance, days late.",
        "The law asks lenders to report loans, and to have your written consent first. Before a late payment is reported, {lender} tells you.",
        "12 months from the day you agree; if an account is still open then, until it is settled.",
        "{lender} cannot open an account for you.",
        "At any time while no account is open. While one is open, the law wants it reported, so this cannot be taken back; once it is settled, we remind you. What was reported before is kept as the law says.",
    ),
}
_DEBIT: dict[str, Words] = {
    "zh-hans": (
        "我同意{lender}从我选定的账户自动扣款。",
        "您选定并已核实的扣款账户：银行、户名、账号；以及每次扣款的结果。",
        "在到期日按还款计划扣取当期应还的金额，绝不多扣。顺序按您排的账户先后。",
        "自同意之日起12个月；届时账户尚未结清的，到结清之日为止。",
        "您可以每期自己还款，利率和费用都不变。",
        "随时可以撤回，撤回后不再发出新的扣款。之后请记得按时自己还款。",
    ),
    "zh-hant": (
        "我同意{lender}從我選定的帳戶自動扣款。",
        "您選定並已核實的扣款帳戶：銀行、戶名、帳號；以及每次扣款的結果。",
        "在到期日按還款計劃扣取當期應還的金額，絕不多扣。順序按您排的帳戶先後。",
        "自同意之日起12個月；屆時帳戶尚未結清的，到結清之日為止。",
        "您可以每期自己還款，利率和費用都不變。",
        "隨時可以撤回，撤回後不再發出新的扣款。之後請記得按時自己還款。",
    ),
    "en": (
        "I agree that {lender} may debit the accounts I choose.",
        "The accounts you choose and have verified: bank, holder, number; and the result of each debit.",
        "To take what the schedule says is due, on the day it is due, and never more. Your accounts are tried in the order you give.",
        "12 months from the day you agree; if a loan is still open then, until it is settled.",
        "You pay each instalment yourself. The rate and the fees are the same.",
        "At any time; no new debit is sent from then on. Please remember to pay on time yourself.",
    ),
}
_SHARING: dict[str, Words] = {
    "zh-hans": (
        "我同意{lender}查看我在{other}的账户。",
        "{other}报送的账户：开立与结清日期、金额、每月应还、余额、逾期天数。不含缓还的原因和材料。",
        "审核您向{lender}提出的申请时，了解您整体的还款情况。只用于这件事，不再转给别人。",
        "自同意之日起12个月；由此开立的账户全部结清时，当天提前终止。",
        "{lender}看不到其他机构的任何信息，也不会知道那里有没有账户。申请照常办理。",
        "随时可在“同意与授权”页撤回，撤回后立即不能再看；此前已作出的决定不受影响。",
    ),
    "zh-hant": (
        "我同意{lender}查看我在{other}的帳戶。",
        "{other}報送的帳戶：開立與結清日期、金額、每月應還、餘額、逾期天數。不含緩還的原因和材料。",
        "審核您向{lender}提出的申請時，了解您整體的還款情況。只用於這件事，不再轉給別人。",
        "自同意之日起12個月；由此開立的帳戶全部結清時，當天提前終止。",
        "{lender}看不到其他機構的任何資訊，也不會知道那裡有沒有帳戶。申請照常辦理。",
        "隨時可在「同意與授權」頁撤回，撤回後立即不能再看；此前已作出的決定不受影響。",
    ),
    "en": (
        "I agree that {lender} may look at my account with {other}.",
        "The accounts that {other} reported: days of opening and closing, amount, what was due each month, balance, days late. Not why you asked for relief, and none of its papers.",
        "To see how you repay on the whole when you apply to {lender}. For this only, and it is passed to nobody else.",
        "12 months from the day you agree; it ends earlier, on the day on which the last account opened under it is settled.",
        "{lender} sees nothing of other lenders, not even whether you have an account there. Your application goes on as usual.",
        "At any time on the page “Consents”. From that moment nobody can look; what was decided before stays.",
    ),
}
_SENSITIVE: dict[str, Words] = {
    "zh-hans": (
        "我同意{lender}查看我提交的敏感材料。",
        "您自己提交的材料中的敏感信息，例如医疗、金融账户和家庭情况。请只提交需要的部分。",
        "只用于审核您用这些材料说明的那一项申请或请求。没有这些材料就无法核实时才需要；看过的人都有记录。",
        "自同意之日起12个月。",
        "您可以换别的材料，或只作文字说明；申请照常审核。",
        "随时可以撤回，撤回后不再查看和使用；法律要求保存的，只保存不使用。",
    ),
    "zh-hant": (
        "我同意{lender}查看我提交的敏感材料。",
        "您自己提交的材料中的敏感資訊，例如醫療、金融帳戶和家庭情況。請只提交需要的部分。",
        "只用於審核您用這些材料說明的那一項申請或請求。沒有這些材料就無法核實時才需要；看過的人都有記錄。",
        "自同意之日起12個月。",
        "您可以換別的材料，或只作文字說明；申請照常審核。",
        "隨時可以撤回，撤回後不再查看和使用；法律要求保存的，只保存不使用。",
    ),
    "en": (
        "I agree that {lender} may look at the sensitive papers I hand in.",
        "What is sensitive in papers you hand in yourself, such as health, bank accounts and family. Please hand in only what is needed.",
        "Only to decide the one application or request that the papers are for, where it could not be checked without them. Whoever looks is written down.",
        "12 months from the day you agree.",
        "You can hand in other papers, or explain in words; your request is decided as usual.",
        "At any time; nobody looks at them or uses them any more. What the law wants kept is kept and not used.",
    ),
}
_MARKETING: dict[str, Words] = {
    "zh-hans": (
        "我同意{lender}向我介绍产品。",
        "您的称呼、手机号和邮箱。",
        "偶尔告诉您新的产品，绝不在夜间。不根据您的还款情况挑选。",
        "自同意之日起12个月。",
        "没有任何影响。",
        "随时可以撤回，撤回后不再发送。",
    ),
    "zh-hant": (
        "我同意{lender}向我介紹產品。",
        "您的稱呼、手機號碼和電郵。",
        "偶爾告訴您新的產品，絕不在夜間。不根據您的還款情況挑選。",
        "自同意之日起12個月。",
        "沒有任何影響。",
        "隨時可以撤回，撤回後不再發送。",
    ),
    "en": (
        "I agree that {lender} may tell me about its products.",
        "Your name, phone number and e-mail.",
        "Now and then, about new products; never at night, and not chosen by how you repay.",
        "12 months from the day you agree.",
        "Nothing changes.",
        "At any time; nothing more is sent.",
    ),
}
VERSIONS: MappingProxyType[str, tuple[tuple[str, dict[str, Words]], ...]] = MappingProxyType(
    {
        "query": (("2026-11", _QUERY),),
        "reporting": (("2026-11", _REPORTING),),
        "debit": (("2026-11", _DEBIT),),
        "sharing": (("2026-11", _SHARING),),
        "sensitive_evidence": (("2026-11", _SENSITIVE),),
        "marketing": (("2026-11", _MARKETING),),
    }
)


@dataclass(frozen=True, slots=True)
class ConsentText:
    """A text with its names filled in: what is shown, stored and hashed."""

    purpose: str
    version: str
    language: str
    statement: str
    rows: tuple[tuple[str, str], ...]

    @property
    def kinds(self) -> str:
        """Which data it is about."""
        return self.rows[0][1]

    @property
    def whole(self) -> str:
        """The whole text as it is kept: the statement, then an empty line and each answer under its label."""
        return "\n\n".join([self.statement, *(f"{label}\n{text}" for label, text in self.rows)])

    @property
    def sha256(self) -> str:
        """Of the whole text, with what it is; the same words in another language are another text."""
        return digest({"purpose": self.purpose, "version": self.version, "language": self.language, "text": self.whole})


def latest_version(purpose: str) -> str:
    return VERSIONS[purpose][-1][0]


def consent_text(purpose: str, language: str, *, lender: str, other: str = "", version: str = "") -> ConsentText:
    """The words of `purpose` (the latest version unless said) for these names; an unknown language gets the master.

    >>> text = consent_text("sharing", "en", lender="Qinghe", other="Jiangpan Bank")
    >>> text.statement
    'I agree that Qinghe may look at my account with Jiangpan Bank.'
    """
    wanted = version or latest_version(purpose)
    words = dict(VERSIONS[purpose])[wanted]
    spoken = language if language in LANGUAGES else MASTER
    statement, *answers = (part.format(lender=lender, other=other) for part in words[spoken])
    return ConsentText(purpose, wanted, spoken, statement, tuple(zip(_LABELS[spoken], answers, strict=True)))
