"""Who books: checked once at the border, sealed before it reaches a table."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from gerai_shared.refusals import InvalidRequest
from gerai_shared.ticket import Lane

from gerai_booking.models.tickets import Person
from gerai_booking.refusals import PreconditionNotMet, WrongCitizenship
from gerai_booking.rules.catalogue import Service
from gerai_booking.rules.identity import normalise_name, parse_nik
from gerai_booking.rules.visits import masked_name, masked_passport
from gerai_booking.schemas import phone_number
from gerai_booking.usecases.office import Office


@dataclass(frozen=True, kw_only=True)
class Applicant:
    """One applicant. `citizenship` is WNI with a NIK, or WNA with a passport number, in `identity`.

    `person_hash` is the keyed hash by which a second open ticket is recognised.
    """

    name: str
    citizenship: str
    identity: str
    masked_identity: str
    person_hash: str
    birth_date: date | None
    phone: str | None
    email: str | None
    language: str
    lane: Lane
    purpose: str | None
    precondition_met: bool

    def check_for(self, service: Service) -> None:
        """Refuse who is not served here. Raises WrongCitizenship, PreconditionNotMet, InvalidRequest."""
        if self.citizenship not in service.citizenship:
            raise WrongCitizenship
        if service.precondition is not None and not self.precondition_met:
            raise PreconditionNotMet
        if service.purposes and self.purpose not in {purpose.code for purpose in service.purposes}:
            raise InvalidRequest(fields={"purpose": ["Please choose what you need this for."]})

    def person(self, office: Office) -> Person:
        """Return what is kept: everything personal sealed, and a masked form for lists."""
        key = "nik" if self.citizenship == "WNI" else "passport_number"
        born = self.birth_date.isoformat() if self.birth_date else None
        contact = {"name": self.name, "email": self.email, "phone": self.phone, "language": self.language}
        return Person(
            sealed=_sealed(office, {**contact, key: self.identity, "birth_date": born}),
            contact=_sealed(office, contact) if self.phone or self.email else None,
            masked_name=masked_name(self.name),
            masked_identity=self.masked_identity,
            language=self.language,
            purpose=self.purpose,
        )


def _sealed(office: Office, contents: dict[str, str | None]) -> str:
    return office.sealer.seal({key: value for key, value in contents.items() if value is not None})


def applicant_of(data: dict[str, Any], office: Office) -> Applicant:
    """Return the applicant in a loaded BookingSchema."""
    person = data["person"]
    if "nik" in person:
        nik = parse_nik(person["nik"])
        citizenship, identity, masked = "WNI", nik.digits, nik.masked
    else:
        citizenship, identity = "WNA", person["passport_number"]
        masked = masked_passport(identity)
    return Applicant(
        name=normalise_name(person["name"]),
        citizenship=citizenship,
        identity=identity,
        masked_identity=masked,
        person_hash=office.person_hash(f"{citizenship}:{identity}"),
        birth_date=person.get("birth_date"),
        phone=phone_number(person["phone"]) if person.get("phone") else None,
        email=person.get("email"),
        language=data["language"],
        lane=Lane.PRIORITY if data["priority"] else Lane.APPOINTMENT,
        purpose=data["purpose"],
        precondition_met=data["precondition_met"],
    )
