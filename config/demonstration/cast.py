"""Who lives in the demonstration: made-up people, each with a life worth looking at.

Every e-mail address ends in `.invalid`, so nothing can ever be sent to them; all have the
same password, which the front page says. The first borrowers are told by hand, the others
are drawn from a fixed seed.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import Lender, User
from accounts.roles import Role

DOMAIN = "@demo.invalid"


@dataclass(frozen=True, slots=True)
class Person:
    """One of the cast: `key` is the local part of the address."""

    key: str
    name: str
    name_latin: str
    story: Any
    language: str = "zh-hans"

    @property
    def email(self) -> str:
        return f"{self.key}{DOMAIN}"


@dataclass(frozen=True, slots=True)
class Post:
    """A member of staff: one role at one lender."""

    person: Person
    lender: str
    role: Role
    handle: str


BORROWERS: tuple[Person, ...] = (
    Person(
        "xiaoyu",
        "王晓雨",
        "Wang Xiaoyu",
        _("Ill for three months, asked in time: on arrangement now, with a second lender beside it."),
    ),
    Person(
        "zhanglei",
        "张磊",
        "Zhang Lei",
        _("Asked after falling behind: the earlier late days stay on record, then the arrangement."),
    ),
    Person(
        "liqiang",
        "李强",
        "Li Qiang",
        _("Forgot an instalment and paid within the days of grace: no mark. Has a limit besides."),
    ),
    Person(
        "chenjing",
        "陈静",
        "Chen Jing",
        _("Paid off a loan early, interest only to the day; pays a monthly bill now, a part of it in instalments."),
    ),
    Person("liuyang", "刘洋", "Liu Yang", _("Two lenders; one is deciding on a request, the other does not know.")),
    Person(
        "zhaomin",
        "赵敏",
        "Zhao Min",
        _("A thin file: the first loan was opened last month, and an application waits for a person."),
    ),
    Person("wufang", "吴芳", "Wu Fang", _("An offer is waiting for her decision.")),
    Person("sunli", "孙丽", "Sun Li", _("Overdue, and has not asked for anything yet.")),
    Person("zhengkai", "郑凯", "Zheng Kai", _("Asked, and was not approved; the letter says why.")),
    Person("qianfeng", "钱枫", "Qian Feng", _("In the days of grace today.")),
    Person("linyue", "林悦", "Lin Yue", _("The pause is over and payments have resumed.")),
    Person("emma", "Emma Clarke", "Emma Clarke", _("Reads English; her request is in the queue."), "en"),
    Person("zhiming", "黃志明", "Huang Zhiming", _("Reads traditional Chinese; pays equal principal."), "zh-hant"),
    Person("zhoutao", "周涛", "Zhou Tao", _("Withdrew a request; no mark is left.")),
    Person("hanmei", "韩梅", "Han Mei", _("Paid to the end; the loan is settled.")),
    Person(
        "hejun",
        "何军",
        "He Jun",
        _("Not heard of for half a year: written off. Pays a little again and owes the rest."),
    ),
)

STAFF: tuple[Post, ...] = (
    Post(Person("lina", "李娜", "Li Na", _("Decides requests.")), "qinghe", Role.REVIEWER, "A-07"),
    Post(Person("chenwei", "陈伟", "Chen Wei", _("Decides requests.")), "qinghe", Role.REVIEWER, "A-08"),
    Post(
        Person("hejing", "何静", "He Jing", _("Decides above a reviewer's limit.")),
        "qinghe",
        Role.SENIOR_REVIEWER,
        "A-02",
    ),
    Post(Person("tangxin", "唐欣", "Tang Xin", _("Will look at appeals.")), "qinghe", Role.APPEAL_REVIEWER, "A-03"),
    Post(
        Person("gaoyuan", "高远", "Gao Yuan", _("Watches the queue and its promises.")),
        "qinghe",
        Role.SUPERVISOR,
        "A-01",
    ),
    Post(Person("shenqian", "沈倩", "Shen Qian", _("Takes requests in.")), "qinghe", Role.INTAKE, "A-11"),
    Post(Person("luofu", "罗福", "Luo Fu", _("Looks after loans and payments.")), "qinghe", Role.SERVICING, "A-12"),
    Post(
        Person("liangyu", "梁宇", "Liang Yu", _("Collects; sees holds, never a request.")),
        "qinghe",
        Role.COLLECTIONS,
        "A-13",
    ),
    Post(Person("fengce", "冯策", "Feng Ce", _("Writes the policy.")), "qinghe", Role.POLICY_AUTHOR, "A-21"),
    Post(Person("dongbo", "董博", "Dong Bo", _("Publishes the policy.")), "qinghe", Role.POLICY_PUBLISHER, "A-22"),
    Post(Person("songshi", "宋诗", "Song Shi", _("Will declare events.")), "qinghe", Role.EVENT_OFFICER, "A-23"),
    Post(Person("yeji", "叶霁", "Ye Ji", _("Reads everything, changes nothing.")), "qinghe", Role.AUDITOR, "A-31"),
    Post(
        Person("malan", "马岚", "Ma Lan", _("Decides requests at the other lender.")), "jiangpan", Role.REVIEWER, "B-07"
    ),
    Post(
        Person("xufu", "徐服", "Xu Fu", _("Looks after loans at the other lender.")), "jiangpan", Role.SERVICING, "B-12"
    ),
    Post(Person("panji", "潘济", "Pan Ji", _("Audits the other lender.")), "jiangpan", Role.AUDITOR, "B-31"),
)


@dataclass(frozen=True, slots=True)
class Door:
    """One entrance of the front page."""

    email: str
    name: str
    story: Any
    role: Any = ""
    lender: Any = None


@dataclass(frozen=True, slots=True)
class Doors:
    borrowers: tuple[Door, ...]
    staff: tuple[Door, ...]
    others: tuple[Door, ...]


def doors() -> Doors:
    """Everybody one can be; only those who have been made. Two queries."""
    people = User.objects.filter(email__endswith=DOMAIN).order_by("pk")
    made: dict[Any, str] = dict(people.values_list("email", "name"))
    lenders = {lender.code: lender for lender in Lender.objects.all()}
    told = {person.email for person in BORROWERS} | {post.person.email for post in STAFF}
    return Doors(
        borrowers=tuple(Door(p.email, p.name, p.story) for p in BORROWERS if p.email in made),
        staff=tuple(
            Door(post.person.email, post.person.name, post.person.story, post.role.label, lenders[post.lender])
            for post in STAFF
            if post.person.email in made
        ),
        others=tuple(Door(email, name, "") for email, name in made.items() if email not in told),
    )
