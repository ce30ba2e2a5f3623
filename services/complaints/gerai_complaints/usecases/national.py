"""Reports of the national platform come in, once each, and cases go out in its columns."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from gerai_shared.borders import load
from gerai_shared.refusals import InvalidRequest
from sqlalchemy import select
from sqlalchemy.orm import Session

from gerai_complaints.models import Agency, Complaint, NationalReport, Person
from gerai_complaints.rules.channels import Channel
from gerai_complaints.rules.national import (
    CLASSIFICATIONS,
    CONTACTS,
    NUMBER,
    BadCell,
    classification_of,
    code_of_agency,
    day_of,
    degrees_of,
    flag_of,
    folded,
    is_finished,
)
from gerai_complaints.schemas.complaints import FileSchema
from gerai_complaints.schemas.national import NationalReportSchema
from gerai_complaints.shapes import Keyring
from gerai_complaints.usecases.cases import contact_of
from gerai_complaints.usecases.filing import file
from gerai_complaints.usecases.places import THE_MALL, names

BATCH = 500
#: Columns by the fields of a filing: what is wrong with a field is told of its column.
COLUMN_OF_FIELD = {
    "title": "judul",
    "text": "isi",
    "occurred_on": "tanggal_kejadian",
    "name": "nama",
    "email": "email",
    "phone": "telepon",
    "number": NUMBER,
    "location": "lokasi_kejadian",
    "category": "kategori",
    "attachments": "lampiran",
    "status": "status",
    "agency": "instansi_tujuan",
}
#: What a state of ours is called there.
STATUS_OF_STATE = {
    "received": "Belum diproses",
    "in_progress": "Sedang diproses",
    "verification": "Sedang diverifikasi",
    "forwarded": "Diteruskan",
    "to_complete": "Menunggu pelapor",
    "disputed": "Sedang diproses",
    "reopened": "Sedang diproses",
    "clarification": "Sedang diproses",
    "corrective_action": "Sedang diproses",
    "answered": "Sudah ditanggapi",
    "accepted": "Selesai",
    "closed": "Selesai",
    "withdrawn": "Dicabut",
    "refused": "Tidak ditindaklanjuti",
}


class Outcome(StrEnum):
    """What became of a line: filed, here already, or over on the platform, so that nobody waits for it."""

    IMPORTED = "imported"
    KNOWN = "known"
    FINISHED = "finished"


@dataclass(frozen=True, kw_only=True)
class Exported:
    """A case in the columns of the platform, and whether it is confidential."""

    cells: dict[str, str]
    confidential: bool


def agency_codes(
    session: Session, *, agencies: tuple[str, ...], mapping: Mapping[str, str]
) -> dict[str, str]:
    """Return the agencies' codes by folded names: as they call themselves, by code, and as `mapping` says."""
    found = {folded(code): code for code in (*agencies, THE_MALL.code)}
    known = names(session)
    told = set(agencies) | set(session.scalars(select(Agency.code)))
    for code in (*sorted(told), THE_MALL.code):
        named = known.agency(code)
        found |= {folded(each): code for each in (named.code, named.id, named.en) if each}
    return found | {folded(name): code for name, code in mapping.items()}


def bring_in(
    session: Session,
    row: Mapping[str, str],
    *,
    codes: Mapping[str, str],
    agencies: tuple[str, ...],
    keyring: Keyring,
    now: datetime,
) -> Outcome:
    """File one line of the platform's file (its cells by column), unless its number is known already.

    The time to answer begins with the day it comes here. Raises BadCell for what cannot be used.
    """
    cells = {name: cell.strip() for name, cell in row.items()}
    number = cells.get(NUMBER, "")
    if number and session.get(NationalReport, number) is not None:
        return Outcome.KNOWN
    if is_finished(cells.get("status", "")):
        return Outcome.FINISHED
    try:
        # Both are read before anything is written: a bad line leaves no trace.
        kept = load(NationalReportSchema(), _kept(cells))
        body = _filing(cells, codes)
        filing = replace(load(FileSchema(), body), channel=Channel.NATIONAL)
        filed = file(
            session, filing, key=f"sp4n:{number}", body=body, agencies=agencies, keyring=keyring, now=now
        )
    except InvalidRequest as refusal:
        raise _bad_cell(refusal) from refusal
    complaint = session.scalars(select(Complaint).where(Complaint.number == filed.number)).one()
    session.add(NationalReport(**kept, complaint_id=complaint.id, imported_at=now))
    session.flush()
    return Outcome.IMPORTED


