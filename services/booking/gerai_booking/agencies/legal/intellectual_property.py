"""Intellectual property (KI): trademarks, copyright, and advice on patents and industrial designs."""

from datetime import date

from gerai_booking.agencies.legal import common, stages
from gerai_booking.rules.catalogue import Fee, Purpose, Requirement, Service, Text

FORMER_TARIFF, FORMER_FROM, FORMER_TO = "PP 28/2019", date(2019, 5, 3), date(2024, 12, 16)
PRESENT_TARIFF, PRESENT_FROM = "PP 45/2024", date(2024, 12, 17)
TRADEMARK_SITE = "merek.dgip.go.id"
COPYRIGHT_SITE = "hakcipta.dgip.go.id"


def trademark() -> Service:
    """Filing and renewing a trademark."""
    return Service(
        code="trademark",
        prefix="L",
        group=common.intellectual_property_group(),
        name=Text(id="Merek", en="Trademark"),
        summary=Text(
            id="Konsultasi dan pendampingan mendaftarkan atau memperpanjang merek.",
            en="Advice on, and help with, registering or renewing a trademark.",
        ),
        who=Text(
            id="Pelaku usaha, termasuk usaha mikro dan kecil.",
            en="Businesses, small and micro ones included.",
        ),
        steps=_trademark_steps(),
        requirements=_trademark_requirements(),
        fees=_trademark_fees(),
        fee_note=Text(
            id="Tarif yang dikutip tahun 2025. Tanyakan tarif perpanjangan, dan pastikan tarif yang berlaku, "
            "di loket sebelum membayar.",
            en="As quoted in 2025. Ask at the counter for the fee of a renewal, and make sure of the present "
            "fee before you pay.",
        ),
        promise_note=common.time_at_the_counter(),
        purposes=(
            *common.filing_purposes(),
            Purpose(code="renewal", label=Text(id="Perpanjangan merek", en="Renewal of a trademark")),
        ),
        duration_minutes=30,
        warnings=(common.filed_online_warning(), _billing_code_warning()),
        citizenship=frozenset({"WNI", "WNA"}),
        stages=stages.trademark_stages(),
        legal_basis=(PRESENT_TARIFF, "Permenkumham 42/2016"),
    )


def copyright_record() -> Service:
    """Recording a work."""
    return Service(
        code="copyright",
        prefix="M",
        group=common.intellectual_property_group(),
        name=Text(id="Hak cipta", en="Copyright"),
        summary=Text(
            id="Konsultasi dan pendampingan pencatatan ciptaan.",
            en="Advice on, and help with, recording a work.",
        ),
        who=Text(id="Pencipta atau pemegang hak cipta.", en="Authors, or holders of the copyright."),
        steps=(
            Text(id="Petugas memeriksa kesiapan berkas Anda.", en="An officer looks at your papers."),
            Text(id="Ajukan permohonan di hakcipta.dgip.go.id.", en="File at hakcipta.dgip.go.id."),
            Text(
                id="Bayar biayanya. Surat pencatatan terbit kurang dari 10 menit setelah pembayaran.",
                en="Pay the fee. The record is issued less than 10 minutes after payment.",
            ),
        ),
        requirements=_copyright_requirements(),
        fees=_copyright_fees(),
        fee_note=common.fee_at_the_counter(),
        promise_note=Text(
            id="Kurang dari 10 menit setelah pembayaran, melalui sistem persetujuan otomatis (POP HC).",
            en="Less than 10 minutes after payment, through the automatic approval system (POP HC).",
        ),
        purposes=common.filing_purposes(),
        duration_minutes=30,
        warnings=(common.filed_online_warning(), _billing_code_warning()),
        citizenship=frozenset({"WNI", "WNA"}),
        stages=stages.copyright_stages(),
    )


def patent_and_design() -> Service:
    """Advice only: fees and terms could not be verified."""
    return Service(
        code="patent-design",
        prefix="N",
        group=common.intellectual_property_group(),
        name=Text(id="Paten dan desain industri", en="Patents and industrial designs"),
        summary=Text(
            id="Konsultasi melindungi penemuan atau desain produk.",
            en="Advice on protecting an invention or a design.",
        ),
        who=Text(
            id="Penemu, perancang, perguruan tinggi, dan pelaku usaha.",
            en="Inventors, designers, universities and businesses.",
        ),
        steps=(
            Text(
                id="Ceritakan penemuan atau desain Anda secara garis besar.",
                en="Outline your invention or your design.",
            ),
            Text(
                id="Petugas menjelaskan jenis perlindungan, berkas, dan biayanya.",
                en="An officer explains the kinds of protection, the papers and the fees.",
            ),
            Text(id="Ajukan permohonan secara daring bila sudah siap.", en="File online when you are ready."),
        ),
        requirements=_design_requirements(),
        fee_note=common.fee_at_the_counter(),
        promise_note=common.time_at_the_counter(),
        purposes=common.filing_purposes(),
        duration_minutes=45,
        warnings=(
            common.filed_online_warning(),
            Text(
                id="Biaya tidak dikembalikan bila permohonan ditolak.",
                en="The fee is not returned when the application is refused.",
            ),
        ),
        citizenship=frozenset({"WNI", "WNA"}),
        stages=stages.filing_stages(),
    )


