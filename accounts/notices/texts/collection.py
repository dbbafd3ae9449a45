# ruff: noqa: E501  (sentences stay whole)
"""What must be said before a late month is reported (R32), and at each step of collection (R41).

Facts: `loan`; `due_on`, since when it is late; `report_from_on` or `earliest_on`, the day before which
nothing further happens; of a step `stage` (pre_legal, legal) and `words`, the reason a person wrote.
No threat, no shame: what is, what may follow and when at the earliest, and what prevents it.
"""

from accounts.notices.kinds import Kind
from accounts.notices.template import Template, Words

TEMPLATES = (
    Template(
        "adverse_information",
        Kind.LEGAL,
        1,
        {
            "zh-hans": Words(
                "报送逾期信息之前告诉您",
                (
                    "贷款{loan}有一期在{due_on}到期，到现在还没有还清。法律要求我们在报送之前先告诉您本人：最早在{report_from_on}，{lender}会把这个月的逾期报送到您的信用记录。",
                    "月底之前还清逾期的部分，这个月记为“逾期后已还”，不记为仍在逾期。",
                    "还不上，现在仍然可以申请缓还。申请免费，审核期间信用记录不会变差。",
                    "如果这些信息不对，请告诉我们更正，也可以提出异议。投诉：{complaint_line}；免费咨询：{advice_line}。",
                ),
                "【{lender}】重要通知：最早{report_from_on:short}将报送一条逾期信息。登录可查看怎样避免、怎样提出异议。",
            ),
            "zh-hant": Words(
                "報送逾期資訊之前告訴您",
                (
                    "貸款{loan}有一期在{due_on}到期，到現在還沒有還清。法律要求我們在報送之前先告訴您本人：最早在{report_from_on}，{lender}會把這個月的逾期報送到您的信用記錄。",
                    "月底之前還清逾期的部分，這個月記為「逾期後已還」，不記為仍在逾期。",
                    "還不上，現在仍然可以申請緩還。申請免費，審核期間信用記錄不會變差。",
                    "如果這些資訊不對，請告訴我們更正，也可以提出異議。投訴：{complaint_line}；免費諮詢：{advice_line}。",
                ),
                "【{lender}】重要通知：最早{report_from_on:short}將報送一條逾期資訊。登入可查看怎樣避免、怎樣提出異議。",
            ),
            "en": Words(
                "Before a late payment is reported",
                (
                    "A payment on loan {loan} was due on {due_on} and is not paid yet. The law asks us to tell you before we report it: from {report_from_on} at the earliest, {lender} reports the month as late to your credit record.",
                    "If what is late is paid before the month ends, the month is recorded as paid late, not as still overdue.",
                    "If you cannot pay, you can still ask for relief. It is free, and while we decide your record gets no worse.",
                    "If something here is wrong, tell us and we correct it, or file an objection. Complaints: {complaint_line}. Free advice: {advice_line}.",
                ),
                "{lender}: important. From {report_from_on:short} a late payment may be reported. Sign in to see how to avoid it or object.",
            ),
        },
    ),
    Template(
        "adverse_paid_late",
        Kind.LEGAL,
        1,
        {
            "zh-hans": Words(
                "报送逾期信息之前告诉您",
                (
                    "贷款{loan}在{month_on:month}有一期是宽限期过后才还清的。这笔钱已经还清，现在不用做什么。",
                    "法律要求我们在报送之前先告诉您本人：最早在{report_from_on}，{lender}会把这个月按“逾期后已还”报送到您的信用记录。",
                    "如果这些信息不对，请告诉我们更正，也可以提出异议。投诉：{complaint_line}；免费咨询：{advice_line}。",
                ),
                "【{lender}】重要通知：最早{report_from_on:short}将报送一条还款信息。登录可查看内容、怎样提出异议。",
            ),
            "zh-hant": Words(
                "報送逾期資訊之前告訴您",
                (
                    "貸款{loan}在{month_on:month}有一期是寬限期過後才還清的。這筆錢已經還清，現在不用做什麼。",
                    "法律要求我們在報送之前先告訴您本人：最早在{report_from_on}，{lender}會把這個月按「逾期後已還」報送到您的信用記錄。",
                    "如果這些資訊不對，請告訴我們更正，也可以提出異議。投訴：{complaint_line}；免費諮詢：{advice_line}。",
                ),
                "【{lender}】重要通知：最早{report_from_on:short}將報送一條還款資訊。登入可查看內容、怎樣提出異議。",
            ),
            "en": Words(
                "Before a late payment is reported",
                (
                    "In {month_on:month}, a payment on loan {loan} came after its days of grace. It is paid, and there is nothing to do now.",
                    "The law asks us to tell you before we report it: from {report_from_on} at the earliest, {lender} reports the month as paid late to your credit record.",
                    "If something here is wrong, tell us and we correct it, or file an objection. Complaints: {complaint_line}. Free advice: {advice_line}.",
                ),
                "{lender}: important. From {report_from_on:short} a month may be reported as paid late. Sign in to read it or to object.",
            ),
        },
    ),
    Template(
        "stage_demand",
        Kind.LEGAL,
        1,
        {
            "zh-hans": Words(
                "关于贷款{loan}的书面通知",
                (
                    "贷款{loan}从{due_on}起逾期。请还清逾期的部分，或者和我们商量怎样还；也可以先还一部分，或者申请缓还。",
                    "如果到时都没有，{lender}的工作人员最早在{earliest_on}考虑是否需要法律程序。现在还没有作出任何决定。",
                    "如果情况不对，请告诉我们。投诉：{complaint_line}；免费咨询：{advice_line}。",
                ),
                "【{lender}】有一份书面通知请您查看，里面写明现在的情况和可以怎么办。请登录查看。",
            ),
            "zh-hant": Words(
                "關於貸款{loan}的書面通知",
                (
                    "貸款{loan}從{due_on}起逾期。請還清逾期的部分，或者和我們商量怎樣還；也可以先還一部分，或者申請緩還。",
                    "如果到時都沒有，{lender}的工作人員最早在{earliest_on}考慮是否需要法律程序。現在還沒有作出任何決定。",
                    "如果情況不對，請告訴我們。投訴：{complaint_line}；免費諮詢：{advice_line}。",
                ),
                "【{lender}】有一份書面通知請您查看，裡面寫明現在的情況和可以怎麼辦。請登入查看。",
            ),
            "en": Words(
                "A written notice about loan {loan}",
                (
                    "Loan {loan} has been overdue since {due_on}. Please pay what is late, or talk with us about a way to pay it; you can also pay a part, or ask for relief.",
                    "If none of that has happened, a person at {lender} looks, on {earliest_on} at the earliest, at whether legal steps are needed. Nothing is decided yet.",
                    "If something here is wrong, please tell us. Complaints: {complaint_line}. Free advice: {advice_line}.",
                ),
                "{lender}: there is a written notice for you that says how things stand and what you can do. Please sign in to read it.",
            ),
        },
    ),
    Template(
        "stage_legal",
        Kind.LEGAL,
        1,
        {
            "zh-hans": Words(
                "关于贷款{loan}的最后一封书面通知",
                (
                    "贷款{loan}从{due_on}起逾期。{lender}可能请法院处理，最早在{earliest_on}。",
                    "在那之前还款、和我们商定怎样还，或者申请调解，就不会请法院处理。",
                    "建议您找人商量：免费咨询{advice_line}；投诉{complaint_line}。",
                ),
                "【{lender}】有一份重要的书面通知请您查看，现在仍然可以协商或调解。请登录查看。",
            ),
            "zh-hant": Words(
                "關於貸款{loan}的最後一封書面通知",
                (
                    "貸款{loan}從{due_on}起逾期。{lender}可能請法院處理，最早在{earliest_on}。",
                    "在那之前還款、和我們商定怎樣還，或者申請調解，就不會請法院處理。",
                    "建議您找人商量：免費諮詢{advice_line}；投訴{complaint_line}。",
                ),
                "【{lender}】有一份重要的書面通知請您查看，現在仍然可以協商或調解。請登入查看。",
            ),
            "en": Words(
                "Before a court is asked about loan {loan}",
                (
                    "Loan {loan} has been overdue since {due_on}. {lender} may ask a court to decide, on {earliest_on} at the earliest.",
                    "Pay, agree with us on a way to pay, or ask for mediation before then, and no court is asked.",
                    "It helps to talk with somebody: free advice {advice_line}, complaints {complaint_line}.",
                ),
                "{lender}: there is an important written notice for you. Agreement and mediation are still open. Please sign in to read it.",
            ),
        },
    ),
    Template(
        "stage_entered",
        Kind.LEGAL,
        1,
        {
            "zh-hans": Words(
                "贷款{loan}进入了下一步",
                (
                    "[stage=pre_legal] 从今天起，{lender}的法律人员查看贷款{loan}，并愿意和您调解。这还不是诉讼。",
                    "[stage=legal] {lender}已经请法院处理贷款{loan}。法院会自己通知您，您可以说明情况、提出异议，也可以请法院调解。",
                    "工作人员写的理由：{words}",
                    "您仍然可以还款、先还一部分、申请缓还，或者请另一位工作人员复核。",
                    "建议您找人商量：免费咨询{advice_line}；投诉{complaint_line}。",
                ),
                "【{lender}】有一份重要的书面通知请您查看，您仍然可以还款、申请缓还或请人复核。请登录查看。",
            ),
            "zh-hant": Words(
                "貸款{loan}進入了下一步",
                (
                    "[stage=pre_legal] 從今天起，{lender}的法律人員查看貸款{loan}，並願意和您調解。這還不是訴訟。",
                    "[stage=legal] {lender}已經請法院處理貸款{loan}。法院會自己通知您，您可以說明情況、提出異議，也可以請法院調解。",
                    "工作人員寫的理由：{words}",
                    "您仍然可以還款、先還一部分、申請緩還，或者請另一位工作人員覆核。",
                    "建議您找人商量：免費諮詢{advice_line}；投訴{complaint_line}。",
                ),
                "【{lender}】有一份重要的書面通知請您查看，您仍然可以還款、申請緩還或請人覆核。請登入查看。",
            ),
            "en": Words(
                "Loan {loan}: the next step",
                (
                    "[stage=pre_legal] From today, the legal staff of {lender} look at loan {loan}, and would like to settle it with you by mediation. This is not a lawsuit.",
                    "[stage=legal] {lender} has asked a court about loan {loan}. The court will write to you itself; you can explain, object, or ask it to mediate.",
                    "The reason that our staff wrote: {words}",
                    "You can still pay, pay a part, ask for relief, or ask for another person to look at it again.",
                    "It helps to talk with somebody: free advice {advice_line}, complaints {complaint_line}.",
                ),
                "{lender}: there is an important written notice for you. You can still pay, ask for relief or for a second look. Please sign in.",
            ),
        },
    ),
    Template(
        "stage_ended",
        Kind.SERVICE,
        1,
        {
            "zh-hans": Words(
                "贷款{loan}恢复正常",
                ("贷款{loan}已经没有逾期，此前因逾期开始的步骤都已结束，{lender}不会再为此联系您。",),
                "【{lender}】逾期的部分已经还清，您的贷款恢复正常。",
            ),
            "zh-hant": Words(
                "貸款{loan}恢復正常",
                ("貸款{loan}已經沒有逾期，此前因逾期開始的步驟都已結束，{lender}不會再為此聯絡您。",),
                "【{lender}】逾期的部分已經還清，您的貸款恢復正常。",
            ),
            "en": Words(
                "Loan {loan} is on track again",
                (
                    "Nothing on loan {loan} is overdue any more. What was begun because of the delay has ended, and {lender} will not contact you about it again.",
                ),
                "{lender}: what was overdue is paid, and your loan is on track again.",
            ),
        },
    ),
    Template(
        "loan_written_off",
        Kind.LEGAL,
        1,
        {
            "zh-hans": Words(
                "贷款{loan}已在账上核销",
                (
                    "{lender}已在账上核销贷款{loan}。欠款仍然要还，但从今天起不再计利息和罚息。",
                    "还清之前，信用记录上显示为呆账。可以分次还，还清后记录随即更新。",
                    "工作人员写的理由：{words}",
                    "如果您有不同看法，请告诉我们。投诉：{complaint_line}；免费咨询：{advice_line}。",
                ),
                "【{lender}】有一份重要的书面通知请您查看：从今天起不再计利息和罚息。请登录查看。",
            ),
            "zh-hant": Words(
                "貸款{loan}已在帳上核銷",
                (
                    "{lender}已在帳上核銷貸款{loan}。欠款仍然要還，但從今天起不再計利息和罰息。",
                    "還清之前，信用記錄上顯示為呆帳。可以分次還，還清後記錄隨即更新。",
                    "工作人員寫的理由：{words}",
                    "如果您有不同看法，請告訴我們。投訴：{complaint_line}；免費諮詢：{advice_line}。",
                ),
                "【{lender}】有一份重要的書面通知請您查看：從今天起不再計利息和罰息。請登入查看。",
            ),
            "en": Words(
                "Loan {loan} is written off in our books",
                (
                    "{lender} has written loan {loan} off in its books. It is still owed, but from today no interest and no penalty interest is added.",
                    "Until it is paid, your credit record shows it as bad debt. You can pay it in parts; once it is paid, the record is brought up to date.",
                    "The reason that our staff wrote: {words}",
                    "If you see it differently, please tell us. Complaints: {complaint_line}. Free advice: {advice_line}.",
                ),
                "{lender}: there is an important written notice for you. From today no interest is added. Please sign in to read it.",
            ),
        },
    ),
    Template(
        "write_off_taken_back",
        Kind.LEGAL,
        1,
        {
            "zh-hans": Words(
                "贷款{loan}的核销已撤回",
                (
                    "{lender}核销贷款{loan}是一个错误，现已撤回。请按核销之前的还款计划继续还款。",
                    "核销期间不计罚息，信用记录上那几个月也会更正。",
                    "工作人员写的理由：{words}",
                    "如果您有不同看法，请告诉我们。投诉：{complaint_line}；免费咨询：{advice_line}。",
                ),
                "【{lender}】有一份重要的书面通知请您查看：此前的核销已撤回。请登录查看。",
            ),
            "zh-hant": Words(
                "貸款{loan}的核銷已撤回",
                (
                    "{lender}核銷貸款{loan}是一個錯誤，現已撤回。請按核銷之前的還款計劃繼續還款。",
                    "核銷期間不計罰息，信用記錄上那幾個月也會更正。",
                    "工作人員寫的理由：{words}",
                    "如果您有不同看法，請告訴我們。投訴：{complaint_line}；免費諮詢：{advice_line}。",
                ),
                "【{lender}】有一份重要的書面通知請您查看：此前的核銷已撤回。請登入查看。",
            ),
            "en": Words(
                "The write-off of loan {loan} is taken back",
                (
                    "Writing loan {loan} off was a mistake of {lender}, and is taken back. Please go on paying by the schedule of before.",
                    "No penalty interest is charged for the time between, and the months in your credit record are corrected.",
                    "The reason that our staff wrote: {words}",
                    "If you see it differently, please tell us. Complaints: {complaint_line}. Free advice: {advice_line}.",
                ),
                "{lender}: there is an important written notice for you. A write-off is taken back. Please sign in to read it.",
            ),
        },
    ),
)
