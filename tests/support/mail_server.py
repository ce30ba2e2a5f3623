"""A real SMTP server for tests, and the certificate of one that encrypts."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from email import message_from_string
from email.message import EmailMessage
from email.policy import default as default_policy
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.support.servers import free_port


class MailServer:
    """smtp_server.py in a process of its own; stopped and started at will."""

    def __init__(self, folder: Path, *, encryption: str = "none") -> None:
        """`encryption`: "none", "starttls" or "implicit"; a certificate is made in `folder` when needed."""
        self.folder = folder
        self.encryption = encryption
        if encryption != "none":
            write_certificate(folder / "certificate.pem")
        self.port = free_port()
        self.url = f"smtp://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Listen."""
        script = Path(__file__).with_name("smtp_server.py")
        command = [
            sys.executable,
            "-W",
            "ignore",
            str(script),
            str(self.port),
            str(self.folder),
            self.encryption,
        ]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "ready\n"

    def stop(self) -> None:
        """Be gone."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def mails(self, recipient: str = "") -> list[EmailMessage]:
        """What was accepted, for anybody or for one recipient."""
        return [parsed(mail["data"]) for mail in self.accepted() if recipient in ("", *mail["to"])]

    def accepted(self) -> list[dict[str, Any]]:
        """What was accepted, as smtp_server.py wrote it down."""
        path = self.folder / "mails.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


@cache
def parsed(text: str) -> EmailMessage:
    """Return a mail from its text; who waits for one asks fifty times a second."""
    return message_from_string(text, EmailMessage, policy=default_policy)


def write_certificate(path: Path) -> None:
    """Write key and self-signed certificate of 127.0.0.1, good for a day around now."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
