"""The bus side: what happened becomes a message, and messages are sent."""

from typing import Any

from gerai_shared.bus.consuming import on
from gerai_shared.deployment import Resources
from gerai_shared.events.envelope import Event
from sqlalchemy.orm import Session

from gerai_notifications import usecases
from gerai_notifications.sending import sender


class Notifications:
    """Takes the events that citizens are told of."""

    name = "notifications"
    deployment: Any = Resources()

    @on("ticket.booked.v1")
    def ticket_booked(self, session: Session, event: Event) -> None:
        """Confirm a booking."""
        self._tell(session, event)

    @on("ticket.rescheduled.v1")
    def ticket_rescheduled(self, session: Session, event: Event) -> None:
        """Tell the new hour."""
        self._tell(session, event)

    @on("ticket.cancelled.v1")
    def ticket_cancelled(self, session: Session, event: Event) -> None:
        """Confirm a cancellation."""
        self._tell(session, event)

    @on("ticket.called.v1")
    def ticket_called(self, session: Session, event: Event) -> None:
        """Tell the holder to come to the counter."""
        self._tell(session, event)

    @on("no_show.recorded.v1")
    def no_show_recorded(self, session: Session, event: Event) -> None:
        """Tell of a missed visit, what follows, and how to appeal."""
        self._tell(session, event)

    @on("no_show.withdrawn.v1")
    def no_show_withdrawn(self, session: Session, event: Event) -> None:
        """Take back what was told of a missed visit."""
        self._tell(session, event)

    @on("appeal.decided.v1")
    def appeal_decided(self, session: Session, event: Event) -> None:
        """Tell what was decided about an appeal."""
        self._tell(session, event)

    @on("outage.hit.v1")
    def outage_hit(self, session: Session, event: Event) -> None:
        """Tell that an outage hit an hour, and that it may be moved."""
        self._tell(session, event)

    @on("complaint.filed.v1")
    def complaint_filed(self, session: Session, event: Event) -> None:
        """Give the receipt with number and due date."""
        self._tell(session, event)

    @on("complaint.answered.v1")
    def complaint_answered(self, session: Session, event: Event) -> None:
        """Tell that there is an answer."""
        self._tell(session, event)

    @on("complaint.closed.v1")
    def complaint_closed(self, session: Session, event: Event) -> None:
        """Tell that the matter is closed."""
        self._tell(session, event)

    @on("complaint.disputed.v1")
    def complaint_disputed(self, session: Session, event: Event) -> None:
        """Confirm that the answer is disputed."""
        self._tell(session, event)

    def _tell(self, session: Session, event: Event) -> None:
        deployment = self.deployment
        usecases.tell_citizen(
            session,
            event=event,
            channel=deployment.extras["channel"],
            writer=deployment.extras["writer"],
            sealer=deployment.sealer,
            mail_from=deployment.settings.mail_from,
            now=deployment.clock.now(),
        )


class Sending:
    """Sends what was written."""

    name = "notifications-sender"

    @sender
    def send(self) -> None:
        """Never called: the entrypoint itself sends."""
