"""Compile the translations: `manage.py compilemessages` needs GNU gettext, which a bare machine lacks."""

import polib

from portal.local.processes import PROJECT, main


def compile_all(_arguments: list[str] | None = None) -> int:
    for source in sorted((PROJECT / "locale").glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            polib.pofile(str(source)).save_as_mofile(str(target))
    return 0


if __name__ == "__main__":
    main(compile_all)
