"""Alembic runs this for each command; the address comes from gerai_shared.migrating."""

from gerai_notifications.webhooks.models import Base
from gerai_shared import tables
from gerai_shared.migrating import run_environment

run_environment([Base.metadata, tables.metadata])
