# ruff: noqa: E501  (sentences stay whole)
"""Monthly bills: that one was made, and reminders of its due date.

Facts: `account`, `bill_on`, `due_on`, what is left of it in all `whole_minor`, and of that what must be paid by
`due_on`, `minimum_minor`; in grace `grace_until_on`; `can_split` where it can become instalments.
"""

from accounts.notices.kinds import Kind
from accounts.notices.template import Template, Words

TEMPLATES = (
    Template(
        "bill_made",
        Kind.PAYMENT,
        1,
        {
            "zh-hans": Words(
                "{bill_on:month}的账单出来了",
                (
                    "{lender}的账户{account}，本期账单一共{whole_minor}，请在{due_on:weekday} 24:00之前还款。",
                    "全部还清，就没有利息。至少要还{minimum_minor}；没有还清的部分按日计息，账单页面写明是多少。",
                    "[can_split] 到期之前，也可以把账单转为分期，费用先列给您看。",
                ),
                "【{lender}】您的账单出来了，{due_on:short}到期，登录可查看。",
            ),
            "zh-hant": Words(
                "{bill_on:month}的帳單出來了",
                (
                    "{lender}的帳戶{account}，本期帳單一共{whole_minor}，請在{due_on:weekday} 24:00之前還款。",
                    "全部還清，就沒有利息。至少要還{minimum_minor}；沒有還清的部分按日計息，帳單頁面寫明是多少。",
                    "[can_split] 到期之前，也可以把帳單轉為分期，費用先列給您看。",
                ),
                "【{lender}】您的帳單出來了，{due_on:short}到期，登入可查看。",
            ),
            "en": Words(
                "Your bill of {bill_on:month} is here",
                (
                    "The bill of account {account} at {lender} is {whole_minor}. Please pay by {due_on:weekday}, 24:00.",
                    "Paid whole, it bears no interest. At least {minimum_minor} must be paid; what is carried over bears interest by the day, and the bill's page says how much.",
                    "[can_split] Before it is due you can also turn it into instalments; what that costs is shown first.",
                ),
                "{lender}: your bill is here, due on {due_on:short}. Sign in to see it.",
            ),
        },
    ),
    Template(
        "bill_before",
        Kind.REMINDER,
        1,
        {
            "zh-hans": Words(
                "账单在{due_on}到期",
                (
                    "{due_on:weekday}，{lender}的账户{account}有账单到期，还有{whole_minor}，其中至少要还{minimum_minor}。",
                    "[can_split] 一次还不上，可以在到期之前转为分期，费用先列给您看。",
                    "有困难，请在到期之前联系我们；免费咨询：{advice_line}。",
                ),
                "【{lender}】您的账单在{due_on:short}到期，登录可查看。有困难请联系我们。",
            ),
            "zh-hant": Words(
                "帳單在{due_on}到期",
                (
                    "{due_on:weekday}，{lender}的帳戶{account}有帳單到期，還有{whole_minor}，其中至少要還{minimum_minor}。",
                    "[can_split] 一次還不上，可以在到期之前轉為分期，費用先列給您看。",
                    "有困難，請在到期之前聯絡我們；免費諮詢：{advice_line}。",
                ),
                "【{lender}】您的帳單在{due_on:short}到期，登入可查看。有困難請聯絡我們。",
            ),
            "en": Words(
                "Your bill is due on {due_on}",
                (
                    "On {due_on:weekday}, the bill of account {account} at {lender} is due: {whole_minor} in all, of which at least {minimum_minor} must be paid.",
                    "[can_split] If that is too much at once, you can turn it into instalments before it is due; what that costs is shown first.",
                    "If it is difficult, please talk with us before that day. Free advice: {advice_line}.",
                ),
                "{lender}: your bill is due on {due_on:short}. Sign in to see it. If it is difficult, please talk with us.",
            ),
        },
    ),
    Template(
        "bill_today",
        Kind.REMINDER,
        1,
        {
            "zh-hans": Words(
                "账单今天到期",
                (
                    "今天（{due_on}），{lender}的账户{account}有账单到期，还有{whole_minor}。24:00之前至少还{minimum_minor}，就是按时还款。",
                    "[can_split] 一次还不上，今天仍然可以转为分期，费用先列给您看。",
                    "有困难，请联系我们；免费咨询：{advice_line}。",
                ),
                "【{lender}】您的账单今天到期，登录可查看。有困难请联系我们。",
            ),
            "zh-hant": Words(
                "帳單今天到期",
                (
                    "今天（{due_on}），{lender}的帳戶{account}有帳單到期，還有{whole_minor}。24:00之前至少還{minimum_minor}，就是按時還款。",
                    "[can_split] 一次還不上，今天仍然可以轉為分期，費用先列給您看。",
                    "有困難，請聯絡我們；免費諮詢：{advice_line}。",
                ),
                "【{lender}】您的帳單今天到期，登入可查看。有困難請聯絡我們。",
            ),
            "en": Words(
                "Your bill is due today",
                (
                    "Today, {due_on}, the bill of account {account} at {lender} is due: {whole_minor} in all. With at least {minimum_minor} by 24:00, it is paid on time.",
                    "[can_split] If that is too much at once, you can still turn it into instalments today; what that costs is shown first.",
                    "If it is difficult, please talk with us. Free advice: {advice_line}.",
                ),
                "{lender}: your bill is due today. Sign in to see it. If it is difficult, please talk with us.",
            ),
        },
    ),
    Template(
        "bill_late",
        Kind.REMINDER,
        1,
        {
            "zh-hans": Words(
                "有一期账单逾期了",
                (
                    "{lender}的账户{account}，{due_on}到期的账单还没有还够。到今天至少还要还{minimum_minor}。",
                    "[grace_until_on] 还在宽限期内：{grace_until_on:weekday} 24:00之前还够，不收罚息，也不记逾期。",
                    "可以先还一部分，每还一笔，要还的就少一些。",
                    "还不上，请告诉我们，我们一起想办法。已经还了的，请不必理会，款项入账需要一点时间。投诉：{complaint_line}；免费咨询：{advice_line}。",
                ),
                "【{lender}】{due_on:short}的账单还没有还够。登录可查看，也可以先还一部分或联系我们。",
            ),
            "zh-hant": Words(
                "有一期帳單逾期了",
                (
                    "{lender}的帳戶{account}，{due_on}到期的帳單還沒有還夠。到今天至少還要還{minimum_minor}。",
                    "[grace_until_on] 還在寬限期內：{grace_until_on:weekday} 24:00之前還夠，不收罰息，也不記逾期。",
                    "可以先還一部分，每還一筆，要還的就少一些。",
                    "還不上，請告訴我們，我們一起想辦法。已經還了的，請不必理會，款項入帳需要一點時間。投訴：{complaint_line}；免費諮詢：{advice_line}。",
                ),
                "【{lender}】{due_on:short}的帳單還沒有還夠。登入可查看，也可以先還一部分或聯絡我們。",
            ),
            "en": Words(
                "A bill is overdue",
                (
                    "On account {account} at {lender}, not enough of the bill that was due on {due_on} has been paid. To the end of today, at least {minimum_minor} is open.",
                    "[grace_until_on] It is still within the days of grace: paid by {grace_until_on:weekday}, 24:00, nothing extra is charged and no late mark is recorded.",
                    "You can pay a part now. Every payment makes what is open smaller.",
                    "If you cannot pay, please tell us, and we look for a way together. If you have paid already, nothing is left to do; money takes a little time to arrive. Complaints: {complaint_line}. Free advice: {advice_line}.",
                ),
                "{lender}: your bill of {due_on:short} is not paid yet. Sign in to see it, to pay a part, or talk with us.",
            ),
        },
    ),
)
