"""Alembic's entry to this service's migrations."""

from gerai_shared import accounts, migrating, tables

from gerai_booking.models import metadata

migrating.run_environment([metadata, accounts.metadata, tables.metadata])
