"""One run of the tests: the folder its processes share, and what is put away at its end. Imported before `goalsite`."""

import atexit
import os
import shutil
import signal
import sys
import tempfile
from pathlib import Path

_STARTED_HERE = "TEST_RUN_FOLDER" not in os.environ

if _STARTED_HERE:
    # The settings and the instance folder of the site that may live here are none of the tests' business.
    for _name in [name for name in os.environ if name.startswith("GOALSITE_")]:
        if _name not in ("GOALSITE_CHROMIUM", "GOALSITE_REQUIRE_BROWSER"):
            del os.environ[_name]
    # In memory where there is room: making the 500 files of a PostgreSQL database takes a disk half a second.
    # Never in TMPDIR: a socket's path has to be short, and its folder open to the user PostgreSQL runs as.
    _memory = Path("/dev/shm")
    _roomy = _memory.is_dir() and os.access(_memory, os.W_OK) and shutil.disk_usage(_memory).free > 4 * 2**30
    os.environ["TEST_RUN_FOLDER"] = tempfile.mkdtemp(prefix="goalsite-", dir=_memory if _roomy else "/tmp")
    os.environ["GOALSITE_INSTANCE"] = os.environ["TEST_RUN_FOLDER"] + "/instance"
    # Ended by a signal, the run still puts everything away, as it does on Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)

FOLDER = Path(os.environ["TEST_RUN_FOLDER"])
FOLDER.chmod(0o711)


def _finish(process: int) -> None:
    """Puts the run's databases away, in the process that all others were started by."""
    if os.getpid() == process:
        databases = sys.modules.get("tests.databases")
        if databases:
            databases.clear()
        shutil.rmtree(FOLDER)


if _STARTED_HERE:
    # At the process's end rather than pytest's: a test module that cannot be imported leaves nothing behind either.
    atexit.register(_finish, os.getpid())
