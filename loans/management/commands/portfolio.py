"""`manage.py portfolio`: see `docs/books.md`."""

from loans.management.report_command import ReportCommand


class Command(ReportCommand):
    help = "Prints the loans and monthly bills of a lender by product at the end of a day: how many run, what is left."
    report = "portfolio"
