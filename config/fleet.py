"""The fleet: workers on any number of machines that share periodic work and the parts of a close.

Imported only where LEEWAY_FLEET is on. Every minute one of them looks what is due and hands it
out, lender by lender; while the close of a lender has parts to do, others are asked to help.

The queue is only the messenger. It may deliver something twice, late, or lose it with a worker
that dies: what is done once is kept by the rows of `ScheduledRun` and of the chunks of a close,
and what nobody has done a minute later is handed out again.
"""

from contextlib import suppress
from datetime import date

from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.jobs import Status

from accounts.models import Lender
from config.periodic import due, run_due
from loans.services.closing_day import help_close

MOST_HELPERS = 16
DAYS_KEPT = 7  # of what failed; what went well is forgotten at once
SILENT_SECONDS = 60  # after which a worker is taken for dead; it says every ten that it lives
HOURS = 24


class WorkFailed(Exception):
    """A piece of periodic work went wrong; the log of the worker says more."""


@app.periodic(cron="* * * * *")
@app.task(name="look", queueing_lock="look")
def look(timestamp: int) -> None:
    """Hand out what is due, each piece once while it waits."""
    for work in due():
        with suppress(AlreadyEnqueued):
            run.configure(queueing_lock=work.name).defer(name=work.name)


@app.task(name="run")
def run(name: str) -> None:
    """Do one piece of periodic work, if it still is due and nobody does it."""
    mine = [work for work in due() if work.name == name]
    for ran in run_due(mine):
        if ran.error:
            raise WorkFailed(f"{ran.name}: {ran.error}")


@app.task(name="help")
def help_with(lender: str, day: str, step: str) -> None:
    """Do parts of a step of a close that runs, until none is left that nobody does."""
    help_close(lender=Lender.objects.get(code=lender), day=date.fromisoformat(day), step=step)


def call_helpers(lender: Lender, day: date, step: str, parts: int) -> None:
    """Ask as many workers for help as there are parts beside the first; whoever comes late finds nothing to do."""
    for _ in range(min(parts - 1, MOST_HELPERS)):
        help_with.defer(lender=lender.code, day=day.isoformat(), step=step)


@app.periodic(cron="* * * * *")
@app.task(name="tidy", queueing_lock="tidy")
async def tidy(timestamp: int) -> None:
    """Forget what workers had when they died, since it is handed out again, and what failed long ago."""
    jobs = app.job_manager
    for job in await jobs.get_stalled_jobs(seconds_since_heartbeat=SILENT_SECONDS):
        await jobs.finish_job(job, status=Status.FAILED, delete_job=True)
    await jobs.delete_old_jobs(
        nb_hours=DAYS_KEPT * HOURS, include_failed=True, include_cancelled=True, include_aborted=True
    )
