"""Pictures and documents as citizens send them, made up here."""

from io import BytesIO
from typing import Any

from PIL import Image

#: Exchangeable image file format: the orientation, the camera's maker, the block of places.
ORIENTATION, MAKER, PLACES = 0x0112, 0x010F, 0x8825
TURNED_RIGHT = 6


def picture(form: str = "JPEG", *, size: tuple[int, int] = (40, 20), **options: Any) -> bytes:
    """Return a picture whose left half is red and whose right half is blue."""
    image = Image.new("RGB", size, (0, 0, 250))
    image.paste((250, 0, 0), (0, 0, size[0] // 2, size[1]))
    written = BytesIO()
    image.save(written, format=form, **options)
    return written.getvalue()


def photo_of_a_place(*, turned: bool = False) -> bytes:
    """Return a photo that says where and with what it was taken, and perhaps that it is to be turned."""
    exif = Image.Exif()
    exif[MAKER] = "Kamera Rahasia"
    if turned:
        exif[ORIENTATION] = TURNED_RIGHT
    exif.get_ifd(PLACES).update({1: "S", 2: (6.0, 33.0, 12.0), 3: "E", 4: (106.0, 15.0, 9.0)})
    return picture(exif=exif.tobytes(), comment=b"rumah pelapor")


def document() -> bytes:
    """Return the smallest thing that calls itself a PDF from beginning to end."""
    return b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
