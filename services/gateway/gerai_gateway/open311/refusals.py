"""What the Open311 interface says no with, beside what stands behind it."""

from gerai_shared.refusals import Refused


class UnknownServiceCode(Refused):
    """There is no service with this service_code. Please choose one of GET services."""

    code = "unknown_service_code"
    status = 404


class UnknownJurisdiction(Refused):
    """This jurisdiction_id is not ours. Please leave it out, or send %(jurisdiction)s."""

    code = "unknown_jurisdiction"
    status = 404


class MissingApiKey(Refused):
    """The api_key is missing or not valid. Please ask the mall's operator for one."""

    code = "invalid_api_key"
    status = 403
