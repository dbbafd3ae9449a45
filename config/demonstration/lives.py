"""The lives: some told by hand, the others drawn from a fixed seed."""

import random
from datetime import date, timedelta
from functools import partial

from config.demonstration import applying, collecting, consents, leaving, money, monthly
from config.demonstration.stage import Stage
from deferrals.models.request import Ground
from loans.engine.calendar import add_months
from loans.models.application import Use

SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕施张孔曹严华金魏陶姜谢邹喻苏潘葛范彭鲁马方俞任袁柳唐薛雷贺"
GIVEN = (
    "子涵",
    "浩然",
    "思远",
    "雨桐",
    "佳怡",
    "俊杰",
    "欣然",
    "明轩",
    "诗琪",
    "文博",
    "若曦",
    "志强",
    "海燕",
    "建国",
    "秀兰",
    "丽华",
    "晓东",
    "春梅",
    "国栋",
    "玉婷",
)
GROUNDS = (
    Ground.JOB_LOSS,
    Ground.INCOME_DROP,
    Ground.ILLNESS,
    Ground.BUSINESS,
    Ground.FAMILY_EVENT,
    Ground.SEPARATION,
    Ground.DISASTER,
    Ground.STUDY,
    Ground.OTHER,
)
WORDS = (
    "工厂这两个月停产。",
    "住院手术，恢复中。",
    "换工作，下个月入职。",
    "",
    "店里生意淡，旺季能恢复。",
    "",
    "照顾家人，收入少了一半。",
)


def told(stage: Stage) -> None:
    """Those whose stories stand on the front page."""
    _accepted(stage)
    _waiting(stage)
    _ended(stage)
    _never_asked(stage)
    _consenting(stage)
    _leaving(stage)
    _applying(stage)
    _billed_monthly(stage)
    money.tell(stage)


def _accepted(stage: Stage) -> None:
    """On arrangement in time, on arrangement too late, and one whose pause is over."""
    ago, well = stage.ago, "资料清楚，停几期之后可以恢复还款。"

    stage.lend("xiaoyu-q", "xiaoyu", "cash", yuan=12_000, count=12, on=ago(5, 15))
    stage.lend("xiaoyu-j", "xiaoyu", "micro", yuan=5_000, count=10, on=ago(6, 20))
    stage.ask("xiaoyu", "xiaoyu-q", on=ago(1, 8), count=3, ground=Ground.ILLNESS, words="住院，医生说要休养三个月。")
    stage.approve("xiaoyu", on=ago(1, 11), by="lina", words=well)
    stage.accept("xiaoyu", on=ago(1, 12))

    stage.lend("zhanglei", "zhanglei", "cash", yuan=20_000, count=18, on=ago(5, 10), unpaid_from=4)
    stage.on(ago(1, 14), stage.warn)  # grace ran out the day before
    stage.ask("zhanglei", "zhanglei", on=ago(1, 14), count=3, ground=Ground.JOB_LOSS, words="公司裁员。")
    stage.approve("zhanglei", on=ago(1, 17), by="chenwei", words=well)
    stage.accept("zhanglei", on=ago(1, 19))

    stage.lend("linyue", "linyue", "cash", yuan=13_000, count=12, on=ago(9, 18))
    stage.ask("linyue", "linyue", on=ago(5, 6), count=2, ground=Ground.FAMILY_EVENT)
    stage.approve("linyue", on=ago(5, 9), by="lina", words=well)
    stage.accept("linyue", on=ago(5, 10))


def _waiting(stage: Stage) -> None:
    """Whose move is ours, and whose move is the borrower's."""
    today, ago, days = stage.today, stage.ago, timedelta

    stage.lend("liuyang-q", "liuyang", "cash", yuan=10_000, count=12, on=ago(6, 24))
    stage.lend("liuyang-j", "liuyang", "micro", yuan=8_000, count=20, on=ago(7, 16))
    stage.ask(
        "liuyang",
        "liuyang-q",
        on=today - days(3),
        count=2,
        ground=Ground.INCOME_DROP,
        yuan=300,
        words="这两个月订单少。",
    )

    stage.lend("wufang", "wufang", "cash", yuan=9_000, count=12, on=_due_in(today, 4, 6))
    stage.ask("wufang", "wufang", on=today - days(6), count=3, ground=Ground.BEREAVEMENT)
    stage.approve("wufang", on=today - days(2), by="lina", words="请节哀。停三期之后，每期略有增加。")

    stage.lend("emma", "emma", "cash", yuan=16_000, count=12, on=_due_in(today, 7, 4))
    stage.ask(
        "emma",
        "emma",
        on=today - days(1),
        count=2,
        ground=Ground.STUDY,
        yuan=400,
        words="My scholarship arrives in two months.",
    )


