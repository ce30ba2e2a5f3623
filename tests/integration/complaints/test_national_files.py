"""Files of the national platform: each report comes in once, no bad line is lost, and cases go out again."""

import csv
import stat
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from gerai_complaints.__main__ import main
from gerai_complaints.models import Complaint, NationalReport
from gerai_shared.database import Database
from gerai_shared.migrating import upgrade
from sqlalchemy import func, select

HEADER = (
    "Nomor Laporan;Klasifikasi;Judul;Isi;Tanggal Kejadian;Lokasi Kejadian;Instansi Tujuan;Kategori;"
    "Lampiran;Latitude;Longitude;Anonim;Rahasia;Status;Tanggal Laporan;Nama;Email;Telepon"
)
GOOD = (
    "90001;Pengaduan;Loket tutup;Loket tutup sebelum jam pulang.;20/11/2026;MPP Lebak;Kantor Imigrasi Contoh;"
    "Pelayanan;foto.jpg;-6.36;106.25;Tidak;Tidak;Belum diproses;21/11/2026;Siti Contoh;siti@contoh.example;"
)
SECRET = (
    "90002;Aspirasi;Kursi;'=Mohon tambah kursi tunggu.;;;immigration;;;;;Ya;Ya;Sedang diproses;2026-11-22;;;"
)
FINISHED = "90003;Pengaduan;Sudah;Sudah selesai di sana.;;;immigration;;;;;Ya;Tidak;Selesai;2026-11-01;;;"
BAD = (
    "90004;Pujian;Terima kasih;Pelayanan baik sekali.;;;immigration;;;;;Ya;Tidak;;;;;",
    "90005;Pengaduan;Salah alamat;Jalan rusak di depan rumah.;;;Dinas Jalan;;;;;Ya;Tidak;;;;;",
    "90006;Pengaduan;Besok;Ini baru terjadi besok.;31/12/2099;;immigration;;;;;Ya;Tidak;;;;;",
    "90007;Pengaduan;Kurang",
    ";Pengaduan;Tanpa nomor;Laporan tanpa nomor.;;;immigration;;;;;Ya;Tidak;;;;;",
    "90008;Pengaduan;Telepon;Nomor telepon salah.;;;immigration;;;;;Tidak;Tidak;;;Siti Contoh;;123",
)


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    """The database that the commands work on."""
    url = f"sqlite:///{tmp_path / 'complaints.sqlite'}"
    upgrade(url, "gerai_complaints")
    for name, value in {
        "DATABASE_URL": url,
        "SECRET_KEY": "s" * 32,
        "SEALING_KEYS": Fernet.generate_key().decode(),
        "ENVIRONMENT": "test",
        "AGENCIES": "immigration,legal",
    }.items():
        monkeypatch.setenv(f"GERAI_{name}", value)
    return Database(url)


def written(folder: Path, *lines: str, mark: str = "\ufeff") -> str:
    path = folder / "lapor.csv"
    path.write_text(mark + "\n".join((HEADER, *lines)) + "\n", encoding="utf-8")
    return str(path)


def bring_in(path: str, *options: str) -> int:
    return main(["import-national", path, "--agency", "Kantor Imigrasi Contoh=immigration", *options])


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def count(database: Database, table: Any = Complaint) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_reports_come_in_once_and_go_out_as_they_came(database: Database, tmp_path: Path, capsys) -> None:
    path = written(tmp_path, GOOD, SECRET, FINISHED)
    assert bring_in(path, "--dry-run") == 0
    assert count(database) == 0
    assert bring_in(path) == 0
    assert (count(database), count(database, NationalReport)) == (2, 2)
    assert bring_in(path) == 0
    assert count(database) == 2
    assert "known already" in capsys.readouterr().err
    assert not (tmp_path / "lapor.refused.csv").exists()
    out = tmp_path / "out.csv"
    days = ["--from", "2020-01-01", "--to", "2099-12-31", "-o", str(out)]
    assert main(["export-national", *days]) == 0
    (row,) = rows(out)
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert (row["nomor_laporan"], row["klasifikasi"], row["tanggal_kejadian"]) == (
        "90001",
        "Pengaduan",
        "2026-11-20",
    )
    assert (row["latitude"], row["instansi_tujuan"], row["kategori"], row["lampiran"]) == (
        "-6.36",
        "Kantor Imigrasi Contoh",
        "Pelayanan",
        "foto.jpg",
    )
    assert row["nomor_gerai"].startswith("P-")
    assert "nama" not in row
    assert "1 confidential cases are left out" in capsys.readouterr().err
    assert main(["export-national", *days, "--with-contacts", "--with-confidential"]) == 0
    first, second = rows(out)
    assert (first["nama"], first["email"], second["nama"]) == ("Siti Contoh", "siti@contoh.example", "")
    assert (second["isi"], second["rahasia"]) == ("'=Mohon tambah kursi tunggu.", "Ya")


def test_bad_lines_are_told_one_by_one_and_kept_whole(database: Database, tmp_path: Path, capsys) -> None:
    assert bring_in(written(tmp_path, BAD[0], GOOD, *BAD[1:], mark="")) == 1
    assert (count(database), count(database, NationalReport)) == (1, 1)
    refused = rows(tmp_path / "lapor.refused.csv")
    assert [row["baris"] for row in refused] == ["2", "4", "5", "6", "7", "8"]
    for row, column in zip(
        refused,
        ("klasifikasi", "instansi_tujuan", "tanggal_kejadian", "baris", "nomor_laporan", "telepon"),
        strict=True,
    ):
        assert row["alasan"].startswith(f"{column}: "), row["alasan"]
    assert [row["judul"] for row in refused] == [line.split(";")[2] for line in BAD]
    assert refused[1]["isi"] == "Jalan rusak di depan rumah."
    assert "line 6: baris: 18 cells are needed, there are 3" in capsys.readouterr().err
    # What was put right comes in from that very file, with the name of the agency told.
    again = str(tmp_path / "lapor.refused.csv")
    assert bring_in(again, "--agency", "Dinas Jalan=legal", "--refused", str(tmp_path / "still.csv")) == 1
    assert count(database) == 2
    assert len(rows(tmp_path / "still.csv")) == 5


@pytest.mark.parametrize("content", [b"", b"nomor_laporan,judul\n1,x\n", b"\xff\xfe\x00"])
def test_a_file_that_is_none_changes_nothing(database: Database, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "lapor.csv"
    path.write_bytes(content)
    assert bring_in(str(path)) == 2
    assert bring_in(str(tmp_path / "missing.csv")) == 2
    assert count(database) == 0


def test_keys_of_programs_are_printed_once_and_taken_back(database: Database, capsys) -> None:
    assert main(["open311-keys", "add", "Aplikasi  Uji"]) == 0
    key = capsys.readouterr().out.strip()
    assert len(key) == 32
    assert main(["open311-keys", "add", "Aplikasi Uji"]) == 1
    assert main(["open311-keys", "list"]) == 0
    told = capsys.readouterr().out
    assert "Aplikasi Uji" in told
    assert key not in told
    with database.engine.connect() as connection:
        stored = connection.exec_driver_sql("SELECT * FROM interface_clients").all()
    assert key not in str(stored)
    assert main(["open311-keys", "revoke", "Aplikasi Uji"]) == 0
    assert main(["open311-keys", "revoke", "Aplikasi Uji"]) == 1
