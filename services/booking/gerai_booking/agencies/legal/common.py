"""What the legal counters share: headings, purposes, and answers to what only the counter can settle."""

from gerai_booking.rules.catalogue import Purpose, Requirement, Text

AT_THE_COUNTER = "Tanyakan di loket / ask at the counter"


def intellectual_property_group() -> Text:
    """The heading of KI."""
    return Text(id="Kekayaan intelektual", en="Intellectual property")


def legal_administration_group() -> Text:
    """The heading of AHU."""
    return Text(id="Administrasi hukum umum", en="General legal administration")


def human_rights_group() -> Text:
    """The heading of HAM and of legal advice."""
    return Text(id="Hak asasi manusia dan konsultasi hukum", en="Human rights and legal advice")


def advice_purpose() -> Purpose:
    """To ask first."""
    return Purpose(code="consultation", label=Text(id="Konsultasi", en="Advice"))


def filing_purpose() -> Purpose:
    """To be accompanied while filing online."""
    return Purpose(
        code="filing", label=Text(id="Pendampingan pengajuan daring", en="Help with filing online")
    )


def progress_purpose() -> Purpose:
    """To ask about something already filed."""
    return Purpose(
        code="progress", label=Text(id="Menanyakan permohonan yang berjalan", en="Asking about a filed case")
    )


def filing_purposes() -> tuple[Purpose, ...]:
    """Why people come to a counter for something that is filed online."""
    return (advice_purpose(), filing_purpose(), progress_purpose())


def identity_card() -> Requirement:
    """The e-KTP, for whoever signs."""
    return Requirement(
        code="identity-card",
        text=Text(id="KTP elektronik (e-KTP)", en="Your electronic identity card (e-KTP)"),
        basis=AT_THE_COUNTER,
    )


def proof_of_identity() -> Requirement:
    """The e-KTP, or the passport of a foreign national."""
    return Requirement(
        code="proof-of-identity",
        text=Text(id="Salah satu tanda pengenal", en="One proof of identity"),
        one_of=(
            Text(id="KTP elektronik (e-KTP)", en="Electronic identity card (e-KTP)"),
            Text(id="Paspor, untuk WNA", en="Passport, for foreign nationals"),
        ),
        basis=AT_THE_COUNTER,
    )


def no_fee_recorded() -> Text:
    """For services to which no source attaches a price; that they are free is not verified either."""
    return Text(
        id="Tidak ada biaya yang tercatat untuk layanan ini. Pastikan di loket sebelum membayar apa pun.",
        en="No fee is recorded for this service. Make sure at the counter before you pay anything.",
    )


def filed_online_warning() -> Text:
    """Officers advise and assist; the applicant files."""
    return Text(
        id="Permohonan diajukan secara daring oleh Anda sendiri. Petugas memberi penjelasan dan "
        "mendampingi, tidak mengajukan atas nama Anda.",
        en="You file the application online yourself. The officers explain and assist; they do not file for "
        "you.",
    )


def time_at_the_counter() -> Text:
    """For results whose time no verified rule fixes."""
    return Text(
        id="Lama prosesnya berbeda untuk setiap permohonan. Tanyakan perkiraannya di loket.",
        en="How long it takes differs between applications. Ask for an estimate at the counter.",
    )


def fee_at_the_counter() -> Text:
    """For tariffs that could not be verified."""
    return Text(
        id="Tarif dapat berubah. Tanyakan tarif yang berlaku di loket sebelum membayar.",
        en="Tariffs may change. Ask at the counter for the present one before you pay.",
    )
