"""Replacement of a lost or damaged passport: an examination (BAP) comes first; the rule promises no time."""

from gerai_booking.agencies.immigration import common, stages, tariffs
from gerai_booking.rules.catalogue import Requirement, Service, Text

EXAMINATION = "Permenkumham 8/2014"


def lost_passport() -> Service:
    """For a lost passport the police report is there before the booking."""
    return Service(
        code="passport-lost",
        prefix="C",
        group=common.passport_group(),
        name=Text(id="Paspor hilang", en="Lost passport"),
        summary=Text(
            id="Pemeriksaan dan penggantian paspor yang hilang.",
            en="Examination and replacement of a lost passport.",
        ),
        who=Text(id="WNI yang paspornya hilang.", en="Indonesian citizens who have lost their passport."),
        precondition=Text(
            id="Saya sudah melapor ke polisi dan memegang surat keterangan kehilangan.",
            en="I have reported the loss to the police and hold their report.",
        ),
        police_report=True,
        steps=(
            Text(
                id="Laporkan kehilangan ke polisi dan mintalah surat keterangan kehilangan.",
                en="Report the loss to the police and ask for their written report.",
            ),
            *_examination_steps(),
        ),
        requirements=(
            _police_report(),
            common.electronic_identity_card(),
            _other_documents(),
            _disaster_letter(),
        ),
        validities=tariffs.five_or_ten_years(),
        fees=(*tariffs.five_year_fees(), *tariffs.ten_year_fees(), tariffs.lost_book_fee()),
        promise_note=_no_promise(),
        purposes=common.passport_purposes(),
        duration_minutes=45,
        warnings=(_negligence(), *common.passport_warnings()),
        notes=(_by_domicile(), common.collection_note()),
        citizenship=frozenset({"WNI"}),
        suspendable=True,
        legal_basis=common.PASSPORT_BASIS,
        stages=stages.replacement_stages(),
        collections=stages.passport_collections(),
    )


def damaged_passport() -> Service:
    """For a damaged passport, bring it."""
    return Service(
        code="passport-damaged",
        prefix="D",
        group=common.passport_group(),
        name=Text(id="Paspor rusak", en="Damaged passport"),
        summary=Text(
            id="Pemeriksaan dan penggantian paspor yang rusak, termasuk yang dicoret-coret.",
            en="Examination and replacement of a damaged passport, also one that was written in.",
        ),
        who=Text(id="WNI yang paspornya rusak.", en="Indonesian citizens whose passport is damaged."),
        steps=_examination_steps(),
        requirements=(
            Requirement(
                code="damaged-passport",
                text=Text(id="Paspor yang rusak", en="The damaged passport"),
                note=Text(
                    id="Bawa semua bagian yang masih ada. Coretan atau tulisan juga dihitung sebagai "
                    "kerusakan.",
                    en="Bring every part that is left. Writing in it counts as damage too.",
                ),
                basis=EXAMINATION,
            ),
            common.electronic_identity_card(),
            _other_documents(),
            _disaster_letter(),
        ),
        validities=tariffs.five_or_ten_years(),
        fees=(*tariffs.five_year_fees(), *tariffs.ten_year_fees(), tariffs.damaged_book_fee()),
        promise_note=_no_promise(),
        purposes=common.passport_purposes(),
        duration_minutes=45,
        warnings=(_negligence(), *common.passport_warnings()),
        notes=(_by_domicile(), common.collection_note()),
        citizenship=frozenset({"WNI"}),
        suspendable=True,
        legal_basis=common.PASSPORT_BASIS,
        stages=stages.replacement_stages(),
        collections=stages.passport_collections(),
    )


def _examination_steps() -> tuple[Text, ...]:
    return (
        Text(
            id="Petugas imigrasi memeriksa kejadiannya bersama Anda dan membuat berita acara pemeriksaan "
            "(BAP).",
            en="An immigration officer goes through what happened with you and writes the record (BAP).",
        ),
        Text(
            id="Kantor imigrasi memutuskan: disetujui, ditolak, atau ditangguhkan.",
            en="The office decides: approved, refused or suspended.",
        ),
        Text(
            id="Bila disetujui, bayar biaya paspor dan biaya tambahannya.",
            en="When approved, pay the passport fee and the surcharge.",
        ),
        Text(id="Foto, sidik jari, dan wawancara.", en="Photo, fingerprints and interview."),
        Text(
            id="Ambil paspor pengganti dan tanda tangani buku serah terima.",
            en="Collect the new one and sign for it.",
        ),
    )


def _police_report() -> Requirement:
    return Requirement(
        code="police-report",
        text=Text(id="Surat keterangan kehilangan dari kepolisian", en="The police report of the loss"),
        note=Text(
            id="Melapor ke polisi dilakukan lebih dahulu. Catat nomor, tanggal, dan kantor polisinya.",
            en="Go to the police first. Note the number, the date and the police station.",
        ),
        basis=EXAMINATION,
    )


def _other_documents() -> Requirement:
    return Requirement(
        code="other-documents",
        text=Text(
            id="KK, akta kelahiran, atau dokumen lain tentang diri Anda, bila ada",
            en="Your family card, birth certificate or other papers about you, if you have them",
        ),
        note=Text(
            id="Petugas di loket memberi tahu bila ada dokumen lain yang diperlukan.",
            en="The officer at the counter tells you if anything else is needed.",
        ),
        basis="Tanyakan di loket / ask at the counter",
    )


def _disaster_letter() -> Requirement:
    return Requirement(
        code="disaster-letter",
        text=Text(
            id="Surat keterangan dari kelurahan atau instansi yang berwenang",
            en="A letter from the village office or the authority concerned",
        ),
        note=Text(id="Dengan surat ini Anda bebas biaya.", en="With this letter you pay nothing."),
        only_for=Text(
            id="Paspor hilang atau rusak karena kebakaran, banjir, gempa, atau tsunami",
            en="Passports lost or damaged by fire, flood, earthquake or tsunami",
        ),
        basis="Direktorat Jenderal Imigrasi",
    )


def _no_promise() -> Text:
    return Text(
        id="Waktunya bergantung pada pemeriksaan dan keputusan; janji 4 hari kerja tidak berlaku untuk "
        "penggantian (Permenkumham 8/2014 Pasal 22). Tanyakan perkiraannya di loket.",
        en="It depends on the examination and the decision; the 4 working days do not apply to replacements "
        "(Permenkumham 8/2014 art. 22). Ask for an estimate at the counter.",
    )


def _negligence() -> Text:
    return Text(
        id="Bila hilang atau rusak karena kelalaian yang alasannya tidak dapat diterima, paspor baru dapat "
        "ditangguhkan 6 bulan sampai 2 tahun (Permenkumham 8/2014 Pasal 41).",
        en="If it was lost or damaged by negligence without an acceptable reason, a new passport can be "
        "suspended for 6 months up to 2 years (Permenkumham 8/2014 art. 41).",
    )


def _by_domicile() -> Text:
    return Text(
        id="Pemeriksaan dilakukan di kantor imigrasi sesuai tempat tinggal Anda.",
        en="The examination takes place at the immigration office of the area where you live.",
    )
