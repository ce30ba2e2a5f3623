"""Stay permits of foreign nationals: advice and extension. What each kind needs is told at the counter."""

from gerai_booking.agencies.immigration import stages
from gerai_booking.rules.catalogue import Purpose, Requirement, Service, Text

AT_THE_COUNTER = "Tanyakan di loket / ask at the counter"


def stay_permit() -> Service:
    """For foreign nationals only; no fee, document or time is named that no source supports."""
    return Service(
        code="stay-permit",
        prefix="F",
        group=Text(id="Izin tinggal", en="Stay permits"),
        name=Text(id="Izin tinggal WNA", en="Stay permit for foreign nationals"),
        summary=Text(
            id="Konsultasi dan permohonan perpanjangan izin tinggal bagi warga negara asing.",
            en="Advice on, and extension of, the stay permits of foreign nationals.",
        ),
        who=Text(
            id="Warga negara asing (WNA) yang tinggal di Indonesia, atau penjaminnya.",
            en="Foreign nationals who stay in Indonesia, or their sponsor.",
        ),
        steps=_steps(),
        requirements=_requirements(),
        fee_note=Text(
            id="Biayanya bergantung pada jenis izin. Tanyakan di loket sebelum membayar.",
            en="The fee depends on the kind of permit. Ask at the counter before you pay.",
        ),
        promise_note=Text(
            id="Waktunya bergantung pada jenis izin. Tanyakan di loket.",
            en="The time depends on the kind of permit. Ask at the counter.",
        ),
        purposes=(
            Purpose(code="consultation", label=Text(id="Konsultasi", en="Advice")),
            Purpose(
                code="extension", label=Text(id="Perpanjangan izin tinggal", en="Extension of a stay permit")
            ),
        ),
        duration_minutes=30,
        warnings=(
            Text(
                id="Datanglah sebelum izin tinggal Anda berakhir.",
                en="Come before your stay permit ends.",
            ),
        ),
        citizenship=frozenset({"WNA"}),
        legal_basis=("UU 6/2011",),
        stages=stages.stay_permit_stages(),
    )


def _steps() -> tuple[Text, ...]:
    return (
        Text(
            id="Petugas memeriksa paspor dan izin tinggal Anda.",
            en="An officer looks at your passport and permit.",
        ),
        Text(
            id="Anda menerima daftar dokumen, biaya, dan perkiraan waktu untuk jenis izin Anda.",
            en="You get the list of documents, the fee and the expected time for your kind of permit.",
        ),
        Text(
            id="Bila berkas sudah lengkap, permohonan perpanjangan diterima di loket.",
            en="When your papers are complete, the extension is accepted at the counter.",
        ),
    )


def _requirements() -> tuple[Requirement, ...]:
    return (
        Requirement(
            code="passport",
            text=Text(id="Paspor asli", en="Your passport, the original"),
            basis=AT_THE_COUNTER,
        ),
        Requirement(
            code="stay-permit",
            text=Text(id="Izin tinggal yang sekarang", en="Your present stay permit"),
            only_for=Text(id="Yang sudah memiliki izin tinggal", en="Those who already have a stay permit"),
            basis=AT_THE_COUNTER,
        ),
    )
