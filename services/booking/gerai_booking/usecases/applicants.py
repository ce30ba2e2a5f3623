"""Who books: checked once at the border, sealed before it reaches a table."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from gerai_shared.clock import local_date
from gerai_shared.refusals import InvalidRequest
from gerai_shared.ticket import Lane

from gerai_booking.models.people import Person
from gerai_booking.refusals import PreconditionNotMet, TooOld, TooYoung, ValidityNotAllowed, WrongCitizenship
from gerai_booking.rules.catalogue import Service, validities_on
from gerai_booking.rules.eligibility import counts_as_adult
from gerai_booking.rules.identity import birth_date_by, identity_note, normalise_name, parse_nik
from gerai_booking.rules.lanes import ground_by_age
from gerai_booking.rules.visits import masked_name, masked_passport
from gerai_booking.schemas import phone_number
from gerai_booking.usecases.office import Office

NO_POLICE_REPORT = "Please give the number, the date and the station of the police report."
#: What somebody answers who lives in none of the regencies that we know.
OTHER_REGENCY = "other"
NO_VALIDITY = "Nothing of this service is valid for a number of years: please leave this empty."
FUTURE_REPORT = "The date of the police report is in the future."


@dataclass(frozen=True, kw_only=True)
class PoliceReport:
    """What a police report of a loss says."""

    number: str
    date: date
    station: str


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
    #: The regency that the applicant names; the one the NIK was first registered in where none is named.
    origin: str | None
    birth_date: date | None
    phone: str | None
    email: str | None
    language: str
    #: Whether they say that they need priority; officers, who see them, have the last word.
    says_priority: bool
    purpose: str | None
    precondition_met: bool
    married: bool = False
    police_report: PoliceReport | None = None
    phone_hash: str | None = None
    email_hash: str | None = None
    #: What the NIK says otherwise than the applicant: a warning, never a refusal (see rules.identity).
    identity_note: str | None = None
    urgent: bool | None = None
    #: The district the NIK was first registered in.
    origin_district: str | None = None
    #: For how many years the result is wanted; none: decided at the counter.
    validity_years: int | None = None

    def check_for(self, service: Service, *, day: date, now: datetime) -> None:
        """Refuse who is not served here on a day.

        Raises WrongCitizenship, TooYoung, TooOld, ValidityNotAllowed, PreconditionNotMet, InvalidRequest.
        """
        if self.citizenship not in service.citizenship:
            raise WrongCitizenship
        self._check_age(service, day)
        self._check_validity(service, day)
        if service.police_report:
            self._check_police_report(now)
        if service.precondition is not None and not self.precondition_met:
            raise PreconditionNotMet
        if service.purposes and self.purpose not in {purpose.code for purpose in service.purposes}:
            raise InvalidRequest(fields={"purpose": ["Please choose what you need this for."]})

    def ground_on(self, service: Service, day: date) -> str | None:
        """Return the ground of priority that the age on a day gives by itself, as one of rules.lanes.GROUNDS.

        A birth date that was not told is taken from the NIK, though not for children: its century is a guess.
        """
        told, for_children = self.birth_date, service.ages == "child"
        if told is None and self.citizenship == "WNI":
            told, for_children = birth_date_by(parse_nik(self.identity), day), False
        return ground_by_age(told, day=day, for_children=for_children)

    def lane_on(self, service: Service, day: date) -> Lane:
        """Return the lane in which they come on a day."""
        has_priority = self.says_priority or self.ground_on(service, day) is not None
        return Lane.PRIORITY if has_priority else Lane.APPOINTMENT

    def _check_age(self, service: Service, day: date) -> None:
        """An age that was not told is looked at by the officer."""
        if self.birth_date is None or service.ages == "any":
            return
        is_adult = counts_as_adult(self.birth_date, married=self.married, day=day)
        if service.ages == "adult" and not is_adult:
            raise TooYoung
        if service.ages == "child" and is_adult:
            raise TooOld

    def _check_validity(self, service: Service, day: date) -> None:
        """As with ages, what was not told is looked at by the officer."""
        if self.validity_years is None:
            return
        rules = validities_on(service, day)
        if not rules:
            raise InvalidRequest(fields={"validity_years": [NO_VALIDITY]})
        rule = next((rule for rule in rules if rule.years == self.validity_years), None)
        is_child = self.birth_date is not None and not counts_as_adult(
            self.birth_date, married=self.married, day=day
        )
        if rule is None or (rule.ages == "adult" and is_child):
            raise ValidityNotAllowed(years=self.validity_years)

    def _check_police_report(self, now: datetime) -> None:
        if self.police_report is None:
            raise InvalidRequest(fields={"police_report.number": [NO_POLICE_REPORT]})
        # The day may have begun in the east of the country already.
        if self.police_report.date > local_date(now, "Asia/Jayapura"):
            raise InvalidRequest(fields={"police_report.date": [FUTURE_REPORT]})

    def person(self, office: Office) -> Person:
        """Return what is kept: everything personal sealed, and a masked form for lists."""
        key = "nik" if self.citizenship == "WNI" else "passport_number"
        born = self.birth_date.isoformat() if self.birth_date else None
        contact = {"name": self.name, "email": self.email, "phone": self.phone, "language": self.language}
        return Person(
            sealed=_sealed(office, {**contact, key: self.identity, "birth_date": born, **self._report()}),
            contact=_sealed(office, contact) if self.phone or self.email else None,
            masked_name=masked_name(self.name),
            masked_identity=self.masked_identity,
            language=self.language,
            purpose=self.purpose,
            identity_note=self.identity_note,
            urgent=self.urgent,
            validity_years=self.validity_years,
            phone_hash=self.phone_hash,
            email_hash=self.email_hash,
        )

    @property
    def contacts(self) -> frozenset[str]:
        """The keyed hashes by which open tickets of the same contact are counted."""
        return frozenset(each for each in (self.phone_hash, self.email_hash) if each)

    def _report(self) -> dict[str, str | None]:
        """What officers compare with the paper, as part of what is sealed."""
        if self.police_report is None:
            return {}
        return {f"police_report_{name}": str(value) for name, value in asdict(self.police_report).items()}


def _sealed(office: Office, contents: dict[str, str | None]) -> str:
    return office.sealer.seal({key: value for key, value in contents.items() if value is not None})


def applicant_of(data: dict[str, Any], office: Office) -> Applicant:
    """Return the applicant in a loaded BookingSchema, or WaitingSchema, which asks less."""
    person = data["person"]
    phone = phone_number(person["phone"]) if person.get("phone") else None
    email = person.get("email")
    birth_date, note, origin, district = person.get("birth_date"), None, None, None
    if "nik" in person:
        nik = parse_nik(person["nik"])
        citizenship, identity, masked, origin = "WNI", nik.digits, nik.masked, nik.regency
        district = nik.district
        note = identity_note(nik, birth_date=birth_date, sex=person.get("sex"))
    else:
        citizenship, identity = "WNA", person["passport_number"]
        masked = masked_passport(identity)
    return Applicant(
        name=normalise_name(person["name"]),
        citizenship=citizenship,
        identity=identity,
        masked_identity=masked,
        person_hash=office.person_hash(f"{citizenship}:{identity}"),
        origin=_origin(person.get("regency"), origin),
        birth_date=birth_date,
        married=person.get("married", False),
        police_report=PoliceReport(**data["police_report"]) if data.get("police_report") else None,
        identity_note=note,
        origin_district=district,
        phone=phone,
        email=email,
        # Whoever writes an address in capitals has no second one.
        phone_hash=office.person_hash(f"phone:{phone}") if phone else None,
        email_hash=office.person_hash(f"email:{email.casefold()}") if email else None,
        language=data["language"],
        says_priority=bool(data.get("priority")),
        purpose=data.get("purpose"),
        precondition_met=data.get("precondition_met", False),
        urgent=data.get("urgent"),
        validity_years=data.get("validity_years"),
    )


def _origin(named: str | None, registered: str | None) -> str | None:
    """Return the regency somebody comes from: what they say goes before their NIK, also `other`."""
    if named is None:
        return registered
    return None if named == OTHER_REGENCY else named
