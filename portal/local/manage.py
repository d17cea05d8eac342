"""`make manage ARGS="…"`: a management command on the demo's database, whether or not the demo runs."""

import os
import sys

from portal.local.environment import portal_environment
from portal.local.processes import main, run
from portal.local.servers import servers
from portal.local.state import default_state


def manage(arguments: list[str]) -> int:
    state = default_state()
    with servers(state) as addresses:
        # The person at this keyboard owns the database: migrate, load and retention need its owner.
        env = os.environ | portal_environment(state) | addresses | {"AS_DATABASE_OWNER": "1", "PROCESS_NAME": "manage"}
        return run([sys.executable, "manage.py", *arguments], env=env)


if __name__ == "__main__":
    main(manage)
