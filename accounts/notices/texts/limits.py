# ruff: noqa: E501  (sentences stay whole)
"""What was decided on an application, and what happens to a limit.

Facts: of an application `application`, and approved `limit_minor`; of a cut `limit`, `old_minor`,
`new_minor`, `effective_on`, `reason`; of a freeze `limit` and the `loan` that is late.
"""

from accounts.notices.kinds import Kind
from accounts.notices.template import Template, Words

TEMPLATES = (
    Template(
        "application_approved",
        Kind.SERVICE,
        1,
        {
            "zh-hans": Words(
                "您的申请已通过",
                (
                    "{lender}通过了您的申请{application}，额度是{limit_minor}。",
                    "额度可以用，也可以不用；不用就没有费用。每次借款之前，费用会先逐项列出。",
                ),
                "【{lender}】您的申请有结果了，登录可查看。",
            ),
            "zh-hant": Words(
                "您的申請已通過",
                (
                    "{lender}通過了您的申請{application}，額度是{limit_minor}。",
                    "額度可以用，也可以不用；不用就沒有費用。每次借款之前，費用會先逐項列出。",
                ),
                "【{lender}】您的申請有結果了，登入可查看。",
            ),
            "en": Words(
                "Your application was approved",
                (
                    "{lender} approved your application {application}. Your limit is {limit_minor}.",
                    "You may use it or not; unused, it costs nothing. Before each loan, every cost is listed first.",
                ),
                "{lender}: there is an answer to your application. Sign in to read it.",
            ),
        },
    ),
    Template(
        "application_declined",
        Kind.SERVICE,
        1,
        {
            "zh-hans": Words(
                "您的申请审核未通过",
                (
                    "{lender}这次没能通过您的申请{application}。",
                    "原因、所依据的资料，以及怎样会有不同结果，申请页面逐条写明。",
                    "如果您有不同看法，可以在申请页面请另一位工作人员复核；也可以自己再次申请，都是免费的。",
                ),
                "【{lender}】您的申请有结果了，登录可查看。",
            ),
            "zh-hant": Words(
                "您的申請審核未通過",
                (
                    "{lender}這次沒能通過您的申請{application}。",
                    "原因、所依據的資料，以及怎樣會有不同結果，申請頁面逐條寫明。",
                    "如果您有不同看法，可以在申請頁面請另一位工作人員覆核；也可以自己再次申請，都是免費的。",
                ),
                "【{lender}】您的申請有結果了，登入可查看。",
            ),
            "en": Words(
                "Your application was not approved",
                (
                    "{lender} could not approve your application {application} this time.",
                    "The application's page gives the reasons one by one, what they rest on, and what would change the answer.",
                    "If you see it differently, another person can look at it again: ask on that page. You can also apply again. Both are free.",
                ),
                "{lender}: there is an answer to your application. Sign in to read it.",
            ),
        },
    ),
    Template(
        "limit_cut",
        Kind.SERVICE,
        1,
        {
            "zh-hans": Words(
                "您的额度将在{effective_on}调低",
                (
                    "{lender}将在{effective_on}把您的额度{limit}从{old_minor}调到{new_minor}。",
                    "原因：{reason}",
                    "已经借出的部分不受影响，还款计划不变。",
                    "怎样可以恢复，以及怎样请人复核，额度页面写明。",
                ),
                "【{lender}】您的额度将在{effective_on:short}调低，已借的部分不受影响。登录可查看原因。",
            ),
            "zh-hant": Words(
                "您的額度將在{effective_on}調低",
                (
                    "{lender}將在{effective_on}把您的額度{limit}從{old_minor}調到{new_minor}。",
                    "原因：{reason}",
                    "已經借出的部分不受影響，還款計劃不變。",
                    "怎樣可以恢復，以及怎樣請人覆核，額度頁面寫明。",
                ),
                "【{lender}】您的額度將在{effective_on:short}調低，已借的部分不受影響。登入可查看原因。",
            ),
            "en": Words(
                "Your limit will be lower from {effective_on}",
                (
                    "On {effective_on}, {lender} lowers your limit {limit} from {old_minor} to {new_minor}.",
                    "The reason: {reason}",
                    "What you have drawn is not touched, and its schedule stays.",
                    "The limit's page says what brings it back, and how to have it looked at again.",
                ),
                "{lender}: your limit will be lower from {effective_on:short}. What you have drawn is not touched. Sign in to see why.",
            ),
        },
    ),
    Template(
        "limit_frozen",
        Kind.SERVICE,
        1,
        {
            "zh-hans": Words(
                "您的额度暂时不能使用",
                (
                    "贷款{loan}有一期逾期还没有还，所以{lender}的额度{limit}暂时不能使用。",
                    "还清逾期的部分，额度就自动恢复，额度本身不变。",
                ),
                "【{lender}】您的额度暂时不能使用，额度本身不变。登录可查看怎样恢复。",
            ),
            "zh-hant": Words(
                "您的額度暫時不能使用",
                (
                    "貸款{loan}有一期逾期還沒有還，所以{lender}的額度{limit}暫時不能使用。",
                    "還清逾期的部分，額度就自動恢復，額度本身不變。",
                ),
                "【{lender}】您的額度暫時不能使用，額度本身不變。登入可查看怎樣恢復。",
            ),
            "en": Words(
                "Your limit cannot be used for now",
                (
                    "A payment on loan {loan} is overdue, so your limit {limit} at {lender} cannot be used for now.",
                    "As soon as what is overdue is paid, you can draw again; the limit itself is unchanged.",
                ),
                "{lender}: your limit cannot be used for now; the limit itself is unchanged. Sign in to see what lifts it.",
            ),
        },
    ),
    Template(
        "limit_lifted",
        Kind.SERVICE,
        1,
        {
            "zh-hans": Words(
                "您的额度又可以使用了",
                ("您在{lender}的额度{limit}又可以使用。还可以借多少，额度页面写明。",),
                "【{lender}】您的额度又可以使用了，登录可查看。",
            ),
            "zh-hant": Words(
                "您的額度又可以使用了",
                ("您在{lender}的額度{limit}又可以使用。還可以借多少，額度頁面寫明。",),
                "【{lender}】您的額度又可以使用了，登入可查看。",
            ),
            "en": Words(
                "Your limit can be used again",
                ("Your limit {limit} at {lender} can be used again. Its page shows how much can be drawn.",),
                "{lender}: your limit can be used again. Sign in to see it.",
            ),
        },
    ),
)
