"""What every passport service shares: purposes, steps, documents, warnings, and the promise of the rule."""

from datetime import date

from gerai_booking.agencies.sites import POPUP_GORONTALO
from gerai_booking.rules.catalogue import Promise, Purpose, Requirement, Text

PASSPORT_RULE = "Permenkumham 18/2022"
PASSPORT_BASIS = ("UU 6/2011", "Permenkumham 8/2014", "Permenkumham 18/2022", "PP 45/2024")


def passport_group() -> Text:
    """The heading under which the portal lists passports."""
    return Text(id="Paspor", en="Passports")


def passport_purposes() -> tuple[Purpose, ...]:
    """A clear purpose is part of a complete application."""
    return (
        Purpose(
            code="holiday", label=Text(id="Wisata atau mengunjungi keluarga", en="Holiday or visiting family")
        ),
        Purpose(code="umrah", label=Text(id="Umrah", en="Umrah pilgrimage")),
        Purpose(code="hajj", label=Text(id="Haji", en="Hajj pilgrimage")),
        Purpose(code="work", label=Text(id="Bekerja atau magang", en="Work or internship")),
        Purpose(code="study", label=Text(id="Belajar", en="Study")),
        Purpose(code="medical", label=Text(id="Berobat", en="Medical treatment")),
        Purpose(
            code="business", label=Text(id="Perjalanan usaha atau dinas", en="Business or official travel")
        ),
    )


def electronic_identity_card() -> Requirement:
    """The e-KTP, or the letter of those who moved abroad."""
    return Requirement(
        code="identity-card",
        text=Text(
            id="KTP elektronik (e-KTP) yang masih berlaku", en="Your valid electronic identity card (e-KTP)"
        ),
        note=Text(
            id="Bila Anda pindah ke luar negeri, surat keterangan pindah ke luar negeri.",
            en="If you have moved abroad, the official letter of moving abroad.",
        ),
        basis=PASSPORT_RULE,
    )


def family_card(only_for: Text | None = None) -> Requirement:
    """The KK."""
    return Requirement(
        code="family-card",
        text=Text(id="Kartu Keluarga (KK)", en="Your family card (KK)"),
        only_for=only_for,
        basis=PASSPORT_RULE,
    )


def proof_of_birth(only_for: Text | None = None) -> Requirement:
    """One of four documents, which must name place and date of birth and the parents."""
    return Requirement(
        code="proof-of-birth",
        text=Text(id="Salah satu dokumen kelahiran", en="One document about your birth"),
        one_of=(
            Text(id="Akta kelahiran", en="Birth certificate"),
            Text(id="Akta perkawinan atau buku nikah", en="Marriage certificate or marriage book"),
            Text(id="Ijazah", en="School or university diploma"),
            Text(id="Surat baptis", en="Baptism letter"),
        ),
        note=Text(
            id="Harus memuat nama, tempat dan tanggal lahir, serta nama orang tua. Bila tidak memuat, "
            "mintalah surat keterangan dari instansi yang berwenang.",
            en="It must show your name, place and date of birth, and your parents' names. If it does not, "
            "ask the authority concerned for a letter.",
        ),
        only_for=only_for,
        basis=PASSPORT_RULE,
    )


def changed_name() -> Requirement:
    """The decision about another name."""
    return Requirement(
        code="name-change",
        text=Text(
            id="Penetapan ganti nama dari pejabat yang berwenang", en="The official decision on your new name"
        ),
        only_for=Text(id="Pemohon yang pernah mengganti nama", en="Applicants who have changed their name"),
        basis=PASSPORT_RULE,
    )


def passport_steps() -> tuple[Text, ...]:
    """From the documents to the finished passport."""
    return (
        Text(
            id="Petugas memeriksa kelengkapan dan keabsahan berkas Anda.",
            en="An officer checks that your documents are complete and valid.",
        ),
        Text(
            id="Bayar biaya paspor dengan kode bayar yang Anda terima.",
            en="Pay the fee with your billing code.",
        ),
        Text(id="Foto dan perekaman sidik jari.", en="Photo and fingerprints."),
        Text(id="Wawancara singkat dengan petugas.", en="A short interview with an officer."),
        Text(
            id="Permohonan diverifikasi dan diputuskan, lalu paspor dicetak.",
            en="The application is verified and decided, then the passport is printed.",
        ),
        Text(
            id="Ambil paspor dan tanda tangani buku serah terima.",
            en="Collect it and sign the handover register.",
        ),
    )


