# ruff: noqa: E501  (sentences stay whole)
"""Money that came, did not come, went back or could not be paid out.

Facts: `loan`, `sum_minor`, and the day it is about; a sentence in brackets needs its fact.
"""

from accounts.notices.kinds import Kind
from accounts.notices.template import Template, Words

TEMPLATES = (
    Template(
        "payment_received",
        Kind.PAYMENT,
        1,
        {
            "zh-hans": Words(
                "收到您的还款",
                (
                    "{lender}收到您{paid_on}的还款{sum_minor}，记在贷款{loan}上。",
                    "[next_on] 下一期在{next_on}到期，应还{next_minor}。",
                    "[is_settled] 这笔贷款已经结清，可以在贷款页面领取结清证明。",
                    "这笔钱还了哪些部分，贷款页面逐笔写明。",
                ),
                "【{lender}】收到您{paid_on:short}的还款，登录可查看明细。",
            ),
            "zh-hant": Words(
                "收到您的還款",
                (
                    "{lender}收到您{paid_on}的還款{sum_minor}，記在貸款{loan}上。",
                    "[next_on] 下一期在{next_on}到期，應還{next_minor}。",
                    "[is_settled] 這筆貸款已經結清，可以在貸款頁面領取結清證明。",
                    "這筆錢還了哪些部分，貸款頁面逐筆寫明。",
                ),
                "【{lender}】收到您{paid_on:short}的還款，登入可查看明細。",
            ),
            "en": Words(
                "We have your payment",
                (
                    "{lender} received your payment of {sum_minor} on {paid_on} for loan {loan}.",
                    "[next_on] The next instalment is due on {next_on}: {next_minor}.",
                    "[is_settled] This loan is settled. You can have a settlement certificate on its page.",
                    "The loan's page shows what the money was put to.",
                ),
                "{lender}: we have your payment of {paid_on:short}. Sign in to see what it was put to.",
            ),
        },
    ),
    Template(
        "debit_failed",
        Kind.PAYMENT,
        1,
        {
            "zh-hans": Words(
                "自动扣款没有成功",
                (
                    "{tried_on}，{lender}没有从您的账户扣到贷款{loan}的{sum_minor}。账户没有被扣钱。",
                    "[reason] 银行的说明：{reason}",
                    "[retry_on] {retry_on}会再试一次，请在那之前留好余额；也可以现在在贷款页面自己还款。",
                    "[!retry_on] 请在贷款页面自己还款。",
                    "还不上，可以申请缓还；审核期间可以选择暂停扣款。",
                ),
                "【{lender}】{tried_on:short}的自动扣款没有成功，账户没有被扣钱。登录可查看怎么办。",
            ),
            "zh-hant": Words(
                "自動扣款沒有成功",
                (
                    "{tried_on}，{lender}沒有從您的帳戶扣到貸款{loan}的{sum_minor}。帳戶沒有被扣錢。",
                    "[reason] 銀行的說明：{reason}",
                    "[retry_on] {retry_on}會再試一次，請在那之前留好餘額；也可以現在在貸款頁面自己還款。",
                    "[!retry_on] 請在貸款頁面自己還款。",
                    "還不上，可以申請緩還；審核期間可以選擇暫停扣款。",
                ),
                "【{lender}】{tried_on:short}的自動扣款沒有成功，帳戶沒有被扣錢。登入可查看怎麼辦。",
            ),
            "en": Words(
                "The auto-debit did not go through",
                (
                    "On {tried_on}, {lender} could not collect {sum_minor} for loan {loan}. Nothing was taken from your account.",
                    "[reason] The bank says: {reason}",
                    "[retry_on] We try again on {retry_on}; please see that the account holds enough by then, or pay on the loan's page now.",
                    "[!retry_on] Please pay on the loan's page.",
                    "If you cannot pay, you can ask for relief; while we decide, debits can be paused if you wish.",
                ),
                "{lender}: the auto-debit of {tried_on:short} did not go through. Nothing was taken. Sign in to see what to do.",
            ),
        },
    ),
    Template(
        "payment_taken_back",
        Kind.PAYMENT,
        1,
        {
            "zh-hans": Words(
                "一笔还款已撤销",
                (
                    "[is_by_bank] {paid_on}记在贷款{loan}上的还款{sum_minor}，银行已退回，所以这部分又要还。",
                    "[!is_by_bank] {paid_on}记在贷款{loan}上的还款{sum_minor}，{lender}已撤销，所以这部分又要还。",
                    "[reason] 原因：{reason}",
                    "现在还差多少、哪天到期，贷款页面写明。如果您觉得不对，请问您的银行，或者联系我们。",
                ),
                "【{lender}】{paid_on:short}的一笔还款已撤销，这部分又要还。登录可查看原因。",
            ),
            "zh-hant": Words(
                "一筆還款已撤銷",
                (
                    "[is_by_bank] {paid_on}記在貸款{loan}上的還款{sum_minor}，銀行已退回，所以這部分又要還。",
                    "[!is_by_bank] {paid_on}記在貸款{loan}上的還款{sum_minor}，{lender}已撤銷，所以這部分又要還。",
                    "[reason] 原因：{reason}",
                    "現在還差多少、哪天到期，貸款頁面寫明。如果您覺得不對，請問您的銀行，或者聯絡我們。",
                ),
                "【{lender}】{paid_on:short}的一筆還款已撤銷，這部分又要還。登入可查看原因。",
            ),
            "en": Words(
                "A payment was taken back",
                (
                    "[is_by_bank] The payment of {sum_minor} on {paid_on} for loan {loan} was returned by the bank, so this part is open again.",
                    "[!is_by_bank] {lender} has taken back the payment of {sum_minor} on {paid_on} for loan {loan}, so this part is open again.",
                    "[reason] The reason: {reason}",
                    "The loan's page shows what is open and when it is due. If this looks wrong, please ask your bank, or us.",
                ),
                "{lender}: the payment of {paid_on:short} was taken back, so this part is open again. Sign in to see why.",
            ),
        },
    ),
    Template(
        "payout_failed",
        Kind.PAYMENT,
        1,
        {
            "zh-hans": Words(
                "借款没有到账",
                (
                    "{tried_on}，{lender}没能把合同{contract}的{sum_minor}汇到您的账户。您不欠任何钱，也没有利息。",
                    "[reason] 银行的说明：{reason}",
                    "[is_too_late] 请在合同页面取消这份合同，额度随即恢复；需要的话，可以重新借款，日期会是新的。",
                    "[!is_too_late] 请在合同页面换一个账户，或者取消这份合同；取消后额度随即恢复。",
                ),
                "【{lender}】{tried_on:short}的借款没有到账，您不欠任何钱。登录可查看怎么办。",
            ),
            "zh-hant": Words(
                "借款沒有到帳",
                (
                    "{tried_on}，{lender}沒能把合約{contract}的{sum_minor}匯到您的帳戶。您不欠任何錢，也沒有利息。",
                    "[reason] 銀行的說明：{reason}",
                    "[is_too_late] 請在合約頁面取消這份合約，額度隨即恢復；需要的話，可以重新借款，日期會是新的。",
                    "[!is_too_late] 請在合約頁面換一個帳戶，或者取消這份合約；取消後額度隨即恢復。",
                ),
                "【{lender}】{tried_on:short}的借款沒有到帳，您不欠任何錢。登入可查看怎麼辦。",
            ),
            "en": Words(
                "The money of your loan did not arrive",
                (
                    "On {tried_on}, {lender} could not transfer the {sum_minor} of contract {contract} to your account. You owe nothing, and there is no interest.",
                    "[reason] The bank says: {reason}",
                    "[is_too_late] Please cancel the contract on its page; your limit is free again at once, and you can draw again with new dates.",
                    "[!is_too_late] On the contract's page you can choose another account, or cancel the contract; your limit is free again at once.",
                ),
                "{lender}: the transfer of {tried_on:short} did not arrive. You owe nothing. Sign in to see what to do.",
            ),
        },
    ),
    Template(
        "loan_paid_out",
        Kind.PAYMENT,
        1,
        {
            "zh-hans": Words(
                "借款已转给您",
                (
                    "{paid_on}，{lender}把贷款{loan}的{sum_minor}转到了您的银行账户。",
                    "第一期在{first_on}到期，应还{first_minor}。每一期的日期和金额，贷款页面都写明。",
                    "[until_on] 如果改变主意，{until_on}24:00前可以把钱退回：只付一天的利息，没有手续费。",
                ),
                "【{lender}】{paid_on:short}的借款已转给您，登录可查看还款计划。",
            ),
            "zh-hant": Words(
                "借款已轉給您",
                (
                    "{paid_on}，{lender}把貸款{loan}的{sum_minor}轉到了您的銀行帳戶。",
                    "第一期在{first_on}到期，應還{first_minor}。每一期的日期和金額，貸款頁面都寫明。",
                    "[until_on] 如果改變主意，{until_on}24:00前可以把錢退回：只付一天的利息，沒有手續費。",
                ),
                "【{lender}】{paid_on:short}的借款已轉給您，登入可查看還款計劃。",
            ),
            "en": Words(
                "Your loan was paid out",
                (
                    "On {paid_on}, {lender} sent the {sum_minor} of loan {loan} to your bank account.",
                    "The first instalment is due on {first_on}: {first_minor}. The loan's page has the date and the sum of each.",
                    "[until_on] If you change your mind, you can give the money back until 24:00 on {until_on}: that costs the interest of one day, and no fee.",
                ),
                "{lender}: your loan was paid out on {paid_on:short}. Sign in to see the schedule.",
            ),
        },
    ),
)
