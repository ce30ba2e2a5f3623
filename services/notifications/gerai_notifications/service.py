"""The bus side: what happened becomes messages to citizens and other systems, and they are sent."""

from typing import Any

from gerai_shared.bus.consuming import on
from gerai_shared.deployment import Resources
from gerai_shared.events.envelope import Event
from sqlalchemy.orm import Session

from gerai_notifications import usecases
from gerai_notifications.sending import sender
from gerai_notifications.webhooks import usecases as webhooks
from gerai_notifications.webhooks.sending import webhook_sender


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

    @on("ticket.moved_by_order.v1")
    def ticket_moved_by_order(self, session: Session, event: Event) -> None:
        """Tell why the hour was moved, and the new one."""
        self._tell(session, event)

    @on("ticket.offered_by_order.v1")
    def ticket_offered_by_order(self, session: Session, event: Event) -> None:
        """Tell why the hour is gone, and how to choose another."""
        self._tell(session, event)

    @on("ticket.cancelled_by_order.v1")
    def ticket_cancelled_by_order(self, session: Session, event: Event) -> None:
        """Tell why the booking has ended."""
        self._tell(session, event)

    @on("ticket.restored_by_order.v1")
    def ticket_restored_by_order(self, session: Session, event: Event) -> None:
        """Tell the hour that was given back."""
        self._tell(session, event)

    @on("ticket.reopened_by_order.v1")
    def ticket_reopened_by_order(self, session: Session, event: Event) -> None:
        """Tell that the closed days are open again."""
        self._tell(session, event)

    @on("ticket.called.v1")
    def ticket_called(self, session: Session, event: Event) -> None:
        """Tell the holder to come to the counter."""
        self._tell(session, event)

    @on("waiting_list.joined.v1")
    def waiting_list_joined(self, session: Session, event: Event) -> None:
        """Confirm that somebody waits."""
        self._tell(session, event)

    @on("waiting_list.offered.v1")
    def waiting_list_offered(self, session: Session, event: Event) -> None:
        """Tell that a place is kept, and until when."""
        self._tell(session, event)

    @on("waiting_list.lapsed.v1")
    def waiting_list_lapsed(self, session: Session, event: Event) -> None:
        """Tell that the kept place is gone."""
        self._tell(session, event)

    @on("waiting_list.withdrawn.v1")
    def waiting_list_withdrawn(self, session: Session, event: Event) -> None:
        """Tell that an order of the centre took the kept place, and that they wait on."""
        self._tell(session, event)

    @on("ticket.match_changed.v1")
    def ticket_match_changed(self, session: Session, event: Event) -> None:
        """Tell which data differs from a list, and what to do, or that it does so no more."""
        self._tell(session, event)

    @on("application.waiting_for_citizen.v1")
    def application_waiting(self, session: Session, event: Event) -> None:
        """Tell that something is missing that only the owner can bring."""
        self._tell(session, event)

    @on("application.ready.v1")
    def application_ready(self, session: Session, event: Event) -> None:
        """Tell where and until when the result can be collected."""
        self._tell(session, event)

    @on("application.reminded.v1")
    def application_reminded(self, session: Session, event: Event) -> None:
        """Remind of a result that was not collected yet."""
        self._tell(session, event)

    @on("application.handed_over.v1")
    def application_handed_over(self, session: Session, event: Event) -> None:
        """Confirm the handover: who did not collect it can say so."""
        self._tell(session, event)

    @on("application.cancelled.v1")
    def application_cancelled(self, session: Session, event: Event) -> None:
        """Tell that there will be no result, and where the reason stands."""
        self._tell(session, event)

    @on("application.corrected.v1")
    def application_corrected(self, session: Session, event: Event) -> None:
        """Tell that what was told last was wrong."""
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

    @on("complaint.escalated.v1")
    def complaint_escalated(self, session: Session, event: Event) -> None:
        """Tell that the answer is late and who has the matter now."""
        self._tell(session, event)

    @on("complaint.incomplete.v1")
    def complaint_incomplete(self, session: Session, event: Event) -> None:
        """Tell what is to be completed."""
        self._tell(session, event)

    @on("complaint.forwarded.v1")
    def complaint_forwarded(self, session: Session, event: Event) -> None:
        """Tell that another agency has it."""
        self._tell(session, event)

    @on("complaint.extended.v1")
    def complaint_extended(self, session: Session, event: Event) -> None:
        """Tell of the new due date."""
        self._tell(session, event)

    @on("complaint.refused.v1")
    def complaint_refused(self, session: Session, event: Event) -> None:
        """Tell that it is refused, and how to object."""
        self._tell(session, event)

    @on("complaint.urgent.v1")
    def complaint_urgent(self, session: Session, event: Event) -> None:
        """Tell that it goes before all others."""
        self._tell(session, event)

    @on("complaint.reopened.v1")
    def complaint_reopened(self, session: Session, event: Event) -> None:
        """Tell that work goes on."""
        self._tell(session, event)

    @on("complaint.withdrawn.v1")
    def complaint_withdrawn(self, session: Session, event: Event) -> None:
        """Tell that it is withdrawn."""
        self._tell(session, event)

    @on("complaint.erased.v1")
    def complaint_erased(self, session: Session, event: Event) -> None:
        """Erase what is held about a complaint; nobody is told."""
        usecases.forget_messages(session, about=event.subject)

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
        webhooks.queue(session, event, now=deployment.clock.now())


class Sending:
    """Sends what was written."""

    name = "notifications-sender"

    @sender
    def send(self) -> None:
        """Never called: the entrypoint itself sends."""


class Webhooks:
    """Tells other systems."""

    name = "notifications-webhooks"

    @webhook_sender
    def send(self) -> None:
        """Never called: the entrypoint itself sends."""
