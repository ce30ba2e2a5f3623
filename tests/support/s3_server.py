"""A store that speaks as much S3 as attachments need, and believes nobody whose signature is wrong."""

import hashlib
import hmac
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from gerai_complaints.storage.settings import StorageSettings

KEY, SECRET, REGION, BUCKET = "TESTACCESSKEY", "test-secret-of-the-store", "id-test-1", "gerai-files"
MISSING = "<Error><Code>NoSuchKey</Code><Message>none</Message></Error>"
WRONG = "<Error><Code>SignatureDoesNotMatch</Code><Message>wrong</Message></Error>"


def signature(
    method: str, path: str, headers: dict[str, str], signed: str, scope: str, body_hash: str
) -> str:
    """Return what AWS Signature Version 4 says of a request without a query."""
    canonical = "\n".join(
        [
            method,
            path,
            "",
            *(f"{name}:{headers[name].strip()}" for name in signed.split(";")),
            "",
            signed,
            body_hash,
        ]
    )
    to_sign = "\n".join(
        ["AWS4-HMAC-SHA256", headers["x-amz-date"], scope, hashlib.sha256(canonical.encode()).hexdigest()]
    )
    key = f"AWS4{SECRET}".encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()


class S3Server(ThreadingHTTPServer):
    """Keeps objects in memory."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.objects: dict[str, bytes] = {}
        self.refused_signatures = 0

    @property
    def settings(self) -> StorageSettings:
        """What reaches this store."""
        return StorageSettings(
            url=f"s3+http://127.0.0.1:{self.server_port}/{BUCKET}",
            region=REGION,
            access_key=KEY,
            secret_key=SECRET,
        )

    def close(self) -> None:
        """Answer no more."""
        self.shutdown()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: S3Server

    def log_message(self, *_arguments: Any) -> None:
        """Say nothing."""

    def _begin(self) -> tuple[bytes, bool]:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        said = dict(
            part.strip().split("=", 1)
            for part in headers["authorization"].removeprefix("AWS4-HMAC-SHA256 ").split(",")
        )
        key, _, scope = said["Credential"].partition("/")
        body_hash = headers["x-amz-content-sha256"]
        is_right = (
            key == KEY
            and scope.endswith(f"/{REGION}/s3/aws4_request")
            and body_hash in ("UNSIGNED-PAYLOAD", hashlib.sha256(body).hexdigest())
            and said["Signature"]
            == signature(
                self.command, urlsplit(self.path).path, headers, said["SignedHeaders"], scope, body_hash
            )
        )
        self.server.refused_signatures += not is_right
        return body, is_right

    def _answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def do_PUT(self) -> None:
        body, is_right = self._begin()
        if not is_right:
            return self._answer(403, WRONG.encode(), Content_Type="application/xml")
        self.server.objects[self.path] = body
        return self._answer(200, ETag=f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"')

    def do_GET(self) -> None:
        _body, is_right = self._begin()
        if not is_right:
            return self._answer(403, WRONG.encode(), Content_Type="application/xml")
        if self.path not in self.server.objects:
            return self._answer(404, MISSING.encode(), Content_Type="application/xml")
        return self._answer(200, self.server.objects[self.path], Content_Type="application/octet-stream")

    def do_DELETE(self) -> None:
        _body, is_right = self._begin()
        if is_right:
            self.server.objects.pop(self.path, None)
        return self._answer(204 if is_right else 403)


@contextmanager
def running_s3() -> Iterator[S3Server]:
    """Run a store for the length of the block."""
    server = S3Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield server
    server.close()
    thread.join(timeout=5)
