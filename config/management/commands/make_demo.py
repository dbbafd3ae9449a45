"""`manage.py make_demo`: fill an empty database with the demonstration."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from accounts.models import Lender, User
from accounts.reauthentication import DEMO_PASSWORD
from config.demonstration import cast
from config.demonstration.build import build


class Command(BaseCommand):
    help = "Fills an empty database with two lenders, their staff and about sixty borrowers. Needs LEEWAY_DEMO=on."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="Do nothing if anybody is there already.")
        parser.add_argument("--people", action="store_true", help="Only say who can sign in, and with what password.")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("The demonstration is made only with LEEWAY_DEMO=on.")
        if options["people"]:
            self._people()
            return
        if User.objects.exists() or Lender.objects.exists():
            if options["if_empty"]:
                return
            raise CommandError("The database is not empty; `make demo-reset` starts over.")
        with transaction.atomic():
            stage = build(lambda month: self.stdout.write(f"  {month}", ending="\r") if self.stdout.isatty() else None)
        self.stdout.write(
            f"Made {len(stage.lenders)} lenders, {len(stage.staff)} staff, {len(stage.borrowers)} borrowers, "
            f"{len(stage.loans)} loans and {len(stage.requests)} requests, as of {stage.today}."
        )

    def _people(self) -> None:
        self.stdout.write(f"Password of everybody: {DEMO_PASSWORD}")
        for door in (*cast.doors().borrowers[:3], *cast.doors().staff[:1]):
            self.stdout.write(f"  {door.email}  {door.name}")
        self.stdout.write("  and everybody else on the first page")
