"""What is read out of mails: those of people, those of programs, and those that nobody should have sent."""

from email.message import EmailMessage

import pytest
from gerai_complaints.rules.mail import MOST_BYTES, Mail, UnreadableMail, read_mail
from gerai_complaints.rules.mail_text import language_of, of_html, shortened, without_quotes
from hypothesis import given
from hypothesis import strategies as st

FIRST = "0193a111-0000-7000-8000-000000000001"
SECOND = "0193a111-0000-7000-8000-000000000002"


def written(text: str | None = "Loket tutup sebelum jamnya.", **headers: str) -> EmailMessage:
    """A mail of a citizen; names of headers with _ for -."""
    mail = EmailMessage()
    sent = {
        "From": "Siti Contoh <Siti@Contoh.example>",
        "To": "pengaduan@mpp.example.id",
        "Subject": "Loket tutup",
        "Message-ID": "<a1@contoh.example>",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    for name, value in sent.items():
        if value:
            mail[name] = value
    if text is not None:
        mail.set_content(text)
    return mail


def read(mail: EmailMessage | bytes) -> Mail:
    return read_mail(mail if isinstance(mail, bytes) else mail.as_bytes())


def test_a_plain_mail_is_read_as_it_was_written() -> None:
    mail = read(written(X_Original_To="Pengaduan+Immigration@mpp.example.id"))
    assert (mail.name, mail.address, mail.message_id) == (
        "Siti Contoh",
        "siti@contoh.example",
        "<a1@contoh.example>",
    )
    assert (mail.subject, mail.text) == ("Loket tutup", "Loket tutup sebelum jamnya.")
    assert mail.recipients[0] == "pengaduan+immigration@mpp.example.id"
    assert (mail.about, mail.attachments, mail.not_from_a_person) == ((), (), "")


def test_of_alternatives_the_plain_one_is_read_and_html_alone_becomes_text() -> None:
    both = written("Yang polos.")
    both.add_alternative("<p>Yang berhias</p>", subtype="html")
    assert read(both).text == "Yang polos."
    only = written(None)
    only.set_content(
        "<html><head><title>T</title><style>p{}</style></head><body><p>Antre   &lt;lama&gt;</p>"
        "<script>alert(1)</script><ul><li>satu<li>dua</ul><a href='http://x.example'>tautan</a><br>akhir</body>",
        subtype="html",
    )
    assert read(only).text == "Antre <lama>\n\n- satu\n- dua\ntautan\nakhir"


@pytest.mark.parametrize(
    ("encoding", "raw"),
    [
        ("utf-8", "é – ok".encode()),
        ("iso-8859-1", "é ok".encode("latin-1")),
        ("utf-8", "é ok".encode("latin-1")),
        ("x-unknown", "é ok".encode()),
        ("idna", "é ok".encode()),
        ("unicode_escape", b"\xc3\xa9 ok \\x41"),
        ("utf-16\x00", "é ok".encode()),
    ],
)
def test_whatever_the_encoding_is_called_the_text_is_read(encoding: str, raw: bytes) -> None:
    head = f"From: a@b.example\r\nSubject: x\r\nContent-Type: text/plain; charset={encoding}\r\n\r\n"
    text = read(head.encode() + raw).text
    assert text.startswith("é")
    assert "A" not in text


def test_encoded_headers_are_read_and_their_line_ends_are_none() -> None:
    raw = (
        b"From: =?utf-8?b?U2l0aQpCY2M6IHg=?= <siti@contoh.example>\r\n"
        b"Subject: =?utf-8?q?Re:_Bls:_Antre=0Alama=E2=80=AE?=\r\n\r\nhalo\r\n"
    )
    mail = read(raw)
    assert (mail.name, mail.subject, mail.address) == ("Siti Bcc: x", "Antre lama", "siti@contoh.example")
    broken = read(b"From: a@b.example\r\nSubject: =?nonsense?b?////?= x\r\n\r\nhalo")
    assert "x" in broken.subject


def test_attachments_are_named_and_mails_within_are_not_opened() -> None:
    mail = written()
    mail.add_attachment(b"\xff\xd8", maintype="image", subtype="jpeg", filename="foto saya.jpg")
    mail.add_attachment("rahasia", filename="catatan.txt")
    mail.add_attachment(written("isi surel lain"))
    read_ = read(mail)
    assert read_.text == "Loket tutup sebelum jamnya."
    assert read_.attachments == ("foto saya.jpg", "catatan.txt", "message/rfc822")


@pytest.mark.parametrize(
    "quoted",
    [
        "On Mon, 23 Nov 2026 at 10:00, Gerai <antrean@mpp.example.id> wrote:\n> Laporan Anda",
        "Pada Sen, 23 Nov 2026 pukul 10.00 Gerai\n<antrean@mpp.example.id> menulis:\n\n> Laporan Anda",
        "-----Original Message-----\nFrom: Gerai\nLaporan Anda",
        "________________________________\nDari: Gerai\nLaporan Anda",
        "From: Gerai <antrean@mpp.example.id>\nSent: Monday\nTo: Siti\nLaporan Anda",
        "Dari: Gerai\nDikirim: Senin\nLaporan Anda",
        "> Laporan Anda\n> sudah diterima",
        "-- \nSiti Contoh\nTelepon",
    ],
)
def test_of_a_reply_only_what_is_new_is_kept(quoted: str) -> None:
    references = f"<{SECOND}.{FIRST}@mpp.example.id>"
    mail = read(written(f"Masih tutup juga.\n\n{quoted}\n", In_Reply_To=references, Subject="Re: Laporan"))
    assert (mail.text, mail.about, mail.subject) == ("Masih tutup juga.", (FIRST,), "Laporan")


def test_what_is_no_reply_keeps_what_it_quotes_and_a_reply_of_quotes_alone_all_of_it() -> None:
    text = "Mereka menulis:\n> loket buka pukul 8\nTidak benar."
    assert read(written(text)).text == text
    assert without_quotes("> hanya kutipan") == "> hanya kutipan"


def test_the_nearest_reference_goes_first() -> None:
    mail = read(
        written(
            References=f"<{FIRST}.{FIRST}@m.example> <{FIRST}.{SECOND}@m.example>",
            In_Reply_To="<else@where.example>",
        )
    )
    assert mail.about == (SECOND, FIRST)


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({"Auto_Submitted": "auto-replied"}, "automatic"),
        ({"Auto_Submitted": "auto-generated; x=y"}, "automatic"),
        ({"Auto_Submitted": "no"}, ""),
        ({"X_Autoreply": "yes"}, "automatic"),
        ({"Precedence": "Bulk"}, "list"),
        ({"List_Id": "<warga.example>"}, "list"),
        ({"Return_Path": "<>"}, "bounce"),
        ({"Return_Path": "<siti@contoh.example>"}, ""),
        ({"From": "Mail Delivery <MAILER-DAEMON@contoh.example>"}, "bounce"),
        ({"X_Spam_Flag": "YES"}, "spam"),
        ({"X_Spam_Status": "Yes, score=12"}, "spam"),
        ({"X_Spam_Status": "No, score=0"}, ""),
    ],
)
def test_programs_are_told_from_people(headers: dict[str, str], reason: str) -> None:
    assert read(written(**headers)).not_from_a_person == reason


