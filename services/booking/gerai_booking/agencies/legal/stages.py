"""What follows the counter at KI, AHU and HAM. Officers advise; what is filed online, the applicant files."""

from gerai_booking.rules.catalogue import Stage, Text


def trademark_stages() -> tuple[Stage, ...]:
    """Filed by the applicant, then published for two months."""
    return (*_filed_by_the_applicant(), Stage(code="published", name=Text(id="Diumumkan", en="Published")))


def copyright_stages() -> tuple[Stage, ...]:
    """The record follows the payment within minutes (POP HC)."""
    return (
        *_filed_by_the_applicant(),
        Stage(code="recorded", name=Text(id="Surat pencatatan terbit", en="Record issued")),
    )


def filing_stages() -> tuple[Stage, ...]:
    """Where nothing is known of what comes after the filing."""
    return _filed_by_the_applicant()


def company_stages() -> tuple[Stage, ...]:
    """For a company or a security: filed by the applicant, then registered."""
    return (*_filed_by_the_applicant(), Stage(code="registered", name=Text(id="Terdaftar", en="Registered")))


def apostille_stages() -> tuple[Stage, ...]:
    """Filed by the applicant; verified by the directorate; paid; printed at the counter."""
    return (
        Stage(code="submitted", name=Text(id="Permohonan diajukan", en="Submitted")),
        Stage(
            code="verified",
            name=Text(id="Diverifikasi", en="Verified"),
            waits_for_citizen=True,
            asks=Text(
                id="Silakan bayar lewat akun Anda di apostille.ahu.go.id.",
                en="Please pay through your account at apostille.ahu.go.id.",
            ),
            clock="stops",
        ),
        Stage(code="paid", name=Text(id="Dibayar", en="Paid")),
        Stage(code="printed", name=Text(id="Sertifikat dicetak", en="Certificate printed")),
    )


def human_rights_stages() -> tuple[Stage, ...]:
    """Permenkumham 32/2016: receipt, review, coordination, recommendation."""
    return (
        Stage(code="received", name=Text(id="Diterima", en="Received")),
        Stage(code="reviewed", name=Text(id="Ditelaah", en="Reviewed")),
        Stage(code="coordinated", name=Text(id="Dikoordinasikan", en="Coordinated")),
        Stage(code="recommended", name=Text(id="Rekomendasi disampaikan", en="Recommendation stated")),
    )


def _filed_by_the_applicant() -> tuple[Stage, ...]:
    return (
        Stage(
            code="advised",
            name=Text(id="Sudah dijelaskan", en="Explained"),
            waits_for_citizen=True,
            asks=Text(
                id="Silakan ajukan permohonan Anda secara daring; petugas mendampingi bila perlu.",
                en="Please file your application online; an officer helps where needed.",
            ),
            clock="stops",
        ),
        Stage(code="filed", name=Text(id="Permohonan diajukan", en="Filed")),
    )
