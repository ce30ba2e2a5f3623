"""Announcements of a service for the radio, in Indonesian: short sentences that somebody reads aloud.

S1-2: an office told of passports over a public and a local station. What is said is what the catalogue says:
nobody hears another fee or another document than at the counter. Standard library only.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from gerai_gateway.rules import spoken

Json = dict[str, Any]

#: A presenter reads about so many words a minute; a number that is written out takes several.
WORDS_A_MINUTE = 145
WEEKDAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
#: The texts that are made: a name and for how many seconds.
LENGTHS = (30, 60)
MOST_DOCUMENTS = 4
#: A website inside a sentence cannot be read aloud.
_ADDRESS = re.compile(r"\w\.\w")
PRIORITY = "Lansia, ibu hamil, anak kecil, dan penyandang disabilitas boleh datang langsung dan didahulukan."


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What an announcement is made of: a service as the catalogue has it, and where it is offered.

    `site` is the first place that serves on fixed days, `host` the website's name.
    """

    service: Json
    agency: str
    site: Json
    host: str
    is_bookable: bool


@dataclass(frozen=True, kw_only=True)
class Announcement:
    """A text for about so many seconds, sentence by sentence."""

    wanted_seconds: int
    sentences: tuple[str, ...]

    @property
    def words(self) -> int:
        """How many words it has."""
        return sum(len(sentence.split()) for sentence in self.sentences)

    @property
    def seconds(self) -> int:
        """How long it takes to read aloud."""
        return round(self.words * 60 / WORDS_A_MINUTE)


def announcements(facts: Facts) -> list[Announcement]:
    """Return the announcements of a service, one for each of LENGTHS."""
    return [_announcement(facts, seconds) for seconds in LENGTHS]


def _announcement(facts: Facts, seconds: int) -> Announcement:
    """Take the sentences that matter most as long as there is time, and put them in their order."""
    left = round(seconds * WORDS_A_MINUTE / 60)
    chosen = []
    said = [(order, *each) for order, each in enumerate(_sentences(facts))]
    for order, _weight, sentence in sorted(said, key=lambda each: (each[1], each[0])):
        words = len(sentence.split())
        if words <= left:
            chosen.append((order, sentence))
            left -= words
    return Announcement(
        wanted_seconds=seconds, sentences=tuple(sentence for _order, sentence in sorted(chosen))
    )


def _sentences(facts: Facts) -> Iterable[tuple[int, str]]:
    """Yield (weight, sentence) in the order in which they are said; the lightest weight is never left out."""
    service = facts.service
    name, place = _inside(_plain(service["name"]["id"])), facts.site["name"]["id"]
    yield 0, f"Perlu layanan {name}? Kunjungi {_plain(facts.agency)} di {place}."
    yield 5, f"{_ended(_plain(service['summary']['id']))}"
    yield from _booking(facts)
    documents = [_plain(each["text"]["id"]) for each in service["requirements"] if not each["only_for"]]
    if documents:
        yield 2, f"Yang perlu disiapkan: {_listed(documents[:MOST_DOCUMENTS])}."
    yield from _fee(service)
    yield from _promise(service)
    # Where there is little to say of documents and fees, there is time to say what happens at the counter.
    for step in service["steps"]:
        if not _ADDRESS.search(step["id"]):
            yield 10, _ended(_plain(step["id"]))
    yield 6, _hours(facts.site)
    yield 7, PRIORITY
    yield 4, "Mengambil nomor antrean selalu gratis. Jangan memakai calo."
    yield 8, "Ada yang meminta uang lebih? Sampaikan pengaduan di alamat yang sama."
    yield 9, f"Pesan ini disampaikan oleh {_plain(facts.agency)}."


def _booking(facts: Facts) -> Iterable[tuple[int, str]]:
    address = spoken.address(facts.host)
    if facts.is_bookable:
        yield 1, f"Pilih sendiri hari dan jam Anda di {address}. Tidak perlu mengantre sejak subuh."
    else:
        yield 1, f"Datanglah langsung. Syaratnya ada di {address}."


def _fee(service: Json) -> Iterable[tuple[int, str]]:
    amounts = sorted(fee["amount_rupiah"] for fee in service["fees"] if not fee["additional"])
    if not amounts:
        return
    words = f"{spoken.number(amounts[0])} rupiah" if amounts[0] else "gratis"
    start = "Biaya resminya" if amounts[0] == amounts[-1] else "Biaya resminya mulai dari"
    yield 3, f"{start} {words}, dibayar ke kas negara, bukan kepada petugas."


def _promise(service: Json) -> Iterable[tuple[int, str]]:
    promise = next((each for each in service["promises"] if each["site"] is None), None)
    if promise is not None:
        days = spoken.number(promise["working_days"])
        yield 3, f"Hasilnya selesai dalam {days} hari kerja {_plain(promise['counts_from']['id'])}."


def _hours(site: Json) -> str:
    """Return when a place is open: of the days with the most usual hours."""
    days = sorted(site["hours"], key=lambda each: each["weekday"])
    first = days[0]
    same = [day for day in days if (day["opens"], day["closes"]) == (first["opens"], first["closes"])]
    names = [WEEKDAYS[day["weekday"]] for day in same]
    span = names[0] if len(names) == 1 else f"{names[0]} sampai {names[-1]}"
    return f"Buka {span}, {spoken.hour(first['opens'])} sampai {spoken.hour(first['closes'])}."


def _plain(written: str) -> str:
    """Return a text as it is read aloud: without what stands in brackets, numbers in words."""
    open_brackets = written.split("(")
    kept = open_brackets[0] + "".join(part.partition(")")[2] for part in open_brackets[1:])
    return spoken.text(" ".join(kept.replace(" ,", ",").replace(";", ",").split()))


def _ended(sentence: str) -> str:
    return sentence if sentence.endswith((".", "!", "?")) else f"{sentence}."


def _listed(names: list[str]) -> str:
    """Return names as they are listed in a sentence."""
    inside = [_inside(name) for name in names]
    if len(inside) <= 2:
        return " serta ".join(inside)
    return f"{', '.join(inside[:-1])}, serta {inside[-1]}"


def _inside(name: str) -> str:
    """Return a name as it stands inside a sentence: abbreviations and proper names stay as they are."""
    first, _, rest = name.partition(" ")
    return name if first.isupper() or rest[:1].isupper() else name[:1].lower() + name[1:]
