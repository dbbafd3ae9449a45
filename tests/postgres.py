"""A throw-away PostgreSQL for a command: `python -m tests.postgres make-something ...`.

Starts a private cluster from the server binaries of this machine (as `nobody` when run by
root, since the server refuses root), on a socket in a temporary folder, without fsync;
sets DATABASE_URL, runs the command, and removes everything. With DATABASE_URL already set
it only runs the command.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

OWNER = "nobody" if os.name == "posix" and os.geteuid() == 0 else None


def binaries() -> Path | None:
    """The newest folder that holds `initdb` and `pg_ctl`, or None."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).parent
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    return max(found, key=lambda folder: int(folder.parent.name), default=None)


def _run(command: Sequence[str | Path], folder: Path) -> None:
    subprocess.run(
        [str(part) for part in command],
        check=True,
        user=OWNER,
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
    )


@contextmanager
def cluster(bin_folder: Path) -> Iterator[str]:
    """A running cluster; yields its DATABASE_URL."""
    folder = Path(tempfile.mkdtemp(prefix="leeway-pg-"))
    if OWNER:
        shutil.chown(folder, OWNER)
    data = folder / "data"
    options = f"-k {folder} -c listen_addresses= -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
    try:
        _run([bin_folder / "initdb", "-D", data, "-U", "leeway", "-A", "trust", "-E", "UTF8", "--no-sync"], folder)
        _run([bin_folder / "pg_ctl", "-D", data, "-w", "-o", options, "-l", folder / "log", "start"], folder)
        try:
            yield f"postgresql://leeway@/postgres?host={folder}"
        finally:
            _run([bin_folder / "pg_ctl", "-D", data, "-m", "immediate", "stop"], folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main(command: list[str]) -> int:
    if os.environ.get("DATABASE_URL"):
        return subprocess.run(command, check=False).returncode
    bin_folder = binaries()
    if bin_folder is None:
        print("No PostgreSQL server was found on this machine, and DATABASE_URL is not set.", file=sys.stderr)
        return 3
    with cluster(bin_folder) as url:
        return subprocess.run(command, check=False, env={**os.environ, "DATABASE_URL": url}).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
