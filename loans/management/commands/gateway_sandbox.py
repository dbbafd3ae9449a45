"""`manage.py gateway_sandbox`: a payment gateway to try ours against; see `docs/payments.md`."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config import clock
from loans.gateways.configured import keys_for, seconds
from loans.gateways.sandbox import CALM, WORST, Sandbox
from loans.gateways.sandbox_server import serve

DEFAULT_PORT = 8099


class Command(BaseCommand):
    help = (
        "Serves a payment gateway on this machine that moves no money. With --worst it loses, delays, repeats, "
        "reorders and fails by a plan that the seed decides. Needs LEEWAY_DEMO=on."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--lender", metavar="CODE", required=True, help="whose gateway it is")
        parser.add_argument("--callback", metavar="URL", required=True, help="where it reports to")
        parser.add_argument("--port", type=int, default=DEFAULT_PORT)
        parser.add_argument("--seed", type=int, default=0)
        parser.add_argument("--worst", action="store_true", help="misbehave")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("The sandbox runs only with LEEWAY_DEMO=on: it speaks http and moves no money.")
        keys = keys_for(options["lender"])
        if not keys:
            raise CommandError(f"LEEWAY_GATEWAY_KEYS has no key for {options['lender']!r}.")
        sandbox = Sandbox(options["seed"], WORST if options["worst"] else CALM, lambda: clock.now().date())
        server = serve(sandbox, keys=keys, callback=options["callback"], port=options["port"], now=seconds)
        self.stdout.write(f"Listening at http://127.0.0.1:{server.server_port}, until Ctrl-C.")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            self.stdout.write("Stopped.")
