"""Files that citizens send: what they are, what is kept of them, who may open them."""

import zlib
from io import BytesIO

import pytest
from gerai_complaints.pictures import cleaned
from gerai_complaints.rules import attachments as rules
from gerai_complaints.rules.attachments import Kind, Scan, kept_name, kind_of, scan_state, shown_name
from gerai_complaints.rules.case import FINAL_STATES, State
from gerai_gateway import uploads
from gerai_shared.refusals import Refused
from PIL import Image

from tests.support.pictures import document, photo_of_a_place, picture


def opened(content: bytes) -> Image.Image:
    image = Image.open(BytesIO(content))
    image.load()
    return image


def png_that_says(width: int, height: int) -> bytes:
    """A PNG of a few bytes with a header of that size, as bombs have it."""
    content = picture("PNG")
    header = b"IHDR" + width.to_bytes(4, "big") + height.to_bytes(4, "big") + content[24:29]
    return content[:12] + header + zlib.crc32(header).to_bytes(4, "big") + content[33:]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (picture("JPEG"), Kind.JPEG),
        (picture("PNG"), Kind.PNG),
        (picture("WEBP"), Kind.WEBP),
        (document(), Kind.PDF),
    ],
)
def test_a_file_is_what_its_bytes_say(content: bytes, kind: Kind) -> None:
    assert kind_of(content, name="laporan.exe") is kind


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"\xff\xd8\xff" + b"0" * rules.MOST_BYTES, "file_too_large"),
        (picture("GIF"), "file_type_not_taken"),
        (picture("BMP"), "file_type_not_taken"),
        (picture("TIFF"), "file_type_not_taken"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "file_type_not_taken"),
        (b"<html><script>1</script></html>", "file_type_not_taken"),
        (b"MZ\x90\x00" + document(), "file_type_not_taken"),
        (b" " + document(), "file_type_not_taken"),
        (b"PK\x03\x04" + b"0" * 100, "file_type_not_taken"),
        (b"RIFF\x00\x00\x00\x00WAVE", "file_type_not_taken"),
        (b"%PDF-1.7\nhalf of it", "file_damaged"),
    ],
)
def test_what_is_not_taken_says_why_with_its_name(content: bytes, code: str) -> None:
    with pytest.raises(Refused) as refused:
        kind_of(content, name="bukti.jpg")
    assert refused.value.code == code
    assert "bukti.jpg" in refused.value.message


