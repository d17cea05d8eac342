"""`make bench`: the benchmarks, in databases of their own on the demo's servers, whose disk settings are real."""

import os
import sys

from portal.local.environment import portal_environment
from portal.local.processes import main, run
from portal.local.servers import servers
from portal.local.state import default_state


def bench(arguments: list[str]) -> int:
    state = default_state()
    with servers(state) as addresses:
        env = os.environ | portal_environment(state) | addresses
        return run([sys.executable, "-m", "bench", *arguments], env=env)


if __name__ == "__main__":
    main(bench)
