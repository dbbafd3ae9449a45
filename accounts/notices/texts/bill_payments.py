# ruff: noqa: E501  (sentences stay whole)
"""Monthly bills: money that came, did not come, or went back, and what must be said before a late month is reported.

Facts: `account`, `sum_minor`, and the day it is about; after a payment `minimum_minor` and `due_on` of what must still
be paid, else `carried_minor` of what may be carried over. Before a report (R32) `due_on` or
`month_on`, and `report_from_on`, before which nothing goes.
"""

from accounts.notices.kinds import Kind
from accounts.notices.template import Template, Words

TEMPLATES = (
    Template(
        "bill_paid",
        Kind.PAYMENT,
        1,
        {
            "zh-hans": Words(
                "收到您的账单还款",
                (
                    "{lender}收到您{paid_on}的还款{sum_minor}，记在账户{account}上。",
                    "[due_on] 最低还款额还差{minimum_minor}，{due_on}到期。",
                    "[carried_minor] 最低还款额已经还够。还有{carried_minor}可以以后再还，会按日计息，账单页面写明是多少。",
                    "这笔钱还了哪些账单，账单页面逐笔写明。",
                ),
                "【{lender}】收到您{paid_on:short}的账单还款，登录可查看明细。",
            ),
            "zh-hant": Words(
                "收到您的帳單還款",
                (
                    "{lender}收到您{paid_on}的還款{sum_minor}，記在帳戶{account}上。",
                    "[due_on] 最低還款額還差{minimum_minor}，{due_on}到期。",
                    "[carried_minor] 最低還款額已經還夠。還有{carried_minor}可以以後再還，會按日計息，帳單頁面寫明是多少。",
                    "這筆錢還了哪些帳單，帳單頁面逐筆寫明。",
                ),
                "【{lender}】收到您{paid_on:short}的帳單還款，登入可查看明細。",
            ),
            "en": Words(
                "We have your payment of the bill",
                (
                    "{lender} received your payment of {sum_minor} on {paid_on} for account {account}.",
                    "[due_on] {minimum_minor} of the minimum payment is still open, due on {due_on}.",
                    "[carried_minor] The minimum payment is made. {carried_minor} can be carried over; it bears interest by the day, and the bill's page says how much.",
                    "The bill's page shows what the money was put to.",
                ),
                "{lender}: we have your payment of {paid_on:short}. Sign in to see what it was put to.",
            ),
        },
    ),
    Template(
        "bill_debit_failed",
        Kind.PAYMENT,
        1,
        {
            "zh-hans": Words(
                "账单的自动扣款没有成功",
                (
                    "{tried_on}，{lender}没有从您的账户扣到账户{account}的账单款{sum_minor}。您的银行账户没有被扣钱。",
                    "请留好余额，我们会再试；也可以现在在账单页面自己还款，换一个银行账户也行。",
                    "至少把最低还款额还够，就不算逾期。还不上，请告诉我们，我们一起想办法。",
                ),
                "【{lender}】{tried_on:short}的账单扣款没有成功，账户没有被扣钱。登录可查看怎么办。",
            ),
            "zh-hant": Words(
                "帳單的自動扣款沒有成功",
                (
                    "{tried_on}，{lender}沒有從您的帳戶扣到帳戶{account}的帳單款{sum_minor}。您的銀行帳戶沒有被扣錢。",
                    "請留好餘額，我們會再試；也可以現在在帳單頁面自己還款，換一個銀行帳戶也行。",
                    "至少把最低還款額還夠，就不算逾期。還不上，請告訴我們，我們一起想辦法。",
                ),
                "【{lender}】{tried_on:short}的帳單扣款沒有成功，帳戶沒有被扣錢。登入可查看怎麼辦。",
            ),
            "en": Words(
                "The auto-debit of your bill did not go through",
                (
                    "On {tried_on}, {lender} could not collect {sum_minor} for the bill of account {account}. Nothing was taken from your bank account.",
                    "Please see that it holds enough: we try again. You can also pay on the bill's page now, from another bank account if you like.",
                    "As long as the minimum payment is made, the bill is not overdue. If you cannot pay, please tell us, and we look for a way together.",
                ),
                "{lender}: the auto-debit of {tried_on:short} did not go through. Nothing was taken. Sign in to see what to do.",
            ),
        },
    ),
    Template(
        "bill_payment_taken_back",
        Kind.PAYMENT,
        1,
        {
            "zh-hans": Words(
                "一笔账单还款已撤销",
                (
                    "[is_by_bank] {paid_on}记在账户{account}上的还款{sum_minor}，银行已退回，所以这部分又要还。",
                    "[!is_by_bank] {paid_on}记在账户{account}上的还款{sum_minor}，{lender}已撤销，所以这部分又要还。",
                    "[reason] 原因：{reason}",
                    "现在还差多少、哪天到期，账单页面写明。如果您觉得不对，请问您的银行，或者联系我们。",
                ),
                "【{lender}】{paid_on:short}的一笔账单还款已撤销，这部分又要还。登录可查看原因。",
            ),
            "zh-hant": Words(
                "一筆帳單還款已撤銷",
                (
                    "[is_by_bank] {paid_on}記在帳戶{account}上的還款{sum_minor}，銀行已退回，所以這部分又要還。",
                    "[!is_by_bank] {paid_on}記在帳戶{account}上的還款{sum_minor}，{lender}已撤銷，所以這部分又要還。",
                    "[reason] 原因：{reason}",
                    "現在還差多少、哪天到期，帳單頁面寫明。如果您覺得不對，請問您的銀行，或者聯絡我們。",
                ),
                "【{lender}】{paid_on:short}的一筆帳單還款已撤銷，這部分又要還。登入可查看原因。",
            ),
            "en": Words(
                "A payment of your bill was taken back",
                (
                    "[is_by_bank] The payment of {sum_minor} on {paid_on} for account {account} was returned by the bank, so this part is open again.",
                    "[!is_by_bank] {lender} has taken back the payment of {sum_minor} on {paid_on} for account {account}, so this part is open again.",
                    "[reason] The reason: {reason}",
                    "The bill's page shows what is open and when it is due. If this looks wrong, please ask your bank, or us.",
                ),
                "{lender}: the payment of {paid_on:short} was taken back, so this part is open again. Sign in to see why.",
            ),
        },
    ),
    Template(
        "bill_adverse_information",
        Kind.LEGAL,
        1,
        {
            "zh-hans": Words(
                "报送逾期信息之前告诉您",
                (
                    "账户{account}在{due_on}到期的账单，最低还款额到现在还没有还够。法律要求我们在报送之前先告诉您本人：最早在{report_from_on}，{lender}会把这个月的逾期报送到您的信用记录。",
                    "月底之前还够最低还款额，这个月记为“逾期后已还”，不记为仍在逾期。",
                    "还不上，请告诉我们，我们一起想办法。",
                    "如果这些信息不对，请告诉我们更正，也可以提出异议。投诉：{complaint_line}；免费咨询：{advice_line}。",
                ),
                "【{lender}】重要通知：最早{report_from_on:short}将报送一条逾期信息。登录可查看怎样避免、怎样提出异议。",
            ),
            "zh-hant": Words(
                "報送逾期資訊之前告訴您",
                (
                    "帳戶{account}在{due_on}到期的帳單，最低還款額到現在還沒有還夠。法律要求我們在報送之前先告訴您本人：最早在{report_from_on}，{lender}會把這個月的逾期報送到您的信用記錄。",
                    "月底之前還夠最低還款額，這個月記為「逾期後已還」，不記為仍在逾期。",
                    "還不上，請告訴我們，我們一起想辦法。",
                    "如果這些資訊不對，請告訴我們更正，也可以提出異議。投訴：{complaint_line}；免費諮詢：{advice_line}。",
                ),
                "【{lender}】重要通知：最早{report_from_on:short}將報送一條逾期資訊。登入可查看怎樣避免、怎樣提出異議。",
            ),
            "en": Words(
                "Before a late payment is reported",
                (
                    "The minimum payment of the bill of account {account} was due on {due_on} and is not paid yet. The law asks us to tell you before we report it: from {report_from_on} at the earliest, {lender} reports the month as late to your credit record.",
                    "If the minimum payment is made before the month ends, the month is recorded as paid late, not as still overdue.",
                    "If you cannot pay, please tell us, and we look for a way together.",
                    "If something here is wrong, tell us and we correct it, or file an objection. Complaints: {complaint_line}. Free advice: {advice_line}.",
                ),
                "{lender}: important. From {report_from_on:short} a late payment may be reported. Sign in to see how to avoid it or object.",
            ),
        },
    ),
    Template(
        "bill_adverse_paid_late",
        Kind.LEGAL,
        1,
        {
            "zh-hans": Words(
                "报送逾期信息之前告诉您",
                (
                    "账户{account}在{month_on:month}有一期账单，最低还款额是宽限期过后才还够的。这笔钱已经还了，现在不用做什么。",
                    "法律要求我们在报送之前先告诉您本人：最早在{report_from_on}，{lender}会把这个月按实际情况报送到您的信用记录。",
                    "如果这些信息不对，请告诉我们更正，也可以提出异议。投诉：{complaint_line}；免费咨询：{advice_line}。",
                ),
                "【{lender}】重要通知：最早{report_from_on:short}将报送一条还款信息。登录可查看内容、怎样提出异议。",
            ),
            "zh-hant": Words(
                "報送逾期資訊之前告訴您",
                (
                    "帳戶{account}在{month_on:month}有一期帳單，最低還款額是寬限期過後才還夠的。這筆錢已經還了，現在不用做什麼。",
                    "法律要求我們在報送之前先告訴您本人：最早在{report_from_on}，{lender}會把這個月按實際情況報送到您的信用記錄。",
                    "如果這些資訊不對，請告訴我們更正，也可以提出異議。投訴：{complaint_line}；免費諮詢：{advice_line}。",
                ),
                "【{lender}】重要通知：最早{report_from_on:short}將報送一條還款資訊。登入可查看內容、怎樣提出異議。",
            ),
            "en": Words(
                "Before a late payment is reported",
                (
                    "In {month_on:month}, the minimum payment of a bill of account {account} was made after the days of grace. It is paid, and nothing is left to do.",
                    "The law asks us to tell you before we report it: from {report_from_on} at the earliest, {lender} reports the month to your credit record as it was.",
                    "If something here is wrong, tell us and we correct it, or file an objection. Complaints: {complaint_line}. Free advice: {advice_line}.",
                ),
                "{lender}: important. From {report_from_on:short} a payment is reported to your record. Sign in to see it, or to object.",
            ),
        },
    ),
    Template(
        "bill_stage_ended",
        Kind.SERVICE,
        1,
        {
            "zh-hans": Words(
                "账户{account}恢复正常",
                ("账户{account}的账单已经没有逾期，此前因逾期开始的步骤都已结束，{lender}不会再为此联系您。",),
                "【{lender}】逾期的账单已经还够最低还款额，您的账户恢复正常。",
            ),
            "zh-hant": Words(
                "帳戶{account}恢復正常",
                ("帳戶{account}的帳單已經沒有逾期，此前因逾期開始的步驟都已結束，{lender}不會再為此聯絡您。",),
                "【{lender}】逾期的帳單已經還夠最低還款額，您的帳戶恢復正常。",
            ),
            "en": Words(
                "Account {account} is on track again",
                (
                    "No bill of account {account} is overdue any more. What was begun because of the delay has ended, and {lender} will not contact you about it again.",
                ),
                "{lender}: the minimum payment that was overdue is paid, and your account is on track again.",
            ),
        },
    ),
    Template(
        "bill_limit_frozen",
        Kind.SERVICE,
        1,
        {
            "zh-hans": Words(
                "您的额度暂时不能使用",
                (
                    "账户{account}有一期账单没有还够最低还款额，已经逾期，所以{lender}的额度{limit}暂时不能使用。",
                    "还清逾期的部分，额度就自动恢复，额度本身不变。",
                ),
                "【{lender}】您的额度暂时不能使用，额度本身不变。登录可查看怎样恢复。",
            ),
            "zh-hant": Words(
                "您的額度暫時不能使用",
                (
                    "帳戶{account}有一期帳單沒有還夠最低還款額，已經逾期，所以{lender}的額度{limit}暫時不能使用。",
                    "還清逾期的部分，額度就自動恢復，額度本身不變。",
                ),
                "【{lender}】您的額度暫時不能使用，額度本身不變。登入可查看怎樣恢復。",
            ),
            "en": Words(
                "Your limit cannot be used for now",
                (
                    "The minimum payment of a bill of account {account} is overdue, so your limit {limit} at {lender} cannot be used for now.",
                    "As soon as what is overdue is paid, you can use it again; the limit itself is unchanged.",
                ),
                "{lender}: your limit cannot be used for now; the limit itself is unchanged. Sign in to see what lifts it.",
            ),
        },
    ),
)
