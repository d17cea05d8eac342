"""`python -m bench.inside module.function '{"argument": 1}'`: one task in a Django process; its answer as JSON."""

import importlib
import json
import sys

import django


def main() -> None:
    module, _dot, name = sys.argv[1].rpartition(".")
    django.setup()
    answer = getattr(importlib.import_module(module), name)(**json.loads(sys.argv[2]))
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
