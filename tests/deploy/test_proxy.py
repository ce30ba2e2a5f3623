"""The sample of a reverse proxy."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "deploy" / "proxy" / "gerai.conf"
SECTION = r"server \{.*?\n\}"


def sections() -> list[str]:
    """The `server` sections of the sample."""
    return re.findall(rf"(?sm)^{SECTION}", SAMPLE.read_text())


def encrypted() -> list[str]:
    """Those of them that serve TLS."""
    return [section for section in sections() if "listen 443 ssl" in section]


def test_nginx_finds_nothing_wrong_with_the_sample(tmp_path: Path) -> None:
    nginx = shutil.which("nginx")
    if nginx is None:
        # Without nginx at least the shape: every brace closed, every directive ended.
        assert list(unbalanced(SAMPLE.read_text())) == []
        return
    make_certificate(tmp_path)
    text = re.sub(r"/etc/ssl/gerai/\S+\.(key|pem);", rf"{tmp_path}/certificate.\1;", SAMPLE.read_text())
    text = text.replace("/var/log/nginx", str(tmp_path))
    text = text.replace("listen 80 ", "listen 18080 ").replace("]:80 ", "]:18080 ")
    text = text.replace("listen 443 ", "listen 18443 ").replace("]:443 ", "]:18443 ")
    (tmp_path / "gerai.conf").write_text(text)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    folders = "".join(f"{kind}_temp_path {tmp_path}/{kind}; " for kind in kinds)
    (tmp_path / "nginx.conf").write_text(
        f"pid {tmp_path}/pid; error_log stderr; events {{}} "
        f"http {{ {folders} include {tmp_path}/gerai.conf; }}"
    )
    command = [nginx, "-t", "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr


def unbalanced(text: str) -> Iterator[str]:
    """Yield what is wrong with the shape of a configuration."""
    depth = 0
    for number, line in enumerate(text.splitlines(), start=1):
        code = re.sub(r"'[^']*'|\"[^\"]*\"", "''", re.sub(r"(^|\s)#.*", "", line)).rstrip()
        depth += code.count("{") - code.count("}")
        is_first_of_two = code.lstrip().startswith("log_format")
        if code and code[-1] not in ";{}" and not is_first_of_two:
            yield f"line {number} does not end: {line}"
        if depth < 0:
            yield f"line {number} closes too much"
    if depth:
        yield "something is left open"


def make_certificate(folder: Path) -> None:
    """Write a certificate for nobody, for nginx to read."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mpp.example.id")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    (folder / "certificate.key").write_bytes(key.private_bytes(encoding, form, serialization.NoEncryption()))


def test_what_comes_in_clear_is_only_sent_on_to_tls() -> None:
    plain = [section for section in sections() if "listen 80" in section]
    assert len(plain) == 1
    assert "return 308 https://" in plain[0]
    assert "proxy_pass" not in plain[0]


def test_streams_are_passed_on_at_once() -> None:
    stream = re.search(r"(?s)location ~ /stream\$ \{(.*?)\}", SAMPLE.read_text())
    assert stream is not None
    assert "proxy_buffering off;" in stream[1]
    assert "proxy_read_timeout 1h;" in stream[1]
    assert "proxy_http_version 1.1;" in SAMPLE.read_text()


def test_measurements_are_not_for_the_public() -> None:
    assert len(encrypted()) == 4
    for section in encrypted():
        assert "location ~ ^/(healthz|readyz|metrics)$ { return 404; }" in section


def test_officers_are_reached_from_the_malls_own_network_alone() -> None:
    officers = [section for section in encrypted() if ".loket." in section]
    assert len(officers) == 3
    for section in officers:
        assert section.index("allow ") < section.index("deny all;") < section.index("proxy_pass")


def test_bodies_are_bounded_as_the_processes_bound_them() -> None:
    for section in encrypted():
        assert "client_max_body_size 64k;" in section


def test_tokens_stay_out_of_the_log() -> None:
    text = SAMPLE.read_text()
    log = re.search(r"(?s)log_format gerai (.+?);", text)
    assert log is not None
    assert "$gerai_logged_path" in log[1]
    assert not set(re.findall(r"\$\w+", log[1])) & {"$request", "$request_uri", "$args", "$http_referer"}
    assert text.count("access_log") == len(sections())


def test_the_proxy_leads_to_the_ports_of_units_and_containers() -> None:
    led_to = set(re.findall(r"server 127\.0\.0\.1:(\d+)", SAMPLE.read_text()))
    assert led_to == {"8000", "8101", "8102", "8103"}
