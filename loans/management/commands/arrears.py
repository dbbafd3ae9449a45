"""`manage.py arrears`: see `docs/books.md`."""

from loans.management.report_command import ReportCommand


class Command(ReportCommand):
    help = "Prints the running loans of a lender by days past due at the end of a day, and the shares at risk."
    report = "arrears"