def test_a_photo_keeps_neither_place_nor_camera_nor_words() -> None:
    photo = photo_of_a_place()
    assert b"Kamera Rahasia" in photo
    assert opened(photo).getexif().get_ifd(0x8825)
    kept = cleaned(photo, Kind.JPEG, name="foto.jpg")
    assert not opened(kept).getexif()
    assert set(opened(kept).info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    for hidden in (b"Kamera", b"rumah pelapor", b"Exif"):
        assert hidden not in kept


def test_a_turned_photo_is_kept_upright() -> None:
    kept = opened(cleaned(photo_of_a_place(turned=True), Kind.JPEG, name="foto.jpg"))
    assert kept.size == (20, 40)
    top, bottom = kept.getpixel((10, 3)), kept.getpixel((10, 36))
    assert isinstance(top, tuple)
    assert isinstance(bottom, tuple)
    assert top[0] > 200 > bottom[0]


def test_what_is_behind_or_inside_a_picture_is_gone() -> None:
    secret = b"PK\x03\x04 another file <script>alert(1)</script>"
    behind = picture("JPEG") + secret
    assert kind_of(behind, name="a") is Kind.JPEG
    assert secret not in cleaned(behind, Kind.JPEG, name="a")
    content = picture("PNG")
    body = b"tEXtComment\0" + secret
    chunk = (len(body) - 4).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")
    inside = content[:33] + chunk + content[33:]
    assert secret in inside
    assert secret not in cleaned(inside, Kind.PNG, name="a")


def test_holes_stay_holes() -> None:
    image = Image.new("RGBA", (4, 4), (0, 0, 0, 0))
    written = BytesIO()
    image.save(written, format="PNG")
    assert opened(cleaned(written.getvalue(), Kind.PNG, name="a")).mode == "RGBA"


def test_large_photos_are_made_smaller() -> None:
    large = picture("JPEG", size=(rules.LONGEST_SIDE * 2, 60), quality=30)
    assert opened(cleaned(large, Kind.JPEG, name="a")).size == (rules.LONGEST_SIDE, 30)


@pytest.mark.parametrize(
    ("width", "height"), [(60_000, 60_000), (rules.MOST_PIXELS // 1000 + 1, 1000), (2**31 - 1, 1)]
)
def test_a_bomb_is_refused_before_it_is_unpacked(width: int, height: int) -> None:
    with pytest.raises(Refused) as refused:
        cleaned(png_that_says(width, height), Kind.PNG, name="bom.png")
    assert refused.value.code in {"picture_too_large", "file_damaged"}


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_damaged_pictures_are_refused_and_end_nothing(form: str) -> None:
    whole, kind = picture(form, size=(200, 150)), Kind(f"image/{form.lower()}")
    for cut in (13, 30, len(whole) // 2):
        damaged = whole[:cut]
        with pytest.raises(Refused) as refused:
            cleaned(damaged, kind, name="rusak")
        assert refused.value.code == "file_damaged", cut
    with pytest.raises(Refused):
        cleaned(picture("GIF"), kind, name="rusak")


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("foto.JPG", "foto.jpg"),
        ("../../etc/passwd", "passwd.jpg"),
        ("C:\\Users\\siti\\bukti pungli.jpeg", "bukti pungli.jpg"),
        ("tagihan.pdf.exe", "tagihan.pdf.jpg"),
        ("\u202egpj.exe", "gpj.jpg"),
        ("a\x00b\r\nc.png", "abc.jpg"),
        ("", "lampiran.jpg"),
        ("...", "lampiran.jpg"),
        ("Surat no. 12 tahun 2026", "Surat no. 12 tahun 2026.jpg"),
        ("e\u0301.png", "\u00e9.jpg"),
        ("x" * 300 + ".jpg", "x" * 80 + ".jpg"),
    ],
)
def test_names_are_shown_and_never_lead_anywhere(name: str, kept: str) -> None:
    assert kept_name(name, Kind.JPEG) == kept
    assert "/" not in shown_name(name)


def test_files_are_added_until_the_end() -> None:
    assert {state for state in State if not rules.may_add(state)} == FINAL_STATES


def test_only_so_many_files_are_taken() -> None:
    rules.check_count(rules.MOST_AT_ONCE, there=rules.MOST_FOR_A_CASE - rules.MOST_AT_ONCE)
    with pytest.raises(rules.TooManyFiles):
        rules.check_count(rules.MOST_AT_ONCE + 1)
    with pytest.raises(rules.CaseHoldsEnoughFiles):
        rules.check_count(1, there=rules.MOST_FOR_A_CASE)


@pytest.mark.parametrize(
    ("verdict", "is_scanning", "scan", "may_open"),
    [
        (None, False, Scan.UNSCANNED, True),
        (None, True, Scan.WAITING, False),
        ("clean", True, Scan.CLEAN, True),
        ("clean", False, Scan.CLEAN, True),
        ("infected", False, Scan.INFECTED, False),
        ("unscannable", True, Scan.UNSCANNABLE, False),
    ],
)
def test_a_file_is_opened_when_it_is_clean_or_nobody_scans(
    verdict: str | None, is_scanning: bool, scan: Scan, may_open: bool
) -> None:
    found = scan_state(verdict, is_scanning=is_scanning)
    assert (found, rules.may_open(found)) == (scan, may_open)


def test_the_gateway_refuses_what_the_service_would() -> None:
    assert (uploads.MOST_BYTES, uploads.MOST_AT_ONCE) == (rules.MOST_BYTES, rules.MOST_AT_ONCE)
    # In base64, as an answer of the bus, which takes 16 MiB.
    assert rules.MOST_BYTES_KEPT * 4 // 3 < 15 << 20


def test_forms_name_only_files_that_could_be_ours() -> None:
    reference = "attachment." + "a" * 43
    kept = uploads.kept_files([f"{reference} 12 foto liburan.jpg", "attachment.x 1 a", reference, ""])
    assert [(each.reference, each.size, each.name) for each in kept] == [(reference, 12, "foto liburan.jpg")]
    assert uploads.kept_files([kept[0].value]) == kept