def _kept(cells: Mapping[str, str]) -> dict[str, Any]:
    """Return what is kept as the platform has it."""
    reported_on = day_of("tanggal_laporan", cells.get("tanggal_laporan", ""))
    return {
        "number": cells.get(NUMBER, ""),
        "reported_on": reported_on.isoformat() if reported_on else None,
        "status": cells.get("status"),
        "agency": cells.get("instansi_tujuan", ""),
        "location": cells.get("lokasi_kejadian"),
        "category": cells.get("kategori"),
        "attachments": cells.get("lampiran"),
        "latitude": degrees_of("latitude", cells.get("latitude", ""), most=90),
        "longitude": degrees_of("longitude", cells.get("longitude", ""), most=180),
    }


def _filing(cells: Mapping[str, str], codes: Mapping[str, str]) -> dict[str, Any]:
    occurred_on = day_of("tanggal_kejadian", cells.get("tanggal_kejadian", ""))
    name = cells.get("nama") or None
    return {
        "classification": classification_of(cells.get("klasifikasi", "")).value,
        "title": cells.get("judul", ""),
        "text": cells.get("isi", ""),
        "agency": code_of_agency(cells.get("instansi_tujuan", ""), codes),
        "occurred_on": occurred_on.isoformat() if occurred_on else None,
        # Whom the platform does not name stays unknown here, too.
        "anonymous": flag_of("anonim", cells.get("anonim", "")) or name is None,
        "confidential": flag_of("rahasia", cells.get("rahasia", "")),
        "language": "id",
        "person": {"name": name, "email": cells.get("email"), "phone": cells.get("telepon")},
    }


def _bad_cell(refusal: InvalidRequest) -> BadCell:
    path, texts = next(iter(refusal.details["fields"].items()))
    field = path.rpartition(".")[2]
    return BadCell(COLUMN_OF_FIELD.get(field, field), " ".join(texts))


def bring_out(
    session: Session, *, first: date, last: date, contacts: bool, keyring: Keyring
) -> Iterator[Exported]:
    """Yield the cases received from `first` to `last`, the oldest first, in the columns of the platform.

    `contacts` adds who brought them, except of anonymous ones.
    """
    known = names(session)
    statement = (
        select(Complaint, NationalReport, Person)
        .outerjoin(NationalReport, NationalReport.complaint_id == Complaint.id)
        .outerjoin(Person, Person.complaint_id == Complaint.id)
        .where(Complaint.received_on >= first, Complaint.received_on <= last)
        .order_by(Complaint.received_at, Complaint.id)
        .execution_options(yield_per=BATCH)
    )
    words = {classification.value: word.capitalize() for word, classification in CLASSIFICATIONS.items()}
    rows: Any = session.execute(statement)
    for complaint, national, person in rows:
        cells = _cells(complaint, national)
        cells["klasifikasi"] = words.get(complaint.classification, complaint.classification)
        if national is None:
            cells["instansi_tujuan"] = known.agency(complaint.agency).called("id")
            if complaint.site:
                cells["lokasi_kejadian"] = known.site(complaint.agency, complaint.site).called("id")
            if complaint.service:
                cells["kategori"] = known.service(complaint.agency, complaint.service).called("id")
        if contacts and person is not None and not complaint.anonymous:
            contact = contact_of(person, keyring)
            told = zip(CONTACTS, (contact.name, contact.email, contact.phone), strict=True)
            cells |= {column: value or "" for column, value in told}
        yield Exported(cells=cells, confidential=complaint.confidential)


def _cells(complaint: Complaint, national: NationalReport | None) -> dict[str, str]:
    found: dict[str, Any] = {
        NUMBER: national.number if national else "",
        "judul": complaint.title,
        "isi": complaint.text,
        "tanggal_kejadian": complaint.occurred_on,
        "lokasi_kejadian": national.location if national else "",
        "instansi_tujuan": national.agency if national else "",
        "kategori": national.category if national else "",
        "lampiran": national.attachments if national else "",
        "latitude": national.latitude if national else "",
        "longitude": national.longitude if national else "",
        "anonim": "Ya" if complaint.anonymous else "Tidak",
        "rahasia": "Ya" if complaint.confidential else "Tidak",
        "status": STATUS_OF_STATE.get(complaint.state, complaint.state),
        "tanggal_laporan": (national.reported_on if national else None) or complaint.received_on,
        "nomor_gerai": complaint.number,
        "batas_jawaban": complaint.due_on,
        "tanggal_jawaban": complaint.answered_at and complaint.answered_at.date(),
        "tanggal_selesai": complaint.closed_at and complaint.closed_at.date(),
    }
    return {column: "" if value is None else str(value) for column, value in found.items()}
