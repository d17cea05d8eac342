"""`make reset`: forget the demo's data."""

import shutil

from portal.local import postgres
from portal.local.processes import main
from portal.local.state import default_state


def reset(_arguments: list[str]) -> int:
    state = default_state()
    in_use = "the demo, or a command on its database, is running: stop it first (Ctrl-C)"
    with state.locked("demo", otherwise=in_use), state.locked("servers", otherwise=in_use):
        postgres.forget(state)
        shutil.rmtree(state.folder)
    print("The demo's data are gone; `make demo` begins anew.")
    return 0


if __name__ == "__main__":
    main(reset)
