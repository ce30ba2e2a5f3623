"""`python -m gerai_complaints receive-mail`: one mail on standard input, as mail servers hand them over.

The exit code is of sysexits.h, as Postfix, Exim and fetchmail read it: 0 taken, or passed over in silence; 65
refused for good; 75 to be tried later.
"""

import os
import sys
from email.utils import parseaddr
from typing import BinaryIO

from gerai_shared.deployment import Deployment
from gerai_shared.logs import get_logger

from gerai_complaints.keyring import keyring_of
from gerai_complaints.rules.mail import MOST_BYTES, UnreadableMail, read_mail
from gerai_complaints.usecases import mailing
from gerai_complaints.usecases.mailing import Received

log = get_logger(__name__)

EXIT_OK, EXIT_REFUSED, EXIT_LATER = os.EX_OK, os.EX_DATAERR, os.EX_TEMPFAIL
#: Programs wrote these: whoever answers them may never hear the end of it.
SILENT = frozenset({"automatic", "bounce", "list", "own", "spam"})
#: What a mail server tells whoever wrote a mail that is refused.
TOLD = {
    "malformed": "Surel ini tidak dapat dibaca. This mail cannot be read.",
    "no_sender": "Surel ini tanpa alamat pengirim yang dapat dibalas. It has no sender that can be answered.",
    "no_text": "Surel ini kosong; mohon tulis pengaduan Anda. It is empty; please write what happened.",
    "too_large": "Surel ini terlalu besar; mohon kirim tanpa lampiran. Too large; please leave files out.",
    "too_many": "Terlalu banyak surel hari ini; mohon coba besok. Too many mails today; please try tomorrow.",
}


def receive_mail(deployment: Deployment, stream: BinaryIO) -> int:
    """Take the mail on `stream`; return the exit code. Whatever goes wrong here, the mail is tried again."""
    try:
        raw = stream.read(MOST_BYTES + 1)
        received = _receive(deployment, raw)
    except Exception as error:
        # A fault of ours, or the database away: the mail server keeps the mail.
        log.exception("mail_waits", reason=type(error).__name__)
        return EXIT_LATER
    finally:
        deployment.database.close()
    if received.reason and received.reason not in SILENT:
        # Alone: the mail server puts all that is written here into its answer.
        sys.stderr.write(TOLD[received.reason] + "\n")
        return EXIT_REFUSED
    log.info("mail_received", outcome=received.outcome, reason=received.reason, number=received.number)
    return EXIT_OK


def _receive(deployment: Deployment, raw: bytes) -> Received:
    settings, now = deployment.settings, deployment.clock.now()
    try:
        mail = read_mail(raw)
    except UnreadableMail as problem:
        reason = str(problem)
        with deployment.database.transaction() as session:
            mailing.note_unreadable(session, raw, reason=reason, now=now)
        return Received(outcome=mailing.REFUSED, reason=reason)
    own = {settings.complaints_mail.lower(), parseaddr(settings.mail_from)[1].lower()}
    with deployment.database.transaction() as session:
        return mailing.receive(
            session,
            mail,
            raw=raw,
            own_addresses=frozenset(own),
            agencies=settings.agencies,
            keyring=keyring_of(deployment),
            now=now,
        )
