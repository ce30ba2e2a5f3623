"""Mails about complaints may be answered where answers are read, and find their complaint again."""

from dataclasses import replace
from email.message import EmailMessage

import pytest
from gerai_complaints.rules.mail import read_mail
from gerai_notifications import rules
from gerai_notifications.mail import compose, message_id_of
from gerai_notifications.writing import Writer
from gerai_shared.ids import new_id

from tests.unit.notifications.examples import complaint_event, delivery, ticket_event

MAIL_FROM = "Mal Pelayanan Publik <antrean@pelayanan-publik.kabupaten-contoh.example>"
BOX = "pengaduan@mpp.example.id"


@pytest.mark.parametrize("written_at_length", [False, True])
def test_an_answer_names_the_complaint_of_the_mail_it_answers(written_at_length: bool) -> None:
    complaint = new_id()
    sent = compose(
        replace(delivery(), message_id=message_id_of(new_id(), MAIL_FROM, about=complaint), reply_to=BOX),
        mail_from=MAIL_FROM,
    )
    assert str(sent["Reply-To"]) == f"Mal Pelayanan Publik <{BOX}>"
    assert sent["Auto-Submitted"] == "auto-generated"
    raw = sent.as_bytes()
    (message_id,) = [line for line in raw.decode().splitlines() if line.startswith("Message-ID: <")]
    answer = EmailMessage()
    answer["From"], answer["To"], answer["Subject"] = "warga@contoh.example", BOX, "Re: Laporan"
    # Some programs put a header that is long into encoded words.
    answer["In-Reply-To" if written_at_length else "References"] = message_id.removeprefix("Message-ID: ")
    answer.set_content("Masih.")
    assert read_mail(answer.as_bytes()).about == (complaint,)


def test_other_mails_name_nobody_and_nothing_to_answer_to() -> None:
    identifier = new_id()
    assert message_id_of(identifier, MAIL_FROM).startswith(f"<{identifier}@")
    assert compose(delivery(), mail_from=MAIL_FROM)["Reply-To"] is None


@pytest.mark.parametrize(("language", "words"), [("id", "boleh dibalas"), ("en", "may answer this message")])
def test_what_may_be_answered_says_so(language: str, words: str) -> None:
    about_complaint, about_ticket = complaint_event(language=language), ticket_event(language=language)
    for hears, event, expected in (
        (True, about_complaint, True),
        (False, about_complaint, False),
        (True, about_ticket, False),
    ):
        writer = Writer(
            public_url="https://mpp.example.id", organizer="a@b.example", hears_complainants=hears
        )
        letter = writer.write(event, name="Contoh", token="complaint.x")
        assert (words in letter.text, words in letter.html) == (expected, expected)


def test_every_letter_about_a_complaint_may_be_answered() -> None:
    for event_type, cause in rules.CAUSES.items():
        assert rules.is_about_complaint(cause.template) is event_type.startswith("complaint.")