def _trademark_requirements() -> tuple[Requirement, ...]:
    small_business = Text(
        id="Pelaku usaha mikro dan kecil yang meminta tarif UMK",
        en="Micro and small businesses that ask for their tariff",
    )
    return (
        Requirement(
            code="label",
            text=Text(id="Etiket atau label merek", en="The label of the mark"),
            basis=TRADEMARK_SITE,
        ),
        Requirement(
            code="signature",
            text=Text(id="Tanda tangan pemohon", en="The applicant's signature"),
            basis=TRADEMARK_SITE,
        ),
        Requirement(
            code="small-business-letter",
            text=Text(
                id="Surat keterangan usaha mikro dan kecil dari dinas",
                en="The letter of the regional office that confirms a micro or small business",
            ),
            only_for=small_business,
            basis=TRADEMARK_SITE,
        ),
        Requirement(
            code="small-business-statement",
            text=Text(
                id="Surat pernyataan usaha mikro dan kecil bermeterai",
                en="A stamped statement of micro or small business",
            ),
            only_for=small_business,
            basis=TRADEMARK_SITE,
        ),
    )


def _trademark_fees() -> tuple[Fee, ...]:
    """Filing costs the same under PP 45/2024 as quoted; of renewal no later figure is known."""
    filing = (
        ("small-business", "Permohonan UMK, daring, per kelas", "Small business, online, per class", 500_000),
        ("general", "Permohonan umum, daring, per kelas", "General, online, per class", 1_800_000),
    )
    renewal = (
        ("small-business-renewal", "Perpanjangan UMK, daring", "Renewal, small business, online", 1_000_000),
        ("general-renewal", "Perpanjangan umum, daring", "Renewal, general, online", 2_250_000),
    )
    former = tuple(
        _fee(row, basis=FORMER_TARIFF, valid_from=FORMER_FROM, valid_to=FORMER_TO)
        for row in (*filing, *renewal)
    )
    return (*former, *(_fee(row, basis=PRESENT_TARIFF, valid_from=PRESENT_FROM) for row in filing))


def _fee(
    row: tuple[str, str, str, int], *, basis: str, valid_from: date, valid_to: date | None = None
) -> Fee:
    code, indonesian, english, amount = row
    return Fee(
        code=code,
        label=Text(id=indonesian, en=english),
        amount_rupiah=amount,
        basis=basis,
        valid_from=valid_from,
        valid_to=valid_to,
    )


def _copyright_requirements() -> tuple[Requirement, ...]:
    return (
        Requirement(
            code="applicant",
            text=Text(id="Identitas pemohon", en="Who the applicant is"),
            one_of=(
                Text(id="KTP, untuk perseorangan", en="Identity card, for a person"),
                Text(id="Akta, untuk badan hukum", en="Deed, for a legal entity"),
            ),
            basis=COPYRIGHT_SITE,
        ),
        Requirement(
            code="ownership-statement",
            text=Text(id="Surat pernyataan kepemilikan ciptaan", en="A statement that the work is yours"),
            basis=COPYRIGHT_SITE,
        ),
        Requirement(
            code="sample", text=Text(id="Contoh ciptaan", en="A sample of the work"), basis=COPYRIGHT_SITE
        ),
    )


def _copyright_fees() -> tuple[Fee, ...]:
    """One tariff as quoted in 2025 and 2026; before, for 2022, two are attested; between them none."""
    former = "DJKI, 2022"
    first_day, last_day = date(2022, 1, 1), date(2022, 12, 31)
    return (
        Fee(
            code="small-business",
            label=Text(id="Pencatatan, usaha mikro dan kecil", en="Recording, micro and small business"),
            amount_rupiah=200_000,
            basis=former,
            valid_from=first_day,
            valid_to=last_day,
        ),
        Fee(
            code="general",
            label=Text(id="Pencatatan, umum", en="Recording, general"),
            amount_rupiah=400_000,
            basis=former,
            valid_from=first_day,
            valid_to=last_day,
        ),
        Fee(
            code="recording",
            label=Text(id="Pencatatan ciptaan, per permohonan", en="Recording of a work, per application"),
            amount_rupiah=200_000,
            basis="DJKI, 2025-2026",
            valid_from=date(2025, 1, 1),
        ),
    )


def _design_requirements() -> tuple[Requirement, ...]:
    basis = "DJKI"
    only_for = Text(id="Desain industri", en="Industrial designs")
    return (
        Requirement(
            code="description",
            text=Text(
                id="Uraian singkat penemuan atau desain", en="A short description of the invention or design"
            ),
            basis=basis,
        ),
        Requirement(
            code="sample",
            text=Text(id="Contoh atau gambar desain", en="A sample or a drawing of the design"),
            only_for=only_for,
            basis=basis,
        ),
        Requirement(
            code="statements",
            text=Text(id="Surat pernyataan", en="The statements that the form asks for"),
            note=Text(
                id="Tanyakan isinya di loket; untuk konsultasi belum perlu dibawa.",
                en="Ask at the counter what they say; for advice you need not bring them yet.",
            ),
            only_for=only_for,
            basis=basis,
        ),
    )


def _billing_code_warning() -> Text:
    """Permenkumham 42/2016."""
    return Text(
        id="Bayar sebelum kode bayar kedaluwarsa: umumnya tiga hari kalender.",
        en="Pay before the billing code expires: as a rule after three calendar days.",
    )


def _trademark_steps() -> tuple[Text, ...]:
    return (
        Text(
            id="Petugas menjelaskan kelas merek dan memeriksa kesiapan berkas Anda.",
            en="An officer explains the classes of goods and services and looks at your papers.",
        ),
        Text(
            id="Ajukan permohonan di merek.dgip.go.id; petugas mendampingi bila perlu.",
            en="File at merek.dgip.go.id; an officer helps where needed.",
        ),
        Text(id="Bayar biaya per kelas.", en="Pay the fee for each class."),
        Text(id="Permohonan diumumkan selama dua bulan.", en="The application is published for two months."),
    )
