"""Outreach to try the register and the portal with, outside production: made up, no person, no station."""

from datetime import datetime, timedelta
from typing import Any

from gerai_shared.accounts import Officer
from sqlalchemy.orm import Session

from gerai_booking.models.outreach import events_between
from gerai_booking.rules.outreach import BROCHURE, FACE_TO_FACE, RADIO, SOCIAL_MEDIA
from gerai_booking.usecases import outreach
from gerai_booking.usecases.office import Office
from gerai_booking.usecases.plan import Change

DEMO = Officer(id="sample", username="penyelia", name="Penyelia Loket", role="supervisor")
LONG = timedelta(days=365)
TARGET = 12

#: Days from today until the first and the last day, and what it is.
SAMPLE: tuple[tuple[int, int, dict[str, Any]], ...] = (
    (
        -24,
        -24,
        {
            "title": "Sosialisasi persyaratan di kantor kecamatan",
            "place": "Pendopo Kecamatan Rangkasbitung",
            "channel": FACE_TO_FACE,
            "regency": "36.02",
            "audience": "Perangkat desa dan kelurahan",
            "reached": 85,
            "notes": "Banyak bertanya tentang dokumen yang hilang.",
        },
    ),
    (
        -10,
        -10,
        {
            "title": "Bincang pagi: cara memesan jam",
            "place": "Studio radio",
            "channel": RADIO,
            "station": "Radio daerah Pandeglang",
            "regency": "36.01",
            "audience": "Pendengar di selatan",
        },
    ),
    (
        6,
        6,
        {
            "title": "Tanya jawab layanan di radio publik",
            "place": "Studio radio publik",
            "channel": RADIO,
            "station": "Radio publik Banten",
            "audience": "Masyarakat umum",
        },
    ),
    (
        13,
        14,
        {
            "title": "Sosialisasi di pasar",
            "place": "Pasar Rangkasbitung",
            "channel": FACE_TO_FACE,
            "regency": "36.02",
            "audience": "Pedagang dan pengunjung pasar",
        },
    ),
    (
        20,
        40,
        {
            "title": "Pembagian brosur persyaratan",
            "place": "Semua kantor kecamatan",
            "channel": BROCHURE,
            "regency": "36.02",
            "audience": "Warga yang mengurus dokumen",
        },
    ),
    (
        27,
        27,
        {
            "title": "Siaran langsung tanya jawab",
            "place": "Akun resmi instansi",
            "channel": SOCIAL_MEDIA,
            "audience": "Anak muda",
        },
    ),
)


def add_sample(session: Session, office: Office, *, now: datetime) -> None:
    """Write sample events and a target around today, unless the register has events already."""
    today = outreach.today_of(office, now)
    if events_between(session, first=today - LONG, last=today + LONG):
        return
    change = Change(officer=DEMO, why="Contoh untuk dicoba", now=now)
    topics = tuple(service.code for service in office.agency.services[:2])
    for first, last, event in SAMPLE:
        outreach.record_event(
            session,
            office,
            change,
            held_on=today + timedelta(days=first),
            last_on=today + timedelta(days=last) if last != first else None,
            topics=topics,
            **event,
        )
    outreach.set_target(
        session, office, change, year=today.year, target=TARGET, basis="Rencana kerja tahunan (contoh)"
    )
