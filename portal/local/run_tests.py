"""`make test`: pytest with servers that live as long as the tests and never wait for a disk."""

import os
import sys
import tempfile
from pathlib import Path

from portal.local import messages
from portal.local.processes import main, run
from portal.local.servers import servers
from portal.local.state import State

WHOLE_SUITE = ["-m", "not slow"]  # `make test` without ARGS
_TWO_PROCESSES = ["-n", "2", "--dist", "loadfile"]  # each makes a database of its own: too dear for a few tests


def run_tests(arguments: list[str]) -> int:
    if run([sys.executable, "-m", "portal.local.frontend"], env=os.environ):
        return 1
    messages.compile_all()
    with tempfile.TemporaryDirectory(prefix="ansim-test-") as folder:
        Path(folder).chmod(0o711)  # PostgreSQL may run as another user than we
        Path(folder, "static").mkdir()
        with servers(State(Path(folder)), throw_away=True) as addresses:
            env = os.environ | addresses | {"STATE_DIR": folder}
            processes = _TWO_PROCESSES if arguments == WHOLE_SUITE and (os.cpu_count() or 1) > 1 else []
            return run([sys.executable, "-m", "pytest", *processes, *arguments], env=env)


if __name__ == "__main__":
    main(run_tests)
