"""`manage.py income`: see `docs/books.md`."""

from loans.management.report_command import ReportCommand


class Command(ReportCommand):
    help = "Prints what a lender earned in the twelve months up to a day, by month and kind, as it was posted."
    report = "income"
