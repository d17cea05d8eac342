"""What a renderer should have written, to be compared with what another program reads."""

import json
import re

import hwpforge

from reports.document import Flow, Report, Table, plain
from reports.document.tree import words_of


def squeezed(text: str) -> str:
    """Without white space and soft characters: where a line breaks is the renderer's affair."""
    return re.sub(r"[\s\u00ad\u200b\ufffe]+", "", text)


def texts(report: Report) -> list[str]:
    """Every line, cell and step of the report, squeezed, in the order of the tree; invisible captions are left out."""
    found = []
    for block in report.blocks:
        parts = [plain(words) for words in words_of(block)]
        if isinstance(block, Table) and not block.name_shown:
            parts = parts[1:]
        if not isinstance(block, Table | Flow):
            parts = parts[:1]
        found += [squeezed(line) for part in parts for line in part.split("\n") if squeezed(line)]
    return found


def tables(report: Report) -> list[list[list[tuple[str, int, int]]]]:
    """Of each table, row by row, each cell's text and its spans."""
    return [
        [
            [(squeezed(plain(cell.content)), cell.rowspan, cell.colspan) for cell in row]
            for row in (*table.header, *table.body)
        ]
        for table in report.tables()
    ]


def grids(forged: hwpforge.Document) -> list[list[list[dict]]]:
    """Every table's rows of cells of an HWPX file, in the order of the document."""
    found = []

    def walk(part) -> None:
        if isinstance(part, dict):
            if "Table" in part:
                found.append([row["cells"] for row in part["Table"]["rows"]])
            for inner in part.values():
                walk(inner)
        elif isinstance(part, list):
            for inner in part:
                walk(inner)

    walk(json.loads(forged.to_json().text)["document"])
    return found


def cell_words(cell: dict) -> str:
    return squeezed(
        "".join(run["content"].get("Text", "") for paragraph in cell["paragraphs"] for run in paragraph["runs"])
    )
