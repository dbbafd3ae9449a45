"""What closing a service does, in sentences: shown, agreed to and kept word for word."""

from django.utils import translation
from django.utils.translation import gettext as _

from accounts.wording import is_english, weekday_text
from credit.selectors.consents import title_of
from loans.selectors.leaving import ClosingPage


def effects(page: ClosingPage, language: str) -> list[str]:
    """The effects for this person at this lender, if they ask today."""
    with translation.override(language):
        lender = page.lender.name_in(language)
        between = ", " if is_english(language) else "、"
        said = [
            _("Until %(day)s, 24:00, you can take this back with one click. Nothing can be drawn meanwhile.")
            % {"day": weekday_text(page.undo_until_on, language)},
        ]
        if page.limits:
            numbers = between.join(limit.number for limit in page.limits)
            said.append(_("After that your limit ends: %(numbers)s.") % {"numbers": numbers})
        said.append(
            _("If you want to borrow from %(lender)s again, you apply anew and are assessed anew.") % {"lender": lender}
        )
        if page.consents:
            titles = between.join(title_of(one.purpose, one.named) for one in page.consents)
            said.append(
                _("Your consents to %(lender)s are taken back: %(titles)s.") % {"lender": lender, "titles": titles}
            )
        said += [
            _("Your credit record stays as it is. Closing leaves no mark in it."),
            _("Settlement certificates and letters stay here for you, and what the law wants kept is kept."),
        ]
        return said


def effects_text(page: ClosingPage, language: str) -> str:
    """The same as one text, as it is kept."""
    return "\n".join(effects(page, language))