def passport_warnings() -> tuple[Text, ...]:
    """What costs money or the passport itself when it is not known beforehand."""
    return (
        Text(
            id="Biaya yang sudah dibayar tidak dikembalikan, juga bila wawancara tidak berhasil. Periksa "
            "dahulu kelengkapan Anda.",
            en="A fee that is paid is not returned, even when the interview does not succeed. Check your "
            "documents first.",
        ),
        Text(
            id="Berkas yang tidak lengkap di loket dikembalikan dan permohonan dianggap ditarik kembali.",
            en="Incomplete documents are handed back at the counter and the application counts as withdrawn.",
        ),
        Text(
            id="Ambil paspor dalam satu bulan sejak terbit. Lewat dari itu paspor dibatalkan (Permenkumham "
            "8/2014 Pasal 30).",
            en="Collect your passport within one month of its issue. After that it is cancelled "
            "(Permenkumham 8/2014 art. 30).",
        ),
        Text(
            id="Isi data dengan benar. Paspor yang diperoleh dengan keterangan tidak benar dibatalkan "
            "(Permenkumham 8/2014 Pasal 30).",
            en="Give true information. A passport obtained with false information is cancelled "
            "(Permenkumham 8/2014 art. 30).",
        ),
    )


def collection_note() -> Text:
    """Who may collect a passport (Permenkumham 8/2014 art. 23)."""
    return Text(
        id="Yang boleh mengambil: Anda sendiri dengan bukti bayar dan KTP; keluarga dengan bukti bayar, "
        "salinan KK, dan KTP-nya; orang lain dengan bukti bayar, surat kuasa, dan KTP-nya.",
        en="It may be collected by you, with proof of payment and your identity card; by a relative, with "
        "proof of payment, a copy of the family card and their identity card; by somebody else, with "
        "proof of payment, a power of attorney and their identity card.",
    )


def any_office_note() -> Text:
    """Residence does not decide where to apply."""
    return Text(
        id="Anda boleh mengurus di kantor mana pun, tidak harus sesuai alamat KTP.",
        en="You may apply at any office, whatever address is on your identity card.",
    )


def pilgrimage_note() -> Text:
    """The letter of the religious ministry was abolished on 22 February 2023 (IMI-GR.01.01-0070)."""
    return Text(
        id="Untuk haji dan umrah tidak lagi diperlukan surat rekomendasi Kementerian Agama (sejak 22 "
        "Februari 2023). Pastikan nama di paspor sama persis dengan nama pada pendaftaran haji.",
        en="For hajj and umrah no recommendation letter of the Ministry of Religious Affairs is needed any "
        "more (since 22 February 2023). Make sure the name in the passport equals the one in the hajj "
        "registration, letter by letter.",
    )


def exemption_note() -> Text:
    """Whom PP 45/2024 art. 5 exempts is known from a secondary source only: hence the counter decides."""
    return Text(
        id="Berangkat bekerja ke luar negeri untuk pertama kali, atau menerima beasiswa? Tanyakan di loket "
        "apakah Anda dibebaskan dari biaya dan surat apa yang perlu dibawa.",
        en="Going abroad to work for the first time, or on a scholarship? Ask at the counter whether you "
        "are exempt from the fee and which letters to bring.",
    )


def ordinary_promises() -> tuple[Promise, ...]:
    """By rule four working days from the interview; at the pop-up, as announced, three after payment."""
    return (
        Promise(
            working_days=4,
            counts_from=Text(id="sejak wawancara", en="from the interview"),
            counts_from_stage="interviewed",
            exclusions=(
                Text(
                    id="Penggantian paspor hilang, rusak, atau duplikat",
                    en="Replacement of a lost, damaged or duplicate passport",
                ),
            ),
            basis="Permenkumham 8/2014 Pasal 22",
            # The article is older; the row is attested from its amendment by Permenkumham 18/2022 on.
            valid_from=date(2022, 9, 29),
        ),
        Promise(
            working_days=3,
            counts_from=Text(
                id="setelah pembayaran, untuk berkas yang lengkap", en="after payment, for complete documents"
            ),
            counts_from_stage="paid",
            site=POPUP_GORONTALO,
            basis="Kantor Imigrasi Gorontalo, 2019-10-23",
            valid_from=date(2019, 10, 23),
        ),
    )
