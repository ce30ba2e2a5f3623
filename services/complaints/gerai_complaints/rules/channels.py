"""The ways on which a complaint comes in."""

from enum import StrEnum


class Channel(StrEnum):
    """How it came; all but WEB, EMAIL, OPEN311 and NATIONAL are taken down by somebody."""

    WEB = "web"
    COUNTER = "counter"
    PHONE = "phone"
    ON_THE_SPOT = "pvl_on_the_spot"
    EMAIL = "email"
    OPEN311 = "open311"
    #: From the national platform SP4N-LAPOR!
    NATIONAL = "national"


#: Those that an officer at the desk chooses from.
TAKEN_DOWN = (Channel.COUNTER, Channel.PHONE)
