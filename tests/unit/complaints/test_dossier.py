"""The dossier: whom it names, what its hashes say, how it is printed."""

import json
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from gerai_complaints.models import Complaint
from gerai_complaints.rules.case import Classification, State
from gerai_complaints.rules.channels import Channel
from gerai_complaints.rules.dossier import (
    DOCUMENT,
    PRINT,
    Identity,
    Part,
    UnreadableDossier,
    canonical,
    check,
    digest_over,
    identity_of,
)
from gerai_complaints.rules.ladder import LADDER, Level
from gerai_complaints.rules.maladministration import Maladministration
from gerai_complaints.rules.refusal import Ground
from gerai_complaints.rules.verification import Item
from gerai_complaints.schemas.dossier import DossierSchema
from gerai_complaints.usecases import dossier_parts, dossier_words
from gerai_complaints.usecases.dossier_layout import printable
from gerai_complaints.usecases.dossier_pdf import pdf
from gerai_complaints.verifying import verify
from gerai_shared.translations import texts
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

MOMENT = "2026-11-23T03:00:00+00:00"
IMMIGRATION = {"code": "immigration", "id": "Imigrasi", "en": "Immigration"}
NAMES = st.from_regex(dossier_parts.PART_NAME, fullmatch=True)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def dossier(**changes: Any) -> dict[str, Any]:
    """Return a dossier as its JSON has it, with `changes`."""
    return {
        "format": "gerai.dossier",
        "format_version": 1,
        "number": "P-2026-000123",
        "version": 2,
        "reason": "ladder",
        "due_since": MOMENT,
        "made_at": MOMENT,
        "ombudsman_number": None,
        "is_rapid_response": False,
        "rapid_response_since": None,
        "secret": False,
        "identity": "named",
        "complainant": {"name": "Siti Contoh", "email": None, "phone": "+6281234567890", "proxy": None},
        "complaint": {
            "classification": "complaint",
            "title": "Menunggu <b>dua</b> jam & lebih",
            "text": "Saya datang pukul 10.\nTeks 中 aneh.",
            "language": "id",
            "channel": "web",
            "received_by": None,
            "agency": IMMIGRATION,
            "site": IMMIGRATION,
            "service": None,
            "occurred_on": "2026-11-20",
            "state": "received",
            "level": "ombudsman",
            "in_the_hands_of": None,
            "is_oversight": False,
            "maladministration": "protracted_delay",
            "breached_rule": None,
            "joined_to": None,
            "joined": ["P-2026-000124"],
        },
        "times": {
            "time_zone": "Asia/Jakarta",
            "received_at": MOMENT,
            "due_on": "2026-12-07",
            "working_days": 14,
            "due_basis": "PermenPANRB 62/2018",
            "verify_by": "2026-11-26",
            "follow_up_by": None,
            "taken_at": None,
            "answered_at": None,
            "disputed_at": None,
            "closed_at": None,
            "pauses": [
                {"began_on": "2026-11-25", "reason": "Foto", "ended_on": "2026-11-26", "working_days": 1},
                {"began_on": "2026-11-27", "reason": "Tanggal", "ended_on": None, "working_days": None},
            ],
            "extensions": [
                {"at": MOMENT, "officer": "A", "working_days": 5, "reason": "Saksi", "due_on": "2026-12-07"}
            ],
        },
        "escalations": [
            {"rung": "ombudsman", "level": "ombudsman", "period_begins": "2026-11-23", "at": MOMENT}
        ],
        "history": [
            {"at": MOMENT, "by": "system", "officer": None, "kind": "escalated", "text": "ombudsman"},
            {"at": MOMENT, "by": "officer", "officer": "Petugas Uji", "kind": "answered", "text": "Maaf."},
            {"at": MOMENT, "by": "system", "officer": None, "kind": "due", "text": "2026-12-07"},
            {"at": MOMENT, "by": "citizen", "officer": None, "kind": "of_a_newer_release", "text": None},
        ],
        "has_internal_notes": False,
        "checks": [{"item": "identity", "is_fulfilled": True, "officer": "Petugas Uji", "at": MOMENT}],
        "refusal_proposals": [
            {
                "ground": "too_old",
                "text": "Terlalu lama",
                "proposed_by": "Petugas Uji",
                "proposed_at": MOMENT,
                "decided_by": None,
                "decided_at": None,
                "is_refused": None,
            }
        ],
        "visit": {
            "agency": IMMIGRATION,
            "site": IMMIGRATION,
            "service": IMMIGRATION,
            "counter": "2",
            "day": "2026-11-20",
            "number": "A-031",
        },
        "parts": [],
        **changes,
    }


