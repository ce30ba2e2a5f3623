"""General legal administration (AHU): apostille, sole-proprietor company, fiduciary security."""

from datetime import date

from gerai_booking.agencies.legal import common, stages
from gerai_booking.rules.catalogue import Fee, Purpose, Requirement, Service, Text

APOSTILLE = "apostille.ahu.go.id"
SOLE_COMPANY = "AHU Online"
FIDUCIARY = "AHU Online"


def apostille() -> Service:
    """One certificate for documents that are used abroad."""
    return Service(
        code="apostille",
        prefix="P",
        group=common.legal_administration_group(),
        name=Text(id="Apostille dokumen", en="Apostille"),
        summary=Text(
            id="Konsultasi, pendampingan, dan pencetakan sertifikat apostille untuk dokumen yang dipakai di "
            "luar negeri.",
            en="Advice, help and printing of the apostille certificate for documents that are used abroad.",
        ),
        who=Text(
            id="Pemilik dokumen publik Indonesia; ada 66 jenis dokumen yang dilayani.",
            en="Owners of Indonesian public documents; 66 kinds of document are served.",
        ),
        steps=_apostille_steps(),
        requirements=_apostille_requirements(),
        fees=_apostille_fees(),
        promise_note=Text(
            id="Verifikasi 3 sampai 5 hari. Bila contoh tanda tangan pejabat belum ada di sistem, tambahkan "
            "7 sampai 14 hari.",
            en="Verification takes 3 to 5 days. When the official's signature is not yet on file, add 7 to "
            "14 days.",
        ),
        purposes=common.filing_purposes(),
        duration_minutes=20,
        warnings=(common.filed_online_warning(),),
        citizenship=frozenset({"WNI", "WNA"}),
        stages=stages.apostille_stages(),
    )


def sole_company() -> Service:
    """A company of one founder, set up by electronic statement."""
    return Service(
        code="sole-company",
        prefix="Q",
        group=common.legal_administration_group(),
        name=Text(id="PT Perorangan", en="Sole-proprietor company"),
        summary=Text(
            id="Konsultasi dan pendampingan mendirikan perseroan dengan satu pendiri.",
            en="Advice on, and help with, setting up a company with one founder.",
        ),
        who=Text(
            id="Satu WNI berusia 17 tahun ke atas dengan usaha mikro atau kecil, modal paling banyak Rp5 "
            "miliar.",
            en="One Indonesian citizen aged 17 or over with a micro or small business, capital up to Rp5 "
            "billion.",
        ),
        steps=_sole_company_steps(),
        requirements=_sole_company_requirements(),
        fees=_sole_company_fees(),
        fee_note=common.fee_at_the_counter(),
        promise_note=common.time_at_the_counter(),
        purposes=common.filing_purposes(),
        duration_minutes=40,
        warnings=(common.filed_online_warning(),),
        citizenship=frozenset({"WNI"}),
        stages=stages.company_stages(),
    )


def fiduciary() -> Service:
    """Registration of a fiduciary security; the tariff steps of 2014 may have changed and are not shown."""
    return Service(
        code="fiduciary",
        prefix="R",
        group=common.legal_administration_group(),
        name=Text(id="Jaminan fidusia", en="Fiduciary security"),
        summary=Text(
            id="Konsultasi pendaftaran dan perbaikan jaminan fidusia.",
            en="Advice on registering and correcting a fiduciary security.",
        ),
        who=Text(
            id="Pihak dalam akta jaminan fidusia, atau kuasanya.",
            en="The parties to the deed, or their representatives.",
        ),
        steps=_fiduciary_steps(),
        requirements=_fiduciary_requirements(),
        fee_note=common.fee_at_the_counter(),
        promise_note=common.time_at_the_counter(),
        purposes=(
            *common.filing_purposes(),
            Purpose(
                code="correction", label=Text(id="Perbaikan sertifikat", en="Correction of a certificate")
            ),
        ),
        duration_minutes=30,
        warnings=(
            Text(
                id="Jangan lewat 30 hari: pendaftaran dihitung sejak tanggal akta, perbaikan sejak tanggal "
                "sertifikat.",
                en="Mind the 30 days: registration counts from the date of the deed, correction from the "
                "certificate.",
            ),
        ),
        citizenship=frozenset({"WNI", "WNA"}),
        stages=stages.company_stages(),
    )


