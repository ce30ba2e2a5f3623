"""The keyring of a process, out of its settings."""

from gerai_shared.deployment import Deployment

from gerai_complaints.shapes import Keyring


def keyring_of(deployment: Deployment) -> Keyring:
    """Return what opens and closes what citizens hold."""
    return Keyring(
        deployment=deployment.name, secret=deployment.settings.secret_key, sealer=deployment.sealer
    )
