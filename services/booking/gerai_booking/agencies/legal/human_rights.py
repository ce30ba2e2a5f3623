"""Human-rights communications (Yankomas) and legal advice."""

from gerai_booking.agencies.legal import common, stages
from gerai_booking.rules.catalogue import Purpose, Requirement, Service, Text

YANKOMAS = "Permenkumham 32/2016"


def human_rights_complaint() -> Service:
    """A report of an alleged violation of human rights, followed up by coordination and recommendation."""
    return Service(
        code="human-rights-complaint",
        prefix="S",
        group=common.human_rights_group(),
        name=Text(id="Pengaduan HAM (Yankomas)", en="Human-rights complaint (Yankomas)"),
        summary=Text(
            id="Menyampaikan dugaan pelanggaran atau permasalahan hak asasi manusia dan dibantu tindak "
            "lanjutnya.",
            en="Report an alleged violation of human rights and be helped with the follow-up.",
        ),
        who=Text(
            id="Siapa saja yang ingin menyampaikan permasalahan HAM.",
            en="Anyone who wants to report a human-rights matter.",
        ),
        steps=_complaint_steps(),
        requirements=_complaint_requirements(),
        fee_note=common.no_fee_recorded(),
        promise_note=common.time_at_the_counter(),
        purposes=(
            common.advice_purpose(),
            Purpose(code="complaint", label=Text(id="Menyampaikan pengaduan", en="Making a complaint")),
            common.progress_purpose(),
        ),
        duration_minutes=60,
        warnings=(
            Text(
                id="Sampaikan dengan bahasa yang sopan, tanpa hinaan.",
                en="Please use polite language, without insults.",
            ),
        ),
        notes=_complaint_notes(),
        citizenship=frozenset({"WNI", "WNA"}),
        stages=stages.human_rights_stages(),
        legal_basis=(YANKOMAS,),
    )


def legal_consultation() -> Service:
    """A first conversation about a legal question."""
    return Service(
        code="legal-consultation",
        prefix="T",
        group=common.human_rights_group(),
        name=Text(id="Konsultasi hukum", en="Legal advice"),
        summary=Text(
            id="Bertanya tentang layanan hukum dan diarahkan ke layanan yang tepat.",
            en="Ask about legal services and be pointed to the right one.",
        ),
        who=Text(id="Siapa saja.", en="Anyone."),
        steps=(
            Text(id="Ceritakan persoalan Anda.", en="Tell us about your question."),
            Text(
                id="Petugas menjelaskan pilihan dan layanan yang sesuai.",
                en="An officer explains your choices and the services that fit.",
            ),
        ),
        requirements=_consultation_requirements(),
        fee_note=common.no_fee_recorded(),
        promise_note=Text(
            id="Penjelasan diberikan langsung di loket; yang perlu didalami dijadwalkan kembali bersama "
            "Anda.",
            en="You are answered at the counter; what needs more study gets another date with you.",
        ),
        purposes=(
            Purpose(
                code="person", label=Text(id="Urusan pribadi atau keluarga", en="Personal or family matter")
            ),
            Purpose(code="business", label=Text(id="Urusan usaha", en="Business matter")),
            Purpose(code="other", label=Text(id="Lainnya", en="Something else")),
        ),
        duration_minutes=30,
        citizenship=frozenset({"WNI", "WNA"}),
    )


def _complaint_requirements() -> tuple[Requirement, ...]:
    return (
        Requirement(
            code="identity",
            text=Text(id="Salah satu tanda pengenal", en="One proof of identity"),
            one_of=(
                Text(id="KTP", en="Identity card"),
                Text(id="Paspor", en="Passport"),
                Text(id="SIM", en="Driving licence"),
            ),
            basis=YANKOMAS,
        ),
        Requirement(
            code="facts",
            text=Text(
                id="Uraian kejadian: apa, siapa, kapan, dan di mana",
                en="What happened: what, who, when and where",
            ),
            basis=YANKOMAS,
        ),
        Requirement(
            code="evidence",
            text=Text(id="Bukti pendukung", en="Supporting evidence"),
            note=Text(
                id="Misalnya surat, foto, atau keterangan saksi.",
                en="For example letters, photos or witness accounts.",
            ),
            basis=YANKOMAS,
        ),
    )


def _complaint_steps() -> tuple[Text, ...]:
    return (
        Text(
            id="Penerimaan: petugas mendengarkan dan membantu mengisi formulir.",
            en="Receipt: an officer listens and helps with the form.",
        ),
        Text(id="Penelaahan: laporan dan bukti dipelajari.", en="Review: report and evidence are studied."),
        Text(
            id="Koordinasi: pihak terkait diminta menjelaskan; bila tidak menjawab, diadakan rapat "
            "koordinasi.",
            en="Coordination: those concerned are asked to explain; without an answer, a meeting is called.",
        ),
        Text(id="Rekomendasi: hasilnya disampaikan.", en="Recommendation: the outcome is stated."),
    )


def _complaint_notes() -> tuple[Text, ...]:
    return (
        Text(
            id="Pengaduan juga dapat dikirim lewat surat, surel, atau SIMASHAM.",
            en="A complaint can also be sent by letter, by e-mail or through SIMASHAM.",
        ),
        Text(
            id="Layanan ini kini di bawah Kementerian HAM; tanyakan di loket aturan terbarunya.",
            en="The service now belongs to the Ministry of Human Rights; ask at the counter for the latest "
            "rule.",
        ),
    )


def _consultation_requirements() -> tuple[Requirement, ...]:
    return (
        common.proof_of_identity(),
        Requirement(
            code="related-documents",
            text=Text(
                id="Dokumen yang berkaitan, bila ada",
                en="Papers that have to do with it, if you have any",
            ),
            basis=common.AT_THE_COUNTER,
        ),
    )
