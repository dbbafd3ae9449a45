# ruff: noqa: E501  (sentences stay whole)
"""Reminders of what is due: before the day, on it, in the days of grace and after them (R17, R26).

Facts: `due_on`, `total_minor`, and for each loan `items` with `loan`, `number`, `sum_minor`; in grace
`grace_until_on`; later `penalty_minor` if there is any.
"""

from accounts.notices.kinds import Kind
from accounts.notices.template import Template, Words

TEMPLATES = (
    Template(
        "reminder_before",
        Kind.REMINDER,
        1,
        {
            "zh-hans": Words(
                "{due_on}有还款到期",
                (
                    "{due_on:weekday}，您在{lender}应还{total_minor}。",
                    "* 贷款{loan}，第{number}期：{sum_minor}",
                    "开通了自动扣款的，当天从您的账户扣取，请留好余额；没有开通的，请在贷款页面自己还款。",
                    "这次还不上，可以在到期之前申请缓还。申请免费，本人就能办，不需要找代办。",
                ),
                "【{lender}】您有还款在{due_on:short}到期，登录可查看。还不上可以先申请缓还。",
            ),
            "zh-hant": Words(
                "{due_on}有還款到期",
                (
                    "{due_on:weekday}，您在{lender}應還{total_minor}。",
                    "* 貸款{loan}，第{number}期：{sum_minor}",
                    "開通了自動扣款的，當天從您的帳戶扣取，請留好餘額；沒有開通的，請在貸款頁面自己還款。",
                    "這次還不上，可以在到期之前申請緩還。申請免費，本人就能辦，不需要找代辦。",
                ),
                "【{lender}】您有還款在{due_on:short}到期，登入可查看。還不上可以先申請緩還。",
            ),
            "en": Words(
                "A payment is due on {due_on}",
                (
                    "On {due_on:weekday}, {total_minor} is due to {lender}.",
                    "* Loan {loan}, instalment {number}: {sum_minor}",
                    "With auto-debit, it is collected that day; please see that the account holds enough. Without it, please pay on the loan's page.",
                    "If you cannot pay this one, ask for relief before it is due. It is free, and you can do it yourself; no agent is needed.",
                ),
                "{lender}: a payment is due on {due_on:short}. Sign in to see it. If you cannot pay it, ask for relief first.",
            ),
        },
    ),
    Template(
        "reminder_today",
        Kind.REMINDER,
        1,
        {
            "zh-hans": Words(
                "今天有还款到期",
                (
                    "今天（{due_on}），您在{lender}应还{total_minor}。24:00之前还清，就是按时还款。",
                    "* 贷款{loan}，第{number}期：{sum_minor}",
                    "开通了自动扣款的，今天从您的账户扣取；没有开通的，请在贷款页面自己还款。",
                    "今天还不上，仍然可以申请缓还，也可以先还一部分。",
                ),
                "【{lender}】您今天有还款到期，登录可查看。还不上可以申请缓还。",
            ),
            "zh-hant": Words(
                "今天有還款到期",
                (
                    "今天（{due_on}），您在{lender}應還{total_minor}。24:00之前還清，就是按時還款。",
                    "* 貸款{loan}，第{number}期：{sum_minor}",
                    "開通了自動扣款的，今天從您的帳戶扣取；沒有開通的，請在貸款頁面自己還款。",
                    "今天還不上，仍然可以申請緩還，也可以先還一部分。",
                ),
                "【{lender}】您今天有還款到期，登入可查看。還不上可以申請緩還。",
            ),
            "en": Words(
                "A payment is due today",
                (
                    "Today, {due_on}, {total_minor} is due to {lender}. Paid by 24:00, it is on time.",
                    "* Loan {loan}, instalment {number}: {sum_minor}",
                    "With auto-debit, it is collected today. Without it, please pay on the loan's page.",
                    "If you cannot pay today, you can still ask for relief, or pay a part.",
                ),
                "{lender}: a payment is due today. Sign in to see it. If you cannot pay it, you can ask for relief.",
            ),
        },
    ),
    Template(
        "reminder_grace",
        Kind.REMINDER,
        1,
        {
            "zh-hans": Words(
                "还在宽限期内，到{grace_until_on}为止",
                (
                    "{due_on}到期的{total_minor}，{lender}还没有收到。",
                    "* 贷款{loan}，第{number}期：{sum_minor}",
                    "{grace_until_on:weekday} 24:00之前还清：不收罚息，也不记逾期。",
                    "还不上，请现在就告诉我们：可以申请缓还，审核期间不再请您还款。",
                    "已经还了的，请不必理会，款项入账需要一点时间。",
                ),
                "【{lender}】{due_on:short}的还款还没有收到，宽限期到{grace_until_on:short}24:00。还不上可以申请缓还。",
            ),
            "zh-hant": Words(
                "還在寬限期內，到{grace_until_on}為止",
                (
                    "{due_on}到期的{total_minor}，{lender}還沒有收到。",
                    "* 貸款{loan}，第{number}期：{sum_minor}",
                    "{grace_until_on:weekday} 24:00之前還清：不收罰息，也不記逾期。",
                    "還不上，請現在就告訴我們：可以申請緩還，審核期間不再請您還款。",
                    "已經還了的，請不必理會，款項入帳需要一點時間。",
                ),
                "【{lender}】{due_on:short}的還款還沒有收到，寬限期到{grace_until_on:short}24:00。還不上可以申請緩還。",
            ),
            "en": Words(
                "Within the days of grace, until {grace_until_on}",
                (
                    "{lender} has not received the {total_minor} that was due on {due_on}.",
                    "* Loan {loan}, instalment {number}: {sum_minor}",
                    "Pay by {grace_until_on:weekday}, 24:00: nothing extra is charged and no late mark is recorded.",
                    "If you cannot pay, please tell us now: you can ask for relief, and while we decide nobody asks you for payment.",
                    "If you have paid already, nothing is left to do; money takes a little time to arrive.",
                ),
                "{lender}: the payment of {due_on:short} has not arrived. Grace runs to {grace_until_on:short}, 24:00. You can ask for relief.",
            ),
        },
    ),
    Template(
        "reminder_late",
        Kind.REMINDER,
        1,
        {
            "zh-hans": Words(
                "有一笔还款逾期了",
                (
                    "{due_on}到期的还款，{lender}还没有收到。到今天应还{total_minor}。",
                    "* 贷款{loan}：{sum_minor}",
                    "[penalty_minor] 其中罚息{penalty_minor}，算到今天为止。",
                    "可以先还一部分，每还一笔，要还的就少一些。",
                    "还不上，请告诉我们：现在仍然可以申请缓还，免费，本人就能办。审核期间不再请您还款。",
                    "已经还了的，请不必理会，款项入账需要一点时间。投诉：{complaint_line}；免费咨询：{advice_line}。",
                ),
                "【{lender}】{due_on:short}的还款还没有收到。登录可查看、还一部分或申请缓还，也可以联系我们。",
            ),
            "zh-hant": Words(
                "有一筆還款逾期了",
                (
                    "{due_on}到期的還款，{lender}還沒有收到。到今天應還{total_minor}。",
                    "* 貸款{loan}：{sum_minor}",
                    "[penalty_minor] 其中罰息{penalty_minor}，算到今天為止。",
                    "可以先還一部分，每還一筆，要還的就少一些。",
                    "還不上，請告訴我們：現在仍然可以申請緩還，免費，本人就能辦。審核期間不再請您還款。",
                    "已經還了的，請不必理會，款項入帳需要一點時間。投訴：{complaint_line}；免費諮詢：{advice_line}。",
                ),
                "【{lender}】{due_on:short}的還款還沒有收到。登入可查看、還一部分或申請緩還，也可以聯絡我們。",
            ),
            "en": Words(
                "A payment is overdue",
                (
                    "{lender} has not received the payment that was due on {due_on}. To the end of today, {total_minor} is open.",
                    "* Loan {loan}: {sum_minor}",
                    "[penalty_minor] Of this, {penalty_minor} is penalty interest to the end of today.",
                    "You can pay a part now. Every payment makes what is open smaller.",
                    "If you cannot pay, please tell us: you can still ask for relief. It is free, you can do it yourself, and while we decide nobody asks you for payment.",
                    "If you have paid already, nothing is left to do; money takes a little time to arrive. Complaints: {complaint_line}. Free advice: {advice_line}.",
                ),
                "{lender}: the payment of {due_on:short} has not arrived. Sign in to see it, to pay a part or to ask for relief.",
            ),
        },
    ),
    Template(
        "reminder_resume",
        Kind.REMINDER,
        1,
        {
            "zh-hans": Words(
                "{due_on}恢复还款",
                (
                    "按您的缓还安排，{due_on:weekday}恢复还款，当天应还{lender}{total_minor}。",
                    "* 贷款{loan}，第{number}期：{sum_minor}",
                    "在这之前不需要做什么。开通了自动扣款的，请在当天留好余额。",
                    "到时还有困难，请在到期之前再次申请。",
                ),
                "【{lender}】按缓还安排，您的下一笔还款在{due_on:short}到期，登录可查看。还有困难可以再申请。",
            ),
            "zh-hant": Words(
                "{due_on}恢復還款",
                (
                    "按您的緩還安排，{due_on:weekday}恢復還款，當天應還{lender}{total_minor}。",
                    "* 貸款{loan}，第{number}期：{sum_minor}",
                    "在這之前不需要做什麼。開通了自動扣款的，請在當天留好餘額。",
                    "到時還有困難，請在到期之前再次申請。",
                ),
                "【{lender}】按緩還安排，您的下一筆還款在{due_on:short}到期，登入可查看。還有困難可以再申請。",
            ),
            "en": Words(
                "Payments resume on {due_on}",
                (
                    "As your arrangement says, payments resume on {due_on:weekday}, when {total_minor} is due to {lender}.",
                    "* Loan {loan}, instalment {number}: {sum_minor}",
                    "There is nothing to do before that day. With auto-debit, please see that the account holds enough then.",
                    "If things are still difficult, please ask again before it is due.",
                ),
                "{lender}: as arranged, your next payment is due on {due_on:short}. Sign in to see it. You can ask for relief again.",
            ),
        },
    ),
)
