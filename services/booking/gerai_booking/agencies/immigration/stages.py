"""From the complete file to the passport in its owner's hands: the stages, and the rule of collection."""

from datetime import date

from gerai_booking.rules.catalogue import Collection, Proof, Receiver, Stage, Text

PAYMENT = Proof(code="payment", text=Text(id="Bukti pembayaran", en="The proof of payment"))
IDENTITY = Proof(code="identity", text=Text(id="KTP asli pengambil", en="The collector's own identity card"))


def passport_stages() -> tuple[Stage, ...]:
    """Completeness, payment, photo and interview, verification, print, handover."""
    return (_file_complete(waits_for_payment=True), *_from_payment())


def replacement_stages() -> tuple[Stage, ...]:
    """After loss or damage an examination and a decision come first."""
    return (
        _file_complete(waits_for_payment=False),
        Stage(code="examined", name=Text(id="Pemeriksaan selesai (BAP)", en="Examined (BAP)")),
        Stage(
            code="approved",
            name=Text(id="Disetujui", en="Approved"),
            waits_for_citizen=True,
            asks=_payment(),
            clock="stops",
        ),
        *_from_payment(),
    )


def stay_permit_stages() -> tuple[Stage, ...]:
    """As far as it is the same for every kind of permit."""
    return (
        _file_complete(waits_for_payment=False),
        _verified(),
        Stage(code="decided", name=Text(id="Diputuskan", en="Decided")),
    )


def passport_collections() -> tuple[Collection, ...]:
    """Handover by Permenkumham 8/2014 art. 23; not collected for one month, it is cancelled by art. 30.

    The press says 30 days; the article says a month. It is counted from the day on which it was ready
    and its owner was told, which is never less than from the date of issue. Cancelling stays the decision
    of a supervisor. The days of the reminders are ours.
    """
    return (
        Collection(
            receivers=(
                Receiver(
                    code="self",
                    name=Text(id="Pemohon sendiri", en="The applicant"),
                    proofs=(PAYMENT, IDENTITY),
                ),
                Receiver(
                    code="relative",
                    name=Text(id="Keluarga", en="A relative"),
                    proofs=(
                        PAYMENT,
                        Proof(
                            code="family-card-copy",
                            text=Text(id="Salinan Kartu Keluarga (KK)", en="A copy of the family card (KK)"),
                        ),
                        IDENTITY,
                    ),
                ),
                Receiver(
                    code="proxy",
                    name=Text(id="Orang lain dengan surat kuasa", en="Somebody with a power of attorney"),
                    proofs=(
                        PAYMENT,
                        Proof(
                            code="power-of-attorney", text=Text(id="Surat kuasa", en="The power of attorney")
                        ),
                        IDENTITY,
                    ),
                ),
            ),
            reminders=(7, 14, 21, 28),
            months=1,
            basis="Permenkumham 8/2014 Pasal 23 dan 30",
            # The articles are older; the row is attested from their amendment by Permenkumham 18/2022 on.
            valid_from=date(2022, 9, 29),
        ),
    )


def _file_complete(*, waits_for_payment: bool) -> Stage:
    return Stage(
        code="file_complete",
        name=Text(id="Berkas lengkap", en="File complete"),
        waits_for_citizen=waits_for_payment,
        asks=_payment() if waits_for_payment else None,
        clock="stops" if waits_for_payment else "runs",
    )


def _payment() -> Text:
    return Text(
        id="Silakan bayar dengan kode bayar yang Anda terima, sebelum kode itu kedaluwarsa.",
        en="Please pay with the billing code that you were given, before it expires.",
    )


def _verified() -> Stage:
    return Stage(code="verified", name=Text(id="Diverifikasi", en="Verified"))


def _from_payment() -> tuple[Stage, ...]:
    return (
        Stage(code="paid", name=Text(id="Dibayar", en="Paid")),
        Stage(
            code="interviewed",
            name=Text(id="Foto, sidik jari, dan wawancara", en="Photo, fingerprints and interview"),
        ),
        _verified(),
        Stage(code="printed", name=Text(id="Dicetak", en="Printed")),
        Stage(
            code="ready",
            name=Text(id="Siap diambil", en="Ready for collection"),
            waits_for_citizen=True,
            clock="stops",
        ),
        Stage(code="handed_over", name=Text(id="Diserahkan", en="Handed over")),
    )
