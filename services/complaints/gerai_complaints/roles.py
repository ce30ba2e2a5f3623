"""Which containers make up which role of this service."""

from gerai_shared.deployment import Deployment
from gerai_shared.operations import OperationsService
from gerai_shared.overseers import Door
from gerai_shared.pages import Pages
from gerai_shared.runtime import Runner
from gerai_shared.translations import add_texts_of

from gerai_complaints.attachment_files import AttachmentFiles
from gerai_complaints.desk import sessions
from gerai_complaints.desk.oversight_pages import record_opened
from gerai_complaints.desk.service import ComplaintsDesk
from gerai_complaints.privacy_settings import read_retention
from gerai_complaints.service import Complaints, ComplaintsRelay
from gerai_complaints.storage.settings import read_storage

DEPLOYMENT = "complaints"
ROLES = ("all", "bus", "desk", "relay")
PACKAGE = "gerai_complaints"


def build(deployment: Deployment, runner: Runner, role: str) -> None:
    """Add the containers of `role` (one of ROLES) to `runner`, and what they need to `deployment`.

    Its extra `storage` (StorageSettings) says where files are kept, else the environment does.
    Raises InvalidSettings.
    """
    add_texts_of([PACKAGE])
    if role != "relay":
        kept = deployment.extras.get("storage") or read_storage()
        deployment.extras["files"] = AttachmentFiles(deployment, kept)
        deployment.extras["retention"] = deployment.extras.get("retention") or read_retention()
    name = deployment.name
    if role in ("all", "bus"):
        # The desk works without the broker: only a role that lives by it is not ready while it is away.
        runner.add(Complaints, deployment, name=name, needs_bus=role == "bus")
    if role in ("all", "relay"):
        runner.add(ComplaintsRelay, deployment, name=f"{name}-relay", needs_bus=role == "relay")
    if role in ("all", "desk"):
        deployment.extras["pages"] = Pages(
            package=PACKAGE,
            site_name="Meja Pengaduan",
            secure_cookies=deployment.settings.public_url.startswith("https://"),
            defaults={"home_url": "/cases"},
        )
        deployment.extras["door"] = Door(deployment, token_of=sessions.token_of, record=record_opened)
        runner.add(ComplaintsDesk, deployment, name=f"{name}-desk")
    else:
        runner.add(OperationsService, deployment, name=f"{name}-{role}-operations")
