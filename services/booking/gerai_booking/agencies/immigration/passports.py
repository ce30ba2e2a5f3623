"""Passports for those who keep what they have in order: first passport, renewal, passport for a child."""

from gerai_booking.agencies.immigration import common, stages, tariffs
from gerai_booking.rules.catalogue import Requirement, Service, Text

RENEWAL_RULE = "Direktorat Jenderal Imigrasi"


def new_passport() -> Service:
    """The first passport of an adult."""
    return Service(
        code="passport-new",
        prefix="A",
        group=common.passport_group(),
        name=Text(id="Paspor baru", en="New passport"),
        summary=Text(
            id="Untuk Anda yang belum pernah memiliki paspor.", en="For those who have never held a passport."
        ),
        who=Text(
            id="WNI berusia 17 tahun ke atas, atau sudah menikah.",
            en="Indonesian citizens aged 17 or over, or married.",
        ),
        steps=common.passport_steps(),
        requirements=(
            common.electronic_identity_card(),
            common.family_card(),
            common.proof_of_birth(),
            _naturalisation(),
            common.changed_name(),
            _old_passport_if_any(),
        ),
        validities=tariffs.five_or_ten_years(),
        fees=(*tariffs.five_year_fees(), *tariffs.ten_year_fees(), tariffs.same_day_fee()),
        promises=common.ordinary_promises(),
        purposes=common.passport_purposes(),
        duration_minutes=20,
        warnings=common.passport_warnings(),
        notes=(
            same_day_note(),
            common.pilgrimage_note(),
            common.any_office_note(),
            common.collection_note(),
            common.exemption_note(),
        ),
        citizenship=frozenset({"WNI"}),
        suspendable=True,
        ages="adult",
        legal_basis=common.PASSPORT_BASIS,
        stages=stages.passport_stages(),
        collections=stages.passport_collections(),
    )


def renewal() -> Service:
    """Another passport for one that ends or is full."""
    return Service(
        code="passport-renewal",
        prefix="B",
        group=common.passport_group(),
        name=Text(id="Perpanjangan paspor", en="Passport renewal"),
        summary=Text(
            id="Penggantian paspor yang masa berlakunya hampir atau sudah habis, atau halamannya penuh.",
            en="Replaces a passport that has expired, soon will, or has no pages left.",
        ),
        who=Text(
            id="WNI dewasa yang paspornya berlaku kurang dari 6 bulan lagi atau sudah penuh.",
            en="Adult Indonesian citizens whose passport is valid for less than 6 months more, or is full.",
        ),
        steps=common.passport_steps(),
        requirements=_renewal_requirements(),
        validities=tariffs.five_or_ten_years(),
        fees=(*tariffs.five_year_fees(), *tariffs.ten_year_fees(), tariffs.same_day_fee()),
        promises=common.ordinary_promises(),
        purposes=common.passport_purposes(),
        duration_minutes=15,
        warnings=common.passport_warnings(),
        notes=(
            Text(
                id="Bawa juga KK dan akta kelahiran bila ada, karena kadang masih diminta saat data "
                "diperiksa.",
                en="Bring the family card and birth certificate too if you have them: they are sometimes "
                "still asked for.",
            ),
            same_day_note(),
            common.pilgrimage_note(),
            common.any_office_note(),
            common.collection_note(),
        ),
        citizenship=frozenset({"WNI"}),
        suspendable=True,
        ages="adult",
        legal_basis=common.PASSPORT_BASIS,
        stages=stages.passport_stages(),
        collections=stages.passport_collections(),
    )


def child_passport() -> Service:
    """A passport for somebody under 17; five years at most."""
    return Service(
        code="passport-child",
        prefix="E",
        group=common.passport_group(),
        name=Text(id="Paspor anak", en="Passport for a child"),
        summary=Text(
            id="Paspor pertama atau penggantian untuk anak, berlaku paling lama 5 tahun.",
            en="A first or further passport for a child, valid for up to 5 years.",
        ),
        who=Text(
            id="Anak WNI di bawah 17 tahun yang belum menikah, bersama orang tua.",
            en="Indonesian children under 17 who are not married, together with their parents.",
        ),
        steps=common.passport_steps(),
        requirements=_child_requirements(),
        validities=tariffs.five_years(),
        fees=tariffs.five_year_fees(),
        promises=common.ordinary_promises(),
        purposes=common.passport_purposes(),
        duration_minutes=25,
        warnings=common.passport_warnings(),
        notes=(
            Text(
                id="Umumnya kedua orang tua diminta hadir; yang berhalangan dapat memberi surat kuasa. Bila "
                "orang tua bercerai atau tinggal seorang, tanyakan di loket surat yang perlu dibawa.",
                en="As a rule both parents are asked to come; one who cannot may give a power of attorney. "
                "If the parents are divorced, or one is left, ask at the counter which papers to bring.",
            ),
            Text(
                id="Paspor anak berkewarganegaraan ganda tidak melebihi batas usia anak untuk memilih "
                "kewarganegaraan.",
                en="The passport of a child with two nationalities ends at the age by which the child must "
                "choose one.",
            ),
            common.pilgrimage_note(),
            common.collection_note(),
        ),
        citizenship=frozenset({"WNI"}),
        suspendable=True,
        ages="child",
        legal_basis=common.PASSPORT_BASIS,
        stages=stages.passport_stages(),
        collections=stages.passport_collections(),
    )