def test_a_report_of_a_mail_server_is_a_bounce() -> None:
    raw = b'From: x@y.example\r\nContent-Type: multipart/report; boundary="b"\r\n\r\n--b\r\n\r\nhalo\r\n--b--\r\n'
    assert read(raw).not_from_a_person == "bounce"


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "no_sender"),
        (b"\x00\xff\xfe" * 100, "no_sender"),
        (b"Subject: x\r\n\r\nhalo", "no_sender"),
        (b"From: siti\r\n\r\nhalo", "no_sender"),
        ("From: sití@contoh.example\r\n\r\nhalo".encode(), "no_sender"),
        (b"x" * (MOST_BYTES + 1), "too_large"),
    ],
)
def test_what_nobody_can_be_answered_for_is_refused(raw: bytes, reason: str) -> None:
    with pytest.raises(UnreadableMail, match=reason):
        read(raw)


def test_parts_within_parts_without_end_are_not_followed() -> None:
    head = b"From: a@b.example\r\nSubject: dalam\r\n"
    nested = [
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (at, at) for at in range(400)
    ]
    assert read(head + b"".join(nested[:40]) + b"\r\nhalo").subject == "dalam"
    with pytest.raises(UnreadableMail, match="malformed"):
        read(head + b"".join(nested) + b"\r\nhalo")
    with pytest.raises(UnreadableMail, match="malformed"):
        read(head + b"X: y\r\n" * 100_000 + b"\r\nhalo")
    many = b"--b\r\nContent-Type: text/plain\r\n\r\nx\r\n" * 1_000
    wide = read(head + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n' + many + b"--b--\r\n")
    assert len(wide.text) < 500


@given(
    raw=st.binary(max_size=300),
    header=st.sampled_from([b"From", b"Subject", b"Content-Type", b"To", b"References", b"Message-ID"]),
)
def test_nothing_that_comes_in_breaks_the_reader(raw: bytes, header: bytes) -> None:
    for mail in (
        raw,
        b"From: a@b.example\r\n" + header + b": " + raw + b"\r\n\r\n" + raw,
        b"From: a@b.example\r\nContent-Type: text/html; charset=" + raw[:20] + b"\r\n\r\n<" + raw,
    ):
        try:
            found = read(mail)
        except UnreadableMail:
            continue
        assert "\0" not in found.text + found.subject + found.name
        found.text.encode()


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Saya sudah menunggu dua jam dan loket tidak buka.", "id"),
        ("I have waited for two hours and the counter was not open.", "en"),
        ("The counter", "id"),
        ("", "id"),
    ],
)
def test_the_language_is_indonesian_unless_it_is_plainly_english(text: str, language: str) -> None:
    assert language_of(text) == language


def test_html_that_never_ends_is_read_quickly() -> None:
    for endless in ("<div ", "<div a=", "<!--", "<script>", "<", "</", "&", "<p", "<![CDATA["):
        assert of_html("<p>halo</p>" + endless * 20_000).startswith("\nhalo")
    assert (
        of_html("2 < 3 > 1 <3 a<b>tebal</b> <STYLE>x</STYLE>&amp;<!-- <p>x --> akhir")
        == "2 < 3 > 1 <3 atebal & akhir"
    )
    assert shortened("abcdef", 4) == "abc…"