def pages(said: dict[str, Any], digest: str = "ab" * 32) -> list[str]:
    """Return what somebody else's reader finds on each page of the printed dossier."""
    return [page.extract_text() for page in PdfReader(BytesIO(pdf(said, digest))).pages]


@pytest.mark.parametrize("agreed", [True, False])
@pytest.mark.parametrize("confidential", [True, False])
def test_whoever_stays_anonymous_is_never_named(*, confidential: bool, agreed: bool) -> None:
    assert identity_of(anonymous=True, confidential=confidential, agreed=agreed) is Identity.ANONYMOUS


def test_whoever_asked_for_confidence_is_named_only_when_they_agreed() -> None:
    assert identity_of(anonymous=False, confidential=True, agreed=False) is Identity.WITHHELD
    assert identity_of(anonymous=False, confidential=True, agreed=True) is Identity.NAMED
    assert identity_of(anonymous=False, confidential=False, agreed=False) is Identity.NAMED


@given(st.dictionaries(NAMES, st.binary(max_size=40), min_size=1, max_size=4), st.data())
def test_any_change_of_any_part_changes_the_hash_and_their_order_does_not(
    parts: dict[str, bytes], data: st.DataObject
) -> None:
    def over(files: dict[str, bytes]) -> str:
        made = (Part(name=name, media_type="x/y", content=content) for name, content in files.items())
        return digest_over((part.name, part.digest) for part in made)

    before = over(parts)
    assert over(dict(reversed(parts.items()))) == before
    name = data.draw(st.sampled_from(sorted(parts)))
    other = data.draw(st.binary(max_size=40).filter(lambda content: content != parts[name]))
    assert over({**parts, name: other}) != before
    assert over({each: content for each, content in parts.items() if each != name}) != before
    new = data.draw(NAMES.filter(lambda each: each not in parts))
    assert over({new if each == name else each: content for each, content in parts.items()}) != before


@given(JSON)
def test_the_order_of_keys_does_not_change_the_json(value: Any) -> None:
    def reversed_keys(inner: Any) -> Any:
        if isinstance(inner, dict):
            return {key: reversed_keys(inner[key]) for key in reversed(inner)}
        return [reversed_keys(each) for each in inner] if isinstance(inner, list) else inner

    assert canonical(reversed_keys(value)) == canonical(value)
    assert json.loads(canonical(value)) == value


def test_the_hash_is_the_documented_one() -> None:
    expected = sha256(b'[["dossier.json","aa"],["dossier.pdf","bb"]]').hexdigest()
    assert digest_over([(PRINT, "bb"), (DOCUMENT, "aa")]) == expected
    with pytest.raises(ValueError, match="one name"):
        digest_over([(PRINT, "aa"), (PRINT, "bb")])


def test_the_json_is_what_its_schema_says() -> None:
    said = dossier()
    assert DossierSchema().dump(DossierSchema().load(said)) == said


def test_the_printed_dossier_says_what_the_json_says() -> None:
    (first, *others) = pages(dossier(is_rapid_response=True, rapid_response_since=MOMENT))
    text = " ".join("\n".join((first, *others)).split())
    for said in (
        "Berkas untuk Ombudsman",
        "P-2026-000123",
        "Respons cepat (RCO): ada nyawa yang terancam",
        "Siti Contoh",
        "Menunggu <b>dua</b> jam & lebih",
        "Teks [U+4E2D] aneh.",
        "23 November 2026, 10.00 WIB",
        "A-031",
        "Penundaan berlarut",
        "Maaf.",
        "Petugas Uji",
        "Terlalu lama",
        "of_a_newer_release",
    ):
        assert said in text
    assert "RAHASIA" not in text
    for number, page in enumerate((first, *others), 1):
        assert f"Halaman {number} dari {1 + len(others)}" in page
        assert f"SHA-256 JSON: {'ab' * 32}" in page


def test_a_secret_one_is_marked_on_every_page_and_names_nobody() -> None:
    said = dossier(secret=True, identity="withheld", complainant=None)
    said["complaint"]["text"] = "Kalimat yang panjang. " * 230
    said["visit"]["number"] = None
    found = pages(said)
    assert len(found) > 2
    assert all("RAHASIA" in page for page in found)
    assert "Siti" not in "".join(found)
    assert "A-031" not in "".join(found)


def test_the_file_tells_readers_its_title_and_its_language() -> None:
    reader = PdfReader(BytesIO(pdf(dossier(), "ab" * 32)))
    assert reader.metadata.title == "Berkas untuk Ombudsman P-2026-000123, versi 2"
    assert reader.trailer["/Root"]["/Lang"] == "id-ID"
    assert {"/FontFile2" in font for font in embedded(reader)} == {True}


