"""What the desk says no with about PVL on the spot and the registers; no citizen hears of it."""

from gerai_shared.refusals import Refused


class UnknownEvent(Refused):
    """There is no such event of PVL on the spot. Please look for it in the list."""

    code = "unknown_pvl_event"
    status = 404


class UnknownMember(Refused):
    """One of the team has no account at this desk any more. Please choose somebody else."""

    code = "unknown_member"


class NotOnTeam(Refused):
    """Only the team of an event and the supervisors receive people there.

    Please ask a supervisor to put you on the team; nothing on this tablet is lost.
    """

    code = "not_on_team"
    status = 403


class UnknownConsultation(Refused):
    """There is no such consultation at this event. Please load the page again."""

    code = "unknown_consultation"
    status = 404


class UnknownAgreement(Refused):
    """There is no such agreement in the register. Please look for it in the list."""

    code = "unknown_agreement"
    status = 404


class AgreementTwice(Refused):
    """An agreement with this number stands in the register already. Please change that one."""

    code = "agreement_twice"
    status = 409


class SupervisedTwice(Refused):
    """This agency is in the register for these days already. Please end that line first."""

    code = "supervised_twice"
    status = 409
