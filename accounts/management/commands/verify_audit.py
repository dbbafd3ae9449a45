"""Check the audit chain of every lender."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts import audit, chain
from accounts.models import AuditEntry, AuditHead, Lender
from accounts.per_lender import lenders_of


class Command(BaseCommand):
    help = "Recomputes every audit chain from its first entry. Exit 1 where an entry was changed, removed or moved."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--lender", metavar="CODE", help="only this lender")

    def handle(self, *args: Any, lender: str | None = None, **options: Any) -> None:
        lenders = lenders_of(lender)
        broken = [one.code for one in lenders if not self.holds(one)]
        if broken:
            raise CommandError(f"The audit chain is broken at: {', '.join(broken)}.")

    def holds(self, lender: Lender) -> bool:
        first = audit.first_break(lender)
        if first is not None:
            self.stdout.write(f"{lender.code}: broken at entry {first}")
            return False
        head = AuditHead.objects.filter(lender=lender).first()
        if head is None:
            self.stdout.write(f"{lender.code}: 0 entries, whole")
            return True
        last = AuditEntry.objects.filter(lender=lender).order_by("-number").values_list("hash", flat=True).first()
        if head.hash != (last or chain.START):
            # The last entry was rewritten together with its own hash; only the head can tell.
            self.stdout.write(f"{lender.code}: broken at entry {head.number}")
            return False
        self.stdout.write(f"{lender.code}: {head.number} entries, end {head.hash[:12]}, whole")
        return True
