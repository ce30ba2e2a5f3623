"""A real SMTP server in a process of its own: `python smtp_server.py PORT FOLDER none|starttls|implicit`.

Each accepted mail becomes one line of JSON in `FOLDER/mails.jsonl`: {"from", "to", "data", "encrypted",
"user"}. Who a mail is for decides what happens to it: `unknown@` is refused for good (550), `busy@` for now
(451) as long as the file `FOLDER/busy` exists, and `slow@` is kept but answered only after a minute, so that
a test can end the sender in between. With encryption (certificate and key in `FOLDER/certificate.pem`) only
the user below may send. Prints `ready` when it listens.
"""

import asyncio
import json
import ssl
import sys
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

SLOW_SECONDS = 60.0
USER, PASSWORD = "gerai@mall", "p@ss/word"


class Handler:
    """Answers as the recipient's name asks."""

    def __init__(self, folder: Path) -> None:
        self._mails = folder / "mails.jsonl"
        self._busy = folder / "busy"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        """Take a recipient or refuse it."""
        if address.startswith("unknown@"):
            return f"550 5.1.1 <{address}> no such mailbox"
        if address.startswith("busy@") and self._busy.exists():
            return f"451 4.3.2 <{address}> try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """Keep a mail."""
        mail = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "data": envelope.content.decode("ascii"),
            "encrypted": server.transport.get_extra_info("cipher") is not None,
            "user": session.auth_data.login.decode() if session.auth_data else None,
        }
        with self._mails.open("a") as file:
            file.write(json.dumps(mail) + "\n")
        if envelope.rcpt_tos[0].startswith("slow@"):
            await asyncio.sleep(SLOW_SECONDS)
        return "250 OK"


def authenticate(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
    """Let the one user in."""
    known = LoginPassword(USER.encode(), PASSWORD.encode())
    return AuthResult(success=data == known, handled=False, auth_data=data)


async def main(port: int, folder: Path, encryption: str) -> None:
    """Serve until the process is ended."""
    options: dict[str, Any] = {}
    context = None
    if encryption != "none":
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(folder / "certificate.pem")
        options = {"authenticator": authenticate, "auth_required": True}
    if encryption == "starttls":
        options |= {"tls_context": context, "require_starttls": True}
    elif encryption == "implicit":
        # aiosmtpd counts only what STARTTLS encrypted.
        options |= {"auth_require_tls": False}
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(Handler(folder), **options),
        "127.0.0.1",
        port,
        ssl=context if encryption == "implicit" else None,
    )
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]))
