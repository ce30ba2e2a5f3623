"""Where files are kept and who scans them."""

import socket
import struct
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from gerai_complaints.rules.attachments import Scan
from gerai_complaints.storage.scanning import ClamdScanner, CommandScanner, ScannerAway
from gerai_complaints.storage.settings import StorageSettings, read_storage, scanner_of, store_of
from gerai_complaints.storage.stores import FolderStore, Missing
from gerai_shared.refusals import Unavailable
from gerai_shared.settings import InvalidSettings

NAME = "01936c2e-7b1a-7c3d-8e5f-0000000000ab"


def folder(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "kept", run=lambda call: call())


def test_a_folder_keeps_replaces_and_forgets(tmp_path: Path) -> None:
    store = folder(tmp_path)
    store.put(NAME, b"one")
    store.put(NAME, b"two")
    assert store.get(NAME) == b"two"
    assert [path.name for path in (tmp_path / "kept").rglob("*") if path.is_file()] == [NAME]
    left_by_a_crash = tmp_path / "kept" / NAME[-2:] / f".{NAME}.half"
    left_by_a_crash.write_bytes(b"tw")
    store.delete(NAME)
    store.delete(NAME)
    assert not left_by_a_crash.exists()
    with pytest.raises(Missing):
        store.get(NAME)


def test_half_a_file_never_gets_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = folder(tmp_path)

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("gerai_complaints.storage.stores.os.fsync", full)
    with pytest.raises(Unavailable):
        store.put(NAME, b"some")
    assert [path for path in (tmp_path / "kept").rglob("*") if path.is_file()] == []


@contextmanager
def clamd(answer: bytes) -> Iterator[tuple[str, list[bytes]]]:
    """Answer one INSTREAM with `answer`; what came is in the list."""
    listener = socket.create_server(("127.0.0.1", 0))
    heard: list[bytes] = []

    def serve() -> None:
        connection, _ = listener.accept()
        with connection, connection.makefile("rb") as stream:
            assert stream.read(10) == b"zINSTREAM\0"
            while length := struct.unpack("!I", stream.read(4))[0]:
                heard.append(stream.read(length))
            connection.sendall(answer)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"127.0.0.1:{listener.getsockname()[1]}", heard
    thread.join(timeout=5)
    listener.close()


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (b"stream: OK\0", Scan.CLEAN),
        (b"stream: Win.Test.EICAR_HDB-1 FOUND\0", Scan.INFECTED),
        (b"INSTREAM size limit exceeded. ERROR\0", Scan.UNSCANNABLE),
    ],
)
def test_clamd_is_sent_the_whole_file_and_understood(answer: bytes, verdict: Scan) -> None:
    content = bytes(range(256)) * 600
    with clamd(answer) as (address, heard):
        assert ClamdScanner(address).scan(content) is verdict
        assert b"".join(heard) == content
        assert len(heard) > 1


def test_a_scanner_that_is_away_says_nothing_about_a_file() -> None:
    with clamd(b"") as (address, _), pytest.raises(ScannerAway):
        ClamdScanner(address).scan(b"x")
    with pytest.raises(ScannerAway):
        ClamdScanner(address).scan(b"x")
    with pytest.raises(ScannerAway):
        ClamdScanner("/nowhere/clamd.ctl").scan(b"x")
    with pytest.raises(ScannerAway):
        CommandScanner(["/nowhere/scanner"]).scan(b"x")


@pytest.mark.parametrize(("code", "verdict"), [(0, Scan.CLEAN), (1, Scan.INFECTED), (2, Scan.UNSCANNABLE)])
def test_a_command_reads_the_file_and_says_it_by_its_end(code: int, verdict: Scan) -> None:
    program = f"import sys; sys.exit({code} if sys.stdin.buffer.read() == b'file' else 9)"
    assert CommandScanner([sys.executable, "-S", "-c", program]).scan(b"file") is verdict


def test_settings_are_read_and_wrong_ones_told_together(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ATTACHMENTS_STORE", "ATTACHMENTS_ACCESS_KEY", "ATTACHMENTS_SECRET_KEY", "SCANNER"):
        monkeypatch.delenv(f"GERAI_{name}", raising=False)
    assert read_storage() == StorageSettings()
    assert store_of(StorageSettings(), run=lambda call: call()) is None
    assert scanner_of(StorageSettings()) is None
    monkeypatch.setenv("GERAI_ATTACHMENTS_STORE", "s3+https://s3.example.id/files")
    monkeypatch.setenv("GERAI_SCANNER", "tcp://clamd")
    with pytest.raises(InvalidSettings) as refused:
        read_storage()
    assert "GERAI_SCANNER" in str(refused.value)
    assert "GERAI_ATTACHMENTS_SECRET_KEY" in str(refused.value)
    monkeypatch.setenv("GERAI_ATTACHMENTS_ACCESS_KEY", "key")
    monkeypatch.setenv("GERAI_ATTACHMENTS_SECRET_KEY", "secret")
    monkeypatch.setenv("GERAI_SCANNER", "clamd:///run/clamav/clamd.ctl")
    found = read_storage()
    assert isinstance(scanner_of(found), ClamdScanner)
    assert isinstance(scanner_of(StorageSettings(scanner="command:clamdscan --no-summary -")), CommandScanner)
    monkeypatch.setenv("GERAI_ATTACHMENTS_STORE", "ftp://files")
    with pytest.raises(InvalidSettings):
        read_storage()
