"""Pictures, decoded and written anew: what a camera or a person hid in the file stays behind.

Where a picture was taken, with what, by whom, a smaller picture of before it was cropped, another file
behind its end: none of it is in what is kept, because only its points are.
"""

import struct
from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

from gerai_complaints.rules.attachments import (
    LONGEST_SIDE,
    MEGABYTE,
    MOST_BYTES,
    MOST_BYTES_KEPT,
    MOST_PIXELS,
    FileDamaged,
    FileTooLarge,
    Kind,
    PictureTooLarge,
)

QUALITY = 85
#: What Pillow may try, by what the bytes say: nothing else is ever parsed.
FORMATS = {Kind.JPEG: "JPEG", Kind.PNG: "PNG", Kind.WEBP: "WEBP"}
#: What decoders of damaged files are known to raise.
DAMAGED = (OSError, SyntaxError, ValueError, EOFError, struct.error, IndexError, KeyError, TypeError)
LETS_THROUGH = {Kind.PNG, Kind.WEBP}


def cleaned(content: bytes, kind: Kind, *, name: str) -> bytes:
    """Return what of a file is kept: of a picture its points alone, a PDF as it is.

    Raises FileDamaged, PictureTooLarge, FileTooLarge.
    """
    if kind is Kind.PDF:
        return content
    try:
        written = _written_anew(content, kind, name=name)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureTooLarge(file=name) from error
    except (UnidentifiedImageError, *DAMAGED) as error:
        raise FileDamaged(file=name) from error
    if len(written) > MOST_BYTES_KEPT:
        raise FileTooLarge(file=name, megabytes=MOST_BYTES // MEGABYTE)
    return written


def _written_anew(content: bytes, kind: Kind, *, name: str) -> bytes:
    with Image.open(BytesIO(content), formats=[FORMATS[kind]]) as opened:
        # Its header says how large it is: nothing is unpacked yet.
        if opened.width * opened.height > MOST_PIXELS:
            raise PictureTooLarge(file=name)
        # First smaller, then turned: the whole of a large one is in memory once.
        opened.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        upright = ImageOps.exif_transpose(opened)
    has_holes = kind in LETS_THROUGH and (
        upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info
    )
    points = upright.convert("RGBA" if has_holes else "RGB")
    # Only the points go on: `info` would be written, too.
    bare = Image.new(points.mode, points.size)
    bare.paste(points)
    written = BytesIO()
    bare.save(written, format=FORMATS[kind], **({} if kind is Kind.PNG else {"quality": QUALITY}))
    return written.getvalue()