def embedded(reader: PdfReader) -> list[Any]:
    fonts = reader.pages[0]["/Resources"]["/Font"].values()
    found = [font.get_object() for font in fonts]
    return [font["/FontDescriptor"].get_object() for font in found if "/FontDescriptor" in font]


@given(st.text(max_size=60))
def test_whatever_people_type_can_be_printed(typed: str) -> None:
    assert printable(printable(typed)) == printable(typed)


@pytest.mark.parametrize(
    "typed", ["x" * 5_000, "\n" * 400, "مرحبا 😀\t<para>&amp;</para>", "<img src='/etc/passwd'/>"]
)
def test_no_text_breaks_the_print(typed: str) -> None:
    said = dossier()
    said["complaint"]["text"] = typed
    said["times"]["extensions"][0]["reason"] = typed
    assert pages(said)


def test_everything_that_the_print_says_is_indonesian_and_no_code_is_forgotten() -> None:
    known = texts(("gerai_shared", "gerai_complaints"), "id")
    for among in dossier_words.EVERYTHING:
        for key in among.values():
            assert known.ugettext(key) != key or key in (
                "Ombudsman",
                "SP4N-LAPOR!",
                "%(principal)s (%(relation)s)",
            )
    pairs = (
        (State, dossier_words.STATES),
        (Classification, dossier_words.CLASSIFICATIONS),
        (Channel, dossier_words.CHANNELS),
        (Item, dossier_words.ITEMS),
        (Ground, dossier_words.GROUNDS),
        (Maladministration, dossier_words.CATEGORIES),
        (Identity, dossier_words.IDENTITIES),
    )
    for codes, among in pairs:
        assert {code.value for code in codes} == set(among)
    assert {rung.code for rung in LADDER} <= set(dossier_words.RUNGS)
    assert {level.value for level in Level} - {"officer"} == set(dossier_words.LEVELS)


def files(tmp_path: Path, said: dict[str, Any]) -> tuple[Path, Path, str]:
    """Write a dossier's two files; return them with the hash over all parts."""
    document, printed = tmp_path / "a.json", tmp_path / "a.pdf"
    document.write_bytes(canonical(said))
    printed.write_bytes(b"%PDF")
    listed = [(each["name"], each["sha256"]) for each in said["parts"]]
    own = [
        (DOCUMENT, sha256(document.read_bytes()).hexdigest()),
        (PRINT, sha256(printed.read_bytes()).hexdigest()),
    ]
    return document, printed, digest_over([*own, *listed])


def test_files_are_compared_with_the_hash_that_somebody_has(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document, printed, digest = files(tmp_path, dossier())
    assert verify(document, printed, [], expected=digest.upper()) == 0
    assert digest in capsys.readouterr().out
    printed.write_bytes(b"%PDF ")
    assert verify(document, printed, [], expected=digest) == 1
    assert "DIFFERENT" in capsys.readouterr().err


def test_further_parts_are_known_by_the_json(tmp_path: Path) -> None:
    photo = b"a photo"
    listed = {"name": "photo.jpg", "media_type": "image/jpeg", "size": 7, "sha256": sha256(photo).hexdigest()}
    document, printed, digest = files(tmp_path, dossier(parts=[listed]))
    assert check(document.read_bytes(), printed.read_bytes(), [photo]).digest == digest
    with pytest.raises(UnreadableDossier):
        check(document.read_bytes(), printed.read_bytes(), [b"another photo"])


@pytest.mark.parametrize("content", [b"", b"[]", b'{"format": "gerai.dossier"}', b"\xff"])
def test_what_is_no_dossier_is_said_to_be_none(
    content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "x"
    file.write_bytes(content)
    assert verify(file, file, [], expected="00") == 1
    assert verify(tmp_path / "none", file, [], expected="00") == 1
    assert capsys.readouterr().out == ""


def test_further_parts_are_added_in_one_place(monkeypatch: pytest.MonkeyPatch) -> None:
    def part(name: str) -> Part:
        return Part(name=name, media_type="text/plain", content=b"")

    def collect(*names: str) -> list[str]:
        monkeypatch.setattr(dossier_parts, "COLLECTORS", (lambda _session, _complaint: map(part, names),))
        return [each.name for each in dossier_parts.further_parts(None, Complaint())]

    assert collect("b.txt", "a.txt") == ["a.txt", "b.txt"]
    for names in (("a.txt", "a.txt"), (DOCUMENT,), ("../a",), ("A.txt",)):
        with pytest.raises(ValueError, match="cannot be called so"):
            collect(*names)
