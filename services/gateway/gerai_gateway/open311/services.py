"""Services of GeoReport v2: a kind of complaint, about the mall, an agency or one of its services."""

from collections.abc import Iterator

from gerai_gateway.catalogues import Catalogues, Json
from gerai_gateway.errands import THE_MALL
from gerai_gateway.open311.refusals import UnknownServiceCode
from gerai_gateway.rules.open311 import CLASSIFICATIONS, ServiceCode, read_service_code
from gerai_gateway.words import say

PUBLIC, OCCURRED_ON = "public", "occurred_on"
YES, NO = "yes", "no"


def services(catalogues: Catalogues, *, language: str) -> list[Json]:
    """Return every service, as GET services has it."""
    return [_described(catalogues, code, language) for code in _codes(catalogues)]


def _codes(catalogues: Catalogues) -> Iterator[ServiceCode]:
    known = {catalogue.code: catalogue for catalogue in catalogues.known()}
    for classification in CLASSIFICATIONS:
        for agency in catalogues.agencies:
            yield ServiceCode(classification=classification, agency=agency)
            # What a silent agency offers is not known; about itself it can be complained all the same.
            for service in known[agency].services if agency in known else ():
                yield ServiceCode(classification=classification, agency=agency, service=service)
        yield ServiceCode(classification=classification, agency=THE_MALL)


def find_service(catalogues: Catalogues, text: str) -> ServiceCode:
    """Return what a service_code stands for. Raises UnknownServiceCode."""
    code = read_service_code(text)
    if code is None:
        raise UnknownServiceCode
    if code.agency == THE_MALL:
        if code.service is not None:
            raise UnknownServiceCode
        return code
    if code.agency not in catalogues.agencies:
        raise UnknownServiceCode
    present = [catalogue for catalogue in catalogues.known() if catalogue.code == code.agency]
    if code.service is not None and not any(code.service in each.services for each in present):
        raise UnknownServiceCode
    return code


def definition(catalogues: Catalogues, text: str, *, language: str) -> Json:
    """Return the attributes of a service, as GET services/{code} has them. Raises UnknownServiceCode."""
    code = find_service(catalogues, text)
    choices = [{"key": YES, "name": say(language, "Yes")}, {"key": NO, "name": say(language, "No")}]
    may_be_read = say(
        language,
        "May everybody read it, without a name? Yes, unless the answer is no. The text is shown only after "
        "an officer has looked at it.",
    )
    day = say(language, "The day on which it happened, if it happened on one.")
    attributes: list[Json] = [
        {"code": PUBLIC, "datatype": "singlevaluelist", "description": may_be_read, "values": choices},
        {"code": OCCURRED_ON, "datatype": "datetime", "description": day, "values": []},
    ]
    return {
        "service_code": str(code),
        "attributes": [
            {
                "variable": True,
                "code": attribute["code"],
                "datatype": attribute["datatype"],
                "required": False,
                "datatype_description": None,
                "order": order,
                "description": attribute["description"],
                "values": attribute["values"],
            }
            for order, attribute in enumerate(attributes, 1)
        ],
    }


def _described(catalogues: Catalogues, code: ServiceCode, language: str) -> Json:
    agency, service = agency_name(catalogues, code.agency, language), _service(catalogues, code)
    kind = say(language, CLASSIFICATIONS[code.classification])
    summary = service["summary"][language] if service else say(language, "About the agency as a whole.")
    if code.agency == THE_MALL:
        summary = say(language, "About the mall itself: building, queue, cleanliness.")
    return {
        "service_code": str(code),
        "service_name": service_name(catalogues, code, language),
        "description": summary,
        "metadata": True,
        "type": "realtime",
        "keywords": ", ".join(filter(None, (kind, agency, service["group"][language] if service else None))),
        "group": agency,
    }


def service_name(catalogues: Catalogues, code: ServiceCode, language: str) -> str:
    """Return what people call a service; by its code where no agency tells its name."""
    kind = say(language, CLASSIFICATIONS.get(code.classification, code.classification))
    service = _service(catalogues, code)
    called = service["name"][language] if service else code.service
    about = ", ".join(filter(None, (agency_name(catalogues, code.agency, language), called)))
    return f"{kind}: {about}"


def agency_name(catalogues: Catalogues, agency: str, language: str) -> str:
    """Return what people call an agency or the mall."""
    if agency == THE_MALL:
        return say(language, "The mall itself")
    names = (catalogue.agency["name"] for catalogue in catalogues.known() if catalogue.code == agency)
    named: Json | None = next(names, None)
    return str(named[language]) if named else agency


def _service(catalogues: Catalogues, code: ServiceCode) -> Json | None:
    if code.service is None:
        return None
    for catalogue in catalogues.known():
        if catalogue.code == code.agency:
            return catalogue.services.get(code.service)
    return None