def _ended(stage: Stage) -> None:
    """Not approved, and withdrawn."""
    today, ago, days = stage.today, stage.ago, timedelta

    stage.lend("zhengkai", "zhengkai", "cash", yuan=6_000, count=12, on=_due_in(today, 9, 5))
    stage.ask("zhengkai", "zhengkai", on=today - days(9), count=3, ground=Ground.OTHER, yuan=1_200)
    stage.deny(
        "zhengkai",
        on=today - days(5),
        by="chenwei",
        reason="R05",
        words="按您填写的数额，现在可以按期还款。情况有变，随时再申请。",
    )

    stage.lend("zhoutao", "zhoutao", "cash", yuan=5_000, count=12, on=ago(7, 26))
    stage.ask("zhoutao", "zhoutao", on=today - days(20), count=1, ground=Ground.UNSAID)
    stage.withdraw("zhoutao", on=today - days(18))


def _never_asked(stage: Stage) -> None:
    """Loans as they go: in time, within grace, overdue, paid off."""
    today, ago, days = stage.today, stage.ago, timedelta

    stage.lend("liqiang", "liqiang", "cash", yuan=8_000, count=12, on=ago(8, 6), late={7: 2})

    stage.lend("chenjing", "chenjing", "cash", yuan=15_000, count=12, on=ago(9, 12))
    stage.settle("chenjing", on=ago(2, 20))

    stage.lend("zhaomin", "zhaomin", "micro", yuan=3_000, count=5, on=today - days(33))

    stage.lend("sunli", "sunli", "cash", yuan=11_000, count=12, on=add_months(today - days(16), -5), unpaid_from=5)

    stage.lend("qianfeng", "qianfeng", "cash", yuan=7_500, count=12, on=add_months(today - days(2), -4), unpaid_from=4)

    stage.lend("zhiming", "zhiming", "micro", yuan=6_000, count=10, on=ago(4, 22))

    stage.lend("hanmei", "hanmei", "cash", yuan=4_000, count=6, on=ago(8, 9))

    stage.lend("hejun", "hejun", "cash", yuan=9_000, count=12, on=ago(14, 12), unpaid_from=3)
    collecting.never_paid(stage, "hejun", unpaid_since=ago(11, 12))


def _consenting(stage: Stage) -> None:
    """Who lets one lender see another, who thinks again, and who is asked about without a consent."""
    ago, jiangpan = stage.ago, stage.lenders["jiangpan"]
    stage.person("liuyang", "qinghe", partial(consents.allow, purpose="sharing", named=jiangpan), on=ago(4, 3))
    stage.person("liuyang", "qinghe", consents.thought_again, on=ago(3, 9))
    stage.person("chenjing", "jiangpan", consents.asked_by_nobody, on=ago(1, 5))


def _leaving(stage: Stage) -> None:
    """Who has the paper of a loan paid off, and who has asked to close and may still think again."""
    stage.on(stage.ago(2, 21), lambda: leaving.certify(stage.loans["chenjing"]))
    stage.person("hanmei", "qinghe", leaving.leave, on=stage.today - timedelta(days=2))


def _applying(stage: Stage) -> None:
    """Who has a limit, and whose application waits for a person."""
    days, jiangpan = timedelta, stage.lenders["jiangpan"]
    stage.person(
        "liqiang",
        "qinghe",
        partial(applying.apply, product="cash", yuan=6_000, income_yuan=9_000, use=Use.HOME, words="想换一台洗衣机。"),
        on=stage.today - days(12),
    )
    stage.person(
        "zhaomin", "qinghe", partial(consents.allow, purpose="sharing", named=jiangpan), on=stage.today - days(4)
    )
    stage.person(
        "zhaomin",
        "qinghe",
        partial(
            applying.apply, product="cash", yuan=8_000, income_yuan=7_500, use=Use.EDUCATION, words="报名考会计证。"
        ),
        on=stage.today - days(3),
    )
    stage.person(
        "zhaomin",
        "qinghe",
        partial(applying.explain, words="去年七月毕业，在一家书店做店员，每月十五号发工资。"),
        on=stage.today - days(2),
    )


