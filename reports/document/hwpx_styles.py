"""The looks of the HWPX file: each combination of character, paragraph and border is defined once, by python-hwpx."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

FONT = "함초롬돋움"  # comes with Hancom Office
NAVY, MID, GREY, BLACK, WHITE = "#16386B", "#3D6AA8", "#4A5563", "#000000", "#FFFFFF"
PALE, PALER, LINE = "#E6EDF6", "#F3F6FB", "#8A99AD"


@dataclass(frozen=True)
class Frame:
    """Lines around a paragraph, and what is behind it."""

    color: str
    sides: tuple[str, ...] = ("bottom",)
    width: str = "0.5 mm"
    fill: str | None = None
    offset: float = 0.0  # mm between the text and the lines


@dataclass(frozen=True)
class Para:
    """A paragraph's shape, in the units a person thinks in: millimetres for indents, points for gaps."""

    align: str = "LEFT"
    left: float = 0.0
    first: float = 0.0
    before: float = 0.0
    after: float = 0.0
    line: int = 160
    keep: bool = False  # with what follows
    outline: int = 0  # its level in the document's outline
    frame: Frame | None = None


class Styles:
    def __init__(self, document: Any) -> None:
        self._document = document
        self.char = cache(self._char)
        self.para = cache(self._para)
        self.border = cache(self._border)

    def _char(self, size: float, color: str = BLACK, bold: bool = False, shade: str | None = None) -> str:
        looks = {"size": size, "color": color, "bold": bold, "font": FONT, "highlight": shade}
        return str(self._document.styles.ensure_run(**looks))

    def _border(self, fill: str | None = None, line: str | None = LINE, width: str = "0.12 mm") -> str:
        looks: dict[str, Any] = {"fill_color": fill}
        # A border type NONE is refused; no active side is the same.
        looks |= {"active_borders": ()} if line is None else {"border_color": line, "border_width": width}
        return str(self._document.styles.ensure_border_fill(**looks))

    def _para(self, shape: Para) -> str:
        """python-hwpx shapes paragraphs that stand in the document: one comes, is shaped and goes."""
        paragraph = self._document.add_paragraph("", inherit_style=False)
        self._document.styles.apply_paragraph_format(
            paragraphs=[paragraph],
            alignment=shape.align,
            line_spacing_percent=shape.line,
            indent_left_mm=shape.left,
            first_line_indent_mm=shape.first,
            spacing_before_pt=shape.before,
            spacing_after_pt=shape.after,
            keep_with_next=shape.keep,
            outline_level=shape.outline or None,
            border=_border_words(shape.frame),
        )
        made = str(paragraph.para_pr_id_ref)
        if shape.frame and shape.frame.fill:
            self._fill(made, shape.frame)
        paragraph.element.getparent().remove(paragraph.element)
        return made

    def _fill(self, para_pr: str, frame: Frame) -> None:
        """python-hwpx draws lines around a paragraph and leaves it white: its border is swapped for one that fills."""
        filled = self._document.styles.ensure_border_fill(
            fill_color=frame.fill, border_color=frame.color, border_width=frame.width, active_borders=frame.sides
        )
        for header in self._document.oxml.headers:
            for element in header.element.iter():
                if str(element.tag).endswith("}paraPr") and element.get("id") == para_pr:
                    for border in (child for child in element if str(child.tag).endswith("}border")):
                        border.set("borderFillIDRef", str(filled))

    def finish(self) -> None:
        """What python-hwpx has no words for: Korean words stay whole, and headings show the number they were given."""
        for header in self._document.oxml.headers:
            for element in header.element.iter():
                if not isinstance(element.tag, str):
                    continue
                if element.tag.endswith("}breakSetting"):
                    element.set("breakNonLatinWord", "KEEP_WORD")
                elif element.tag.endswith("}paraHead"):
                    element.text = ""
            header.mark_dirty()


def _border_words(frame: Frame | None) -> dict[str, Any] | None:
    if frame is None:
        return None
    return {"sides": frame.sides, "color": frame.color, "width": frame.width, "offset_mm": frame.offset}