def same_day_note() -> Text:
    """Hours for it differ between offices, so none are named."""
    return Text(
        id="Perlu cepat? Layanan percepatan selesai pada hari yang sama, dengan biaya tambahan dan tanpa "
        "pesan tempat. Datanglah pagi; yang masuk siang dapat selesai esok paginya. Tidak berlaku untuk "
        "paspor hilang atau rusak.",
        en="In a hurry? The same-day service costs extra and takes no bookings. Come early; who comes at "
        "noon may be finished the next morning. It is not for lost or damaged passports.",
    )


def _naturalisation() -> Requirement:
    return Requirement(
        code="naturalisation",
        text=Text(id="Surat pewarganegaraan Indonesia", en="Your letter of Indonesian naturalisation"),
        only_for=Text(
            id="Pemohon yang menjadi WNI melalui pewarganegaraan",
            en="Applicants who became Indonesian citizens",
        ),
        basis=common.PASSPORT_RULE,
    )


def _old_passport_if_any() -> Requirement:
    return Requirement(
        code="old-passport",
        text=Text(id="Paspor lama", en="The old passport"),
        only_for=Text(
            id="Pemohon yang pernah memiliki paspor", en="Applicants who have held a passport before"
        ),
        basis=common.PASSPORT_RULE,
    )


def _renewal_requirements() -> tuple[Requirement, ...]:
    older = Text(
        id="Paspor lama terbit tahun 2009 atau sebelumnya, atau terbit di luar Indonesia",
        en="Old passports issued in 2009 or before, or outside Indonesia",
    )
    return (
        common.electronic_identity_card(),
        Requirement(
            code="old-passport",
            text=Text(id="Paspor lama", en="The old passport"),
            note=Text(
                id="Untuk paspor yang terbit di Indonesia setelah 2009, e-KTP dan paspor lama sudah cukup.",
                en="For a passport issued in Indonesia after 2009, the e-KTP and the old passport are "
                "enough.",
            ),
            basis=RENEWAL_RULE,
        ),
        common.family_card(only_for=older),
        common.proof_of_birth(only_for=older),
        common.changed_name(),
    )


def _child_requirements() -> tuple[Requirement, ...]:
    return (
        Requirement(
            code="parents-identity-cards",
            text=Text(id="KTP elektronik ayah dan ibu", en="The identity cards of father and mother"),
            note=Text(
                id="Sebagian kantor hanya meminta KTP salah satu orang tua; membawa keduanya paling aman.",
                en="Some offices ask for one parent's card only; bringing both is safest.",
            ),
            basis=common.PASSPORT_RULE,
        ),
        common.family_card(),
        _paper("birth-certificate", Text(id="Akta kelahiran anak", en="The child's birth certificate")),
        _paper(
            "parents-marriage",
            Text(
                id="Akta perkawinan atau buku nikah orang tua", en="The parents' marriage certificate or book"
            ),
        ),
        _paper(
            "parents-statement",
            Text(
                id="Surat pernyataan yang ditandatangani kedua orang tua",
                en="A statement signed by both parents",
            ),
        ),
        *_earlier_passports_in_the_family(),
        common.changed_name(),
    )


def _earlier_passports_in_the_family() -> tuple[Requirement, ...]:
    return (
        Requirement(
            code="parents-passport",
            text=Text(id="Paspor ayah atau ibu", en="The passport of father or mother"),
            only_for=Text(id="Orang tua yang memiliki paspor", en="Parents who have a passport"),
            basis=common.PASSPORT_RULE,
        ),
        Requirement(
            code="old-passport",
            text=Text(id="Paspor lama anak", en="The child's old passport"),
            only_for=Text(
                id="Anak yang pernah memiliki paspor", en="Children who have held a passport before"
            ),
            basis=common.PASSPORT_RULE,
        ),
    )


def _paper(code: str, text: Text) -> Requirement:
    return Requirement(code=code, text=text, basis=common.PASSPORT_RULE)
