"""Every event a lender can tell a borrower about, with its words."""

from types import MappingProxyType

from accounts.notices.template import FactsMissing, Template
from accounts.notices.texts import bill_payments, bills, collection, limits, payments, refunds, reminders

LANGUAGES = ("zh-hans", "zh-hant", "en")
TEMPLATES: MappingProxyType[str, Template] = MappingProxyType(
    {
        template.event: template
        for family in (reminders, bills, bill_payments, payments, refunds, limits, collection)
        for template in family.TEMPLATES
    }
)


def template_of(event: str) -> Template:
    """The words of `event`; raises `FactsMissing` for one that has none."""
    if event not in TEMPLATES:
        raise FactsMissing(event)
    return TEMPLATES[event]