def _billed_monthly(stage: Stage) -> None:
    """Somebody who buys on a monthly bill: paid in full, then a part in instalments, then the minimum only."""

    def at(months: int, day: int, deed: monthly.Deed) -> None:
        stage.person("chenjing", "qinghe", deed, on=stage.ago(months, day))

    at(5, 3, partial(applying.apply, product="monthly", yuan=8_000, income_yuan=16_000, use=Use.HOME))
    approved = partial(
        applying.approve,
        reviewer=stage.staff["lina"],
        statement="在设计院工作，收入稳定。",
        words="收支宽裕，记录良好。",
    )
    at(5, 3, approved)
    at(5, 4, monthly.open_it)
    for months, day, merchant, yuan in (
        (5, 9, "绿叶超市", 268), (5, 21, "清风书店", 132), (4, 6, "绿叶超市", 315), (4, 18, "小满家电", 2_400),
        (3, 11, "绿叶超市", 290), (3, 25, "城南眼镜", 860), (2, 14, "绿叶超市", 342), (1, 8, "绿叶超市", 305),
        (1, 19, "清风书店", 96), (0, 6, "绿叶超市", 278),
    ):  # fmt: skip
        at(months, day, monthly.buy(merchant, yuan))
    at(3, 4, monthly.split(2_400, 6))
    for months, day, whole in ((4, 9, True), (2, 9, False), (1, 10, True), (0, 10, False)):
        at(months, day, monthly.pay(whole=whole))
    at(3, 10, monthly.pay(whole=False))


def drawn(stage: Stage, names: list[str]) -> None:
    """Ordinary lives, in the order of `names`: most pay on time, some late, some ask."""
    dice = random.Random(20260508)  # noqa: S311  (a fixed story, not a secret)
    for number, who in enumerate(names):
        if number % 5 == 0:
            _asks(stage, who, dice)
        else:
            _pays(stage, who, dice)


def _pays(stage: Stage, who: str, dice: random.Random) -> None:
    product = dice.choice(("cash", "cash", "cash", "micro"))
    opened = stage.today - timedelta(days=dice.randrange(70, 430))
    stage.lend(
        f"{who}-loan",
        who,
        product,
        yuan=dice.randrange(30, 300) * 100,
        count=dice.choice((6, 12, 12, 18, 24)) if product == "cash" else dice.choice((5, 10, 20)),
        on=opened.replace(day=min(opened.day, 28)),
        late={dice.randrange(1, 8): dice.choice((1, 2, 6, 14, 35)) for _ in range(dice.choice((0, 0, 0, 1, 2)))},
        unpaid_from=dice.choice((10_000,) * 9 + (dice.randrange(3, 9),)),
    )


def _asks(stage: Stage, who: str, dice: random.Random) -> None:
    key = f"{who}-loan"
    on = _due_in(stage.today, dice.randrange(2, 20), dice.randrange(4, 9))
    stage.lend(key, who, "cash", yuan=dice.randrange(30, 300) * 100, count=18, on=on)
    stage.ask(
        key,
        key,
        on=stage.today - timedelta(days=dice.choice((0, 1, 2, 3, 4, 6, 9, 12))),
        count=dice.randrange(1, 4),
        ground=dice.choice(GROUNDS),
        yuan=dice.randrange(0, 6) * 100,
        words=dice.choice(WORDS),
    )


def names(count: int) -> list[str]:
    """`count` made-up Chinese names, no two the same."""
    dice = random.Random(20260115)  # noqa: S311
    found: dict[str, None] = {}
    while len(found) < count:
        found[dice.choice(SURNAMES) + dice.choice(GIVEN)] = None
    return list(found)


def _due_in(today: date, days: int, months_old: int) -> date:
    """A day of disbursement `months_old` months and some days ago, so that the next due date is `days` ahead."""
    return add_months(today + timedelta(days=days), -months_old)
