"""Run as a program of its own: typst source comes in, a PDF goes out (as_pdf.py calls it).

typst keeps in memory what it laid out for its last ten documents, 40 MB for each report; here that ends with the page.
"""

import datetime as dt
import sys

import typst


def main(fonts: str, made: str) -> int:
    try:
        pdf = typst.compile(
            sys.stdin.buffer.read(),
            font_paths=typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[fonts]),
            ignore_system_fonts=True,
            format="pdf",
            pdf_standards=["ua-1"],
            timestamp=dt.datetime.fromisoformat(made),
        )
    except typst.TypstError as error:
        sys.stderr.write(error.diagnostic or error.message)
        return 1
    sys.stdout.buffer.write(pdf)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
