"""PDF files for tests, written by reportlab."""

from collections.abc import Callable
from io import BytesIO

from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.pdfmetrics import getRegisteredFontNames, registerFont, standardFonts
from reportlab.pdfgen.canvas import Canvas

WIDTH, HEIGHT = A4
LINE = 14  # points from one line to the next

Draw = Callable[[Canvas], None]


def pdf(*pages: Draw, encrypt: str | StandardEncryption | None = None, **info: str) -> bytes:
    """A PDF of A4 pages, each drawn by one function; ``info``: title, author."""
    file = BytesIO()
    canvas = Canvas(file, pagesize=A4, encrypt=encrypt, invariant=1)
    canvas.setTitle(info.get("title", ""))
    canvas.setAuthor(info.get("author", ""))
    for draw in pages:
        canvas.setFont("Helvetica", 11)
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def lines(
    *texts: str, left: float = 70, top: float = 120, size: float = 11, font: str = "Helvetica"
) -> Draw:
    """Draw lines below each other, ``top`` points from the upper edge."""
    if font not in (*standardFonts, *getRegisteredFontNames()):
        registerFont(UnicodeCIDFont(font))

    def draw(canvas: Canvas) -> None:
        canvas.setFont(font, size)
        for number, text in enumerate(texts):
            canvas.drawString(left, HEIGHT - top - number * LINE, text)

    return draw


def both(*draws: Draw) -> Draw:
    """Draw several things on one page."""

    def draw(canvas: Canvas) -> None:
        for one in draws:
            one(canvas)

    return draw


def scan(canvas: Canvas) -> None:
    """Draw a picture without a text layer."""
    from PIL import Image

    canvas.drawImage(ImageReader(Image.new("L", (60, 80), 200)), 50, 50, 400, 600)


def field(value: str, left: float = 150, up: float = 700) -> Draw:
    """Draw a field of a form that is filled in."""

    def draw(canvas: Canvas) -> None:
        canvas.acroForm.textfield(
            name=value, value=value, x=left, y=up, width=200, height=20, fontName="Helvetica"
        )

    return draw


def picture_of(text: str) -> Draw:
    """Draw a picture that shows ``text`` and has no text layer."""
    from PIL import Image, ImageDraw, ImageFont

    image = Image.new("L", (1600, 200), 255)
    ImageDraw.Draw(image).text((40, 60), text, fill=0, font=ImageFont.load_default(size=56))

    def draw(canvas: Canvas) -> None:
        canvas.drawImage(ImageReader(image), 40, 600, 500, 62.5)

    return draw
