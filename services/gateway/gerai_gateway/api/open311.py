"""GeoReport v2 (Open311): the addresses, in both forms."""

from gerai_shared.http import REQUEST_SECONDS
from gerai_shared.refusals import InvalidRequest, NotFound, Refused
from gerai_shared.translations import language_of
from werkzeug.wrappers import Request, Response

from gerai_gateway.entrypoints import KEY, Public
from gerai_gateway.mall import Mall
from gerai_gateway.open311 import reports
from gerai_gateway.open311.rendering import MEDIA_TYPES, answer, refused
from gerai_gateway.open311.services import definition, services
from gerai_gateway.refusals import InvalidIdempotencyKey
from gerai_gateway.rules.open311 import FORMATS

BASE = "/open311/v2"
FORM = "<any(xml,json):form>"
SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
#: When what is answered at these addresses last changed its shape.
CHANGESET = "2026-11-29T00:00:00Z"


class Open311(Public):
    """Entrypoint: as Public, but refuses as GeoReport v2 does, in the form that was asked for."""

    def __init__(self, method: str, url: str, *, seconds: float = REQUEST_SECONDS) -> None:
        super().__init__(method, url, seconds=seconds)

    def _refused(self, request: Request, refusal: Refused) -> Response:
        ending = request.path.rpartition(".")[2]
        form = ending if ending in FORMATS else FORMATS[0]
        return refused(refusal, form, language=language_of(request))


open311 = Open311.decorator


class Open311Api:
    """Mixin: services, reports, tokens; the standard has no other words for them."""

    mall: Mall

    @open311("GET", f"{BASE}/services.{FORM}")
    def open311_services(self, request: Request, form: str) -> Response:
        """Answer the services."""
        self._check_jurisdiction(request)
        return answer("services", services(self.mall.catalogues, language=language_of(request)), form)

    @open311("GET", f"{BASE}/services/<code>.{FORM}")
    def open311_service(self, request: Request, code: str, form: str) -> Response:
        """Answer the attributes of a service."""
        self._check_jurisdiction(request)
        found = definition(self.mall.catalogues, code, language=language_of(request))
        return answer("service_definition", found, form)

    @open311("POST", f"{BASE}/requests.{FORM}")
    def open311_post(self, request: Request, form: str) -> Response:
        """Take a report."""
        reports.check_jurisdiction(self.mall, request.values.get("jurisdiction_id", "").strip())
        if request.files:
            request.close()
            raise InvalidRequest(fields={"media": ["Please send the address of a picture as media_url."]})
        key = request.headers.get("Idempotency-Key")
        if key and not KEY.fullmatch(key):
            raise InvalidIdempotencyKey
        made = reports.post(self.mall, request.form, key=key or None, language=language_of(request))
        return answer("service_requests", [made], form)

    @open311("GET", f"{BASE}/requests.{FORM}")
    def open311_requests(self, request: Request, form: str) -> Response:
        """Answer the reports that fit the arguments."""
        self._check_jurisdiction(request)
        found = reports.find(self.mall, request.args, language=language_of(request))
        return answer("service_requests", found, form)

    @open311("GET", f"{BASE}/requests/<identifier>.{FORM}")
    def open311_request(self, request: Request, identifier: str, form: str) -> Response:
        """Answer one report."""
        self._check_jurisdiction(request)
        found = reports.one(self.mall, identifier, language=language_of(request))
        return answer("service_requests", [found], form)

    @open311("GET", f"{BASE}/tokens/<token>.{FORM}")
    def open311_token(self, request: Request, token: str, form: str) -> Response:
        """Answer the id of the report that a citizen's reference opens."""
        self._check_jurisdiction(request)
        return answer("service_requests", [reports.of_token(self.mall, token)], form)

    @open311("GET", f"/open311/discovery.{FORM}")
    @open311("GET", f"{BASE}/discovery.{FORM}")
    def open311_discovery(self, _request: Request, form: str) -> Response:
        """Answer where which standard is spoken."""
        address = self.mall.public_url
        found = {
            "changeset": CHANGESET,
            "contact": f"{address}/",
            "key_service": f"{address}/",
            "endpoints": [
                {
                    "specification": SPECIFICATION,
                    "url": f"{address}{BASE}",
                    "changeset": CHANGESET,
                    "type": "production",
                    "formats": [MEDIA_TYPES[each] for each in FORMATS],
                }
            ],
        }
        return answer("discovery", found, form)

    @open311("GET", "/open311/<path:_rest>")
    def open311_nothing(self, _request: Request, _rest: str) -> Response:
        """Refuse what the standard has no address for, as it refuses."""
        raise NotFound

    def _check_jurisdiction(self, request: Request) -> None:
        reports.check_jurisdiction(self.mall, request.args.get("jurisdiction_id", "").strip())
