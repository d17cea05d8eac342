"""`make bench [ONLY="name …"]`: run the benchmarks, print a table, write results/latest.json."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

from bench import acts, escort, files, intake, ledger, pages
from bench.databases import LARGE, Databases
from bench.harness import Result, heading, line, machine, write

# Each gives one or more results; ONLY may name any of them.
GROUPS: dict[Callable[[Databases], list[Result]], tuple[str, ...]] = {
    intake.intake_vs_bare_insert: ("intake_vs_bare_insert",),
    intake.intake_statements: ("intake_statements",),
    pages.queue_vs_bare_list: ("queue_vs_bare_list",),
    pages.queue_growth: ("queue_growth_10k_1m",),
    pages.dashboard_growth: ("dashboard_growth_10k_1m",),
    acts.asof_count: ("asof_count_1m_seconds",),
    pages.home_bytes: ("home_bytes",),
    pages.home_vs_bare_view: ("home_vs_bare_view",),
    files.export: ("export_200k_seconds", "export_200k_peak_mb"),
    files.import_file: ("import_preview_10k_seconds", "import_10k_seconds"),
    acts.select_next_100: ("select_next_100_seconds",),
    acts.outbox: ("outbox_messages_per_second",),
    ledger.report: ("report_figures_1m_seconds", "report_files_seconds"),
    ledger.execution_growth: ("execution_growth_10k_1m",),
    ledger.posting: ("posting_vs_bare_update",),
    escort.dispatch: ("dispatch_200x60_seconds", "dispatch_within_3h_vs_greedy"),
    escort.booking: ("booking_vs_bare_insert",),
}


def main() -> int:
    only, names = set(sys.argv[1:]), [name for names in GROUPS.values() for name in names]
    if unknown := sorted(only - set(names)):
        print(f"no benchmark is called {' '.join(unknown)}; there are: {' '.join(names)}")
        return 2
    chosen = [group for group, names in GROUPS.items() if not only or only & set(names)]
    databases = Databases()
    print(f"{machine()}; the large database has {LARGE:,} applications", flush=True)
    print(heading(), flush=True)
    results: list[Result] = []
    started = time.monotonic()
    for group in chosen:
        for result in group(databases):
            print(line(result), flush=True)
            results.append(result)
        write(results)
    print(f"{time.monotonic() - started:.0f} s; bench/results/latest.json")
    return 0


if __name__ == "__main__":
    sys.exit(main())
