# ruff: noqa: E501  (sentences stay whole)
"""Money of the borrower's that went back to them, or did not.

Facts: `loan` or `account` (of a monthly bill), `sum_minor`, and the day it is about; `is_used`
where it was not all owed back any more as it went, `is_looked_at` where an earlier one may have gone; `reason` in words.
"""

from accounts.notices.kinds import Kind
from accounts.notices.template import Template, Words

TEMPLATES = (
    Template(
        "refund_sent",
        Kind.PAYMENT,
        1,
        {
            "zh-hans": Words(
                "退款已转给您",
                (
                    "[loan] {paid_on}，{lender}把您在贷款{loan}上多付的{sum_minor}转回了您的银行账户。",
                    "[account] {paid_on}，{lender}把您在月付账户{account}上多付的{sum_minor}转回了您的银行账户。",
                    "[is_used] 转出的时候，这笔钱已经不全是多付的（账单用掉了一部分，或者有一笔还款被退回），所以多转了。工作人员会先看清楚，再和您商量怎么办；在那之前不会为此从您的账户扣款。",
                    "如果几天后还没有到账，请问您的银行，或者联系我们。",
                ),
                "【{lender}】{paid_on:short}的退款已转给您，登录可查看明细。",
            ),
            "zh-hant": Words(
                "退款已轉給您",
                (
                    "[loan] {paid_on}，{lender}把您在貸款{loan}上多付的{sum_minor}轉回了您的銀行帳戶。",
                    "[account] {paid_on}，{lender}把您在月付帳戶{account}上多付的{sum_minor}轉回了您的銀行帳戶。",
                    "[is_used] 轉出的時候，這筆錢已經不全是多付的（帳單用掉了一部分，或者有一筆還款被退回），所以多轉了。工作人員會先看清楚，再和您商量怎麼辦；在那之前不會為此從您的帳戶扣款。",
                    "如果幾天後還沒有到帳，請問您的銀行，或者聯絡我們。",
                ),
                "【{lender}】{paid_on:short}的退款已轉給您，登入可查看明細。",
            ),
            "en": Words(
                "Your refund is on its way to your bank",
                (
                    "[loan] On {paid_on}, {lender} sent back to your bank account the {sum_minor} that you had paid too much on loan {loan}.",
                    "[account] On {paid_on}, {lender} sent back to your bank account the {sum_minor} that you had paid too much on monthly bill account {account}.",
                    "[is_used] When it went, not all of that money was still paid too much: a bill had used some of it, or a payment was returned. So too much was sent. Our staff look into it first and then talk with you about what to do; until then nothing is collected for it.",
                    "If it has not arrived in a few days, please ask your bank, or us.",
                ),
                "{lender}: your refund of {paid_on:short} was sent. Sign in to see the details.",
            ),
        },
    ),
    Template(
        "refund_failed",
        Kind.PAYMENT,
        1,
        {
            "zh-hans": Words(
                "退款没有转成",
                (
                    "[loan] {tried_on}，{lender}没能把您在贷款{loan}上多付的{sum_minor}转给您。",
                    "[account] {tried_on}，{lender}没能把您在月付账户{account}上多付的{sum_minor}转给您。",
                    "[reason] 原因：{reason}",
                    "[is_looked_at] 工作人员正在查这笔钱是否已经转出；查清之前不会再转。",
                    "[!is_looked_at] 没有用掉的钱仍然是您的，可以随时要回：在退款页面再申请一次，也可以换一个银行账户。",
                ),
                "【{lender}】{tried_on:short}的退款没有转成。登录可查看原因和怎么办。",
            ),
            "zh-hant": Words(
                "退款沒有轉成",
                (
                    "[loan] {tried_on}，{lender}沒能把您在貸款{loan}上多付的{sum_minor}轉給您。",
                    "[account] {tried_on}，{lender}沒能把您在月付帳戶{account}上多付的{sum_minor}轉給您。",
                    "[reason] 原因：{reason}",
                    "[is_looked_at] 工作人員正在查這筆錢是否已經轉出；查清之前不會再轉。",
                    "[!is_looked_at] 沒有用掉的錢仍然是您的，可以隨時要回：在退款頁面再申請一次，也可以換一個銀行帳戶。",
                ),
                "【{lender}】{tried_on:short}的退款沒有轉成。登入可查看原因和怎麼辦。",
            ),
            "en": Words(
                "Your refund did not go through",
                (
                    "[loan] On {tried_on}, {lender} could not send you the {sum_minor} that you had paid too much on loan {loan}.",
                    "[account] On {tried_on}, {lender} could not send you the {sum_minor} that you had paid too much on monthly bill account {account}.",
                    "[reason] The reason: {reason}",
                    "[is_looked_at] Our staff are looking into whether this money has gone already; until that is clear no more is sent.",
                    "[!is_looked_at] What no bill has used is still yours, and you can have it back at any time: ask again on the refund's page, to another bank account if you wish.",
                ),
                "{lender}: the refund of {tried_on:short} did not go through. Sign in to see why, and what to do.",
            ),
        },
    ),
)
