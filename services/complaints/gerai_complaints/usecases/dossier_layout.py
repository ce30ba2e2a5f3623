"""How a printed dossier looks: A4, fonts that are embedded, and a footer on each page that names its JSON."""

from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import reportlab
from reportlab.lib.colors import Color, HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, HRFlowable, Paragraph, SimpleDocTemplate, Spacer, Table

#: Fonts that the library brings along (Bitstream Vera): they are embedded, nothing is fetched.
FONTS = Path(reportlab.__file__).parent / "fonts"
TEXT, BOLD = "Vera", "VeraBd"
INK, QUIET, RULE, ALARM = HexColor("#1b1f24"), HexColor("#57606a"), HexColor("#d0d7de"), HexColor("#b3261e")
MARGIN = 20 * mm
WIDTH = A4[0] - 2 * MARGIN
LABEL_WIDTH = 52 * mm


@dataclass(frozen=True, kw_only=True)
class PageTexts:
    """What stands on every page: `banner` above it ('' for nothing), `page` with %(page)s and %(pages)s."""

    title: str
    number: str
    banner: str
    digest: str
    page: str


@lru_cache(maxsize=1)
def _known_signs() -> frozenset[int]:
    """Register the fonts once, and return the code points that both of them can show."""
    fonts = [TTFont(name, str(FONTS / f"{name}.ttf")) for name in (TEXT, BOLD)]
    for font in fonts:
        pdfmetrics.registerFont(font)
    return frozenset.intersection(*(frozenset(font.face.charToGlyph) for font in fonts))


def printable(text: str) -> str:
    """Return a text with what the fonts cannot show replaced so that it is seen: `[U+4E2D]`."""
    known = _known_signs()
    return "".join(sign if sign in "\n\t" or ord(sign) in known else f"[U+{ord(sign):04X}]" for sign in text)


def _style(size: float, *, font: str = TEXT, color: Color = INK, before: float = 0) -> ParagraphStyle:
    _known_signs()
    return ParagraphStyle(
        f"{font}-{size}",
        fontName=font,
        fontSize=size,
        leading=size * 1.4,
        textColor=color,
        spaceBefore=before,
        splitLongWords=1,
    )


def paragraph(text: str, *, size: float = 9, color: Color = INK, bold: bool = False) -> Paragraph:
    """Return a text that people typed as it is, with its lines; nothing in it is taken for markup."""
    lines = escape(printable(text)).replace("\t", "    ").split("\n")
    return Paragraph("<br/>".join(lines), _style(size, font=BOLD if bold else TEXT, color=color))


def quiet(text: str) -> Paragraph:
    """Return a line in smaller and paler letters."""
    return paragraph(text, size=8, color=QUIET)


def heading(text: str) -> list[Flowable]:
    """Return a heading with a line below it, kept with what follows."""
    style = _style(12, font=BOLD, before=5 * mm)
    style.keepWithNext = 1
    rule = HRFlowable(width="100%", thickness=0.6, color=RULE, spaceBefore=1 * mm, spaceAfter=2 * mm)
    rule.keepWithNext = 1
    return [Paragraph(escape(printable(text)), style), rule]


def facts(rows: list[tuple[str, str]]) -> Flowable:
    """Return names and values beside each other; every value is shorter than a page."""
    cells = [[paragraph(label, color=QUIET), paragraph(value)] for label, value in rows]
    return Table(
        cells,
        colWidths=[LABEL_WIDTH, WIDTH - LABEL_WIDTH],
        style=[
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("RIGHTPADDING", (0, 0), (-1, -1), 0),
            ("TOPPADDING", (0, 0), (-1, -1), 1),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 1.5),
        ],
    )


def gap() -> Spacer:
    """Return some room."""
    return Spacer(1, 2.5 * mm)


def written(story: list[Flowable], said: PageTexts) -> bytes:
    """Return a document as the bytes of a PDF; the same story gives the same bytes."""
    file = BytesIO()
    document = SimpleDocTemplate(
        file,
        pagesize=A4,
        # The frame has a padding of its own.
        leftMargin=MARGIN - 6,
        rightMargin=MARGIN - 6,
        topMargin=24 * mm,
        bottomMargin=26 * mm,
        title=f"{said.title} {said.number}",
        author="Gerai",
        subject=said.digest,
        lang="id-ID",
        displayDocTitle=True,
        invariant=1,
    )
    document.build(story, canvasmaker=_canvas_of(said))
    return file.getvalue()


def _canvas_of(said: PageTexts) -> type[Canvas]:
    """Return a canvas that draws head and foot at the end, when it is known how many pages there are."""

    class PagedCanvas(Canvas):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            self._pages: list[dict[str, Any]] = []

        def showPage(self) -> None:  # noqa: N802
            self._pages.append(dict(self.__dict__))
            self._startPage()  # type: ignore[attr-defined]

        def save(self) -> None:
            pages = self._pages
            for page in pages:
                self.__dict__.update(page)
                _draw(self, said, len(pages))
                super().showPage()
            super().save()

    return PagedCanvas


def _draw(canvas: Canvas, said: PageTexts, pages: int) -> None:
    width, height = A4
    canvas.saveState()
    canvas.setFont(TEXT, 8)
    canvas.setFillColor(QUIET)
    canvas.drawString(MARGIN, height - 14 * mm, f"{said.title}  {said.number}")
    canvas.drawString(MARGIN, 12 * mm, said.digest)
    numbered = said.page % {"page": canvas.getPageNumber(), "pages": pages}
    canvas.drawString(MARGIN, 16.5 * mm, said.number)
    canvas.drawRightString(width - MARGIN, 16.5 * mm, numbered)
    canvas.setStrokeColor(RULE)
    canvas.line(MARGIN, 21 * mm, width - MARGIN, 21 * mm)
    if said.banner:
        canvas.setFont(BOLD, 11)
        canvas.setFillColor(ALARM)
        canvas.drawRightString(width - MARGIN, height - 14 * mm, said.banner)
    canvas.restoreState()