def _apostille_requirements() -> tuple[Requirement, ...]:
    return (
        Requirement(
            code="document",
            text=Text(
                id="Dokumen asli yang sudah dilegalisasi instansi penerbit",
                en="The original document, legalised by the authority that issued it",
            ),
            basis=APOSTILLE,
        ),
        common.proof_of_identity(),
        Requirement(
            code="contact",
            text=Text(
                id="NIK, alamat surel, dan nomor telepon untuk membuat akun",
                en="Your NIK, e-mail address and phone number, to make the account",
            ),
            basis=APOSTILLE,
        ),
    )


def _apostille_steps() -> tuple[Text, ...]:
    return (
        Text(
            id="Pastikan dokumen sudah dilegalisasi oleh instansi penerbitnya.",
            en="Have the document legalised by the authority that issued it.",
        ),
        Text(
            id="Buat akun dan permohonan di apostille.ahu.go.id.",
            en="Make an account and apply at apostille.ahu.go.id.",
        ),
        Text(
            id="Ditjen AHU memverifikasi permohonan dalam 3 sampai 5 hari.",
            en="The directorate general (AHU) verifies it within 3 to 5 days.",
        ),
        Text(id="Bayar biaya per dokumen.", en="Pay the fee for each document."),
        Text(
            id="Cetak sertifikat di kantor wilayah mana pun; tanyakan di loket ini tempat terdekat.",
            en="Have the certificate printed at any regional office; ask this counter for the nearest place.",
        ),
    )


def _apostille_fees() -> tuple[Fee, ...]:
    return (
        Fee(
            code="document",
            label=Text(id="Apostille, per dokumen", en="Apostille, per document"),
            amount_rupiah=150_000,
            basis=APOSTILLE,
            valid_from=date(2022, 6, 4),
        ),
    )


def _sole_company_steps() -> tuple[Text, ...]:
    return (
        Text(
            id="Petugas menjelaskan syarat dan kewajiban.",
            en="An officer explains conditions and duties.",
        ),
        Text(
            id="Isi pernyataan pendirian secara elektronik.",
            en="Fill in the electronic statement of establishment.",
        ),
        Text(id="Bayar biaya pendaftaran.", en="Pay the registration fee."),
    )


def _sole_company_requirements() -> tuple[Requirement, ...]:
    return (
        common.identity_card(),
        Requirement(
            code="statement-details",
            text=Text(
                id="Nama perseroan, tempat kedudukan, kegiatan usaha, dan besar modal",
                en="The company's name, seat, business and amount of capital",
            ),
            note=Text(
                id="Data ini diisikan ke pernyataan elektronik.",
                en="These go into the electronic statement.",
            ),
            basis=SOLE_COMPANY,
        ),
    )


def _sole_company_fees() -> tuple[Fee, ...]:
    return (
        Fee(
            code="registration",
            label=Text(id="Pendaftaran PT Perorangan", en="Registration of the company"),
            amount_rupiah=50_000,
            basis="Ditjen AHU",
            # No source at hand names the first day.
            valid_from=date(2025, 1, 1),
        ),
    )


def _fiduciary_steps() -> tuple[Text, ...]:
    return (
        Text(
            id="Petugas memeriksa akta dan data jaminan.",
            en="An officer looks at the deed and the security.",
        ),
        Text(
            id="Ajukan secara elektronik dalam 30 hari sejak tanggal akta.",
            en="Apply electronically within 30 days of the date of the deed.",
        ),
        Text(
            id="Bayar biaya sesuai nilai penjaminan.",
            en="Pay the fee, which depends on the value of the security.",
        ),
        Text(
            id="Periksa sertifikatnya. Perbaikan dapat diajukan dalam 30 hari, paling banyak dua kali.",
            en="Check the certificate. A correction can be asked for within 30 days, twice at most.",
        ),
    )


def _fiduciary_requirements() -> tuple[Requirement, ...]:
    return (
        Requirement(
            code="deed",
            text=Text(id="Akta jaminan fidusia", en="The deed of the fiduciary security"),
            basis=FIDUCIARY,
        ),
        common.proof_of_identity(),
    )
