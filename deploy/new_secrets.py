#!/usr/bin/env python3
r"""Make the secrets of a mall: one file each, nothing printed, nothing that exists is changed.

    python3 deploy/new_secrets.py FOLDER --agencies immigration,legal \
        --database-host db.example --bus-host mq.example --smtp-url smtp://mail.example:25

Needs nothing but Python's own library, so that it runs on a machine where Gerai is not installed. The folder
is readable by its owner alone; the files in it can be read by whoever they are given to (a container's user).
"""

import argparse
import base64
import os
import secrets
import sys
from pathlib import Path
from urllib.parse import quote

#: Deployments with a database of their own, beside one for each agency.
WITH_DATABASE = ("complaints", "notifications")
PASSWORD_BYTES = 24
KEY_BYTES = 48
FERNET_KEY_BYTES = 32


def main(arguments: list[str] | None = None) -> int:
    """Write what is missing; return 0."""
    options = _parser().parse_args(arguments)
    folder: Path = options.folder
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    agencies = [name.strip() for name in options.agencies.split(",") if name.strip()]
    booking = [f"booking-{agency}" for agency in agencies]
    _keep(folder / "sealing_keys", base64.urlsafe_b64encode(os.urandom(FERNET_KEY_BYTES)).decode())
    _keep(folder / "postgres.password", secrets.token_urlsafe(PASSWORD_BYTES))
    _keep(folder / "smtp_url", options.smtp_url)
    for deployment in booking:
        _keep(folder / f"{deployment}.identity_key", secrets.token_urlsafe(KEY_BYTES))
    for deployment in (*booking, "complaints", "gateway"):
        _keep(folder / f"{deployment}.secret_key", secrets.token_urlsafe(KEY_BYTES))
    for deployment in (*booking, *WITH_DATABASE):
        name = deployment.replace("-", "_")
        password = _keep(folder / f"{deployment}.database_password", secrets.token_urlsafe(PASSWORD_BYTES))
        server = f"{options.database_host}:{options.database_port}"
        _keep(
            folder / f"{deployment}.database_url", f"postgresql+psycopg2://{name}:{password}@{server}/{name}"
        )
    for user in (*booking, *WITH_DATABASE, "gateway", "topology"):
        password = _keep(folder / f"{user}.bus_password", secrets.token_urlsafe(PASSWORD_BYTES))
        server = f"{options.bus_host}:{options.bus_port}/{quote(options.vhost, safe='')}"
        _keep(folder / f"{user}.bus_url", f"amqp://{user}:{password}@{server}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Make the secrets of a mall, one file each.")
    parser.add_argument("folder", type=Path)
    parser.add_argument(
        "--agencies", default="immigration,legal", help="comma separated (default: %(default)s)"
    )
    parser.add_argument("--database-host", default="127.0.0.1", help="default: %(default)s")
    parser.add_argument("--database-port", type=int, default=5432, help="default: %(default)s")
    parser.add_argument("--bus-host", default="127.0.0.1", help="default: %(default)s")
    parser.add_argument("--bus-port", type=int, default=5672, help="default: %(default)s")
    parser.add_argument("--vhost", default="gerai", help="the broker's virtual host (default: %(default)s)")
    parser.add_argument(
        "--smtp-url",
        required=True,
        help="smtp[s]://[user:password@]host[:port][?starttls=1], for citizens' mail",
    )
    return parser


def _keep(path: Path, text: str) -> str:
    """Write a file unless it is there; return what is in it."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o444)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(descriptor, "w") as file:
        file.write(f"{text}\n")
    # Whatever the caller's umask is: the folder is what keeps others out.
    path.chmod(0o444)
    return text


if __name__ == "__main__":
    sys.exit(main())
