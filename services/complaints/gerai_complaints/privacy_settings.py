"""For how long complaints are kept, out of the environment."""

from datetime import timedelta

from environs import EnvError, FileAwareEnv
from gerai_shared.deployment import Deployment
from gerai_shared.settings import InvalidSettings
from marshmallow.validate import Range

from gerai_complaints.rules.privacy import DAYS_OF_CONTACT, YEARS_OF_CONTENTS, Retention


def read_retention() -> Retention:
    """Read GERAI_CONTACT_DAYS and GERAI_CONTENTS_YEARS, counted from the end of a case.

    Raises InvalidSettings.
    """
    env = FileAwareEnv(eager=False, prefix="GERAI_", strip_whitespace=True)
    days = env.int("CONTACT_DAYS", DAYS_OF_CONTACT, validate=Range(min=1, max=3660))
    years = env.int("CONTENTS_YEARS", YEARS_OF_CONTENTS, validate=Range(min=1, max=100))
    try:
        env.seal()
    except EnvError as error:
        found: dict[str, list[str]] = getattr(error, "error_messages", {})
        told = [f"{name}: {' '.join(texts)}" for name, texts in sorted(found.items())] or [str(error)]
        raise InvalidSettings("\n".join(told)) from error
    if timedelta(days=days or 0) > timedelta(days=366 * (years or 0)):
        raise InvalidSettings("GERAI_CONTACT_DAYS: contact data is not kept longer than the texts")
    return Retention(
        contact=timedelta(days=days or DAYS_OF_CONTACT), contents_years=years or YEARS_OF_CONTENTS
    )


def retention_of(deployment: Deployment) -> Retention:
    """Return the periods of a process."""
    found: Retention = deployment.extras["retention"]
    return found
