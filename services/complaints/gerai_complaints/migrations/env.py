"""Alembic's way into this service's database."""

from gerai_complaints.models import Base
from gerai_shared import accounts, tables
from gerai_shared.migrating import run_environment

run_environment([Base.metadata, tables.metadata, accounts.metadata])
